"""A server that does as little as a server can: it answers that every event was created, after a fixed latency.

A process of its own, so that its work is not counted with a sender's: `python benchmarks/echo.py LATENCY [REQUESTS]`,
in milliseconds. It prints its URL and ends with its standard input. `POST /cpu` returns the seconds of CPU that it has
used, so that a comparison can see that the server was not what it waited for. With REQUESTS it answers 429 to each
access token beyond so many in any 10 seconds; `POST /counts` returns how many requests of each token were answered, by
status. The tokens 403 and 503 are always answered so.
"""

import asyncio
import sys
import time
from collections import Counter, defaultdict, deque
from typing import Any

import orjson  # pyright: ignore[reportMissingImports]

MOMENTS = {"startedAt": "2026-03-10T23:04:41.164Z", "completedAt": "2026-03-10T23:04:41.198Z"}
CREATED = 201
WINDOW = 10.0  # seconds
RESULT = {"objectType": "CONTACT", "createdAt": "2026-03-10T23:04:41.170Z"}


def answer(body: bytes) -> bytes:
    """Return the answer to a batch: each event with what the service adds to it."""
    results = [one | RESULT for one in orjson.loads(body)["inputs"]]
    return response(201, orjson.dumps({"status": "COMPLETE", "results": results, **MOMENTS}))


def used() -> bytes:
    """Return how long the processor has worked for this process, in seconds."""
    return response(200, b"%f" % time.process_time())


def response(status: int, content: bytes) -> bytes:
    """Return a response with a JSON body."""
    head = b"HTTP/1.1 %d Status\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % (status, len(content)) + content


class Limit:
    """The rolling window of each access token, and what was answered."""

    def __init__(self, requests: int | None) -> None:
        self._requests = requests
        self._accepted: dict[str, deque[float]] = defaultdict(deque)
        self.counts: dict[str, Counter[int]] = defaultdict(Counter)

    def status(self, token: str) -> int:
        """Count a request and return the status of its response."""
        status = int(token) if token in {"403", "503"} else 201 if self._accepts(token) else 429
        self.counts[token][status] += 1
        return status

    def _accepts(self, token: str) -> bool:
        if not self._requests:
            return True
        accepted, now = self._accepted[token], time.monotonic()
        while accepted and accepted[0] <= now - WINDOW:
            accepted.popleft()
        if len(accepted) >= self._requests:
            return False
        accepted.append(now)
        return True


class Echo(asyncio.Protocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(self, latency: float, limit: Limit) -> None:
        self._latency = latency
        self._limit = limit
        self._buffer = bytearray()

    def connection_made(self, transport: Any) -> None:
        """Take the connection."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:end]).lower()
            size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or b"0")
            if len(self._buffer) < end + 4 + size:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + size])
            del self._buffer[: end + 4 + size]
            if head.startswith(b"post /cpu"):
                self.transport.write(used())
            elif head.startswith(b"post /counts"):
                self.transport.write(response(200, orjson.dumps(self._limit.counts, option=orjson.OPT_NON_STR_KEYS)))
            else:
                token = head.partition(b"bearer ")[2].partition(b"\r\n")[0].decode()
                status = self._limit.status(token)
                content = answer(body) if status == CREATED else response(status, b"{}")
                asyncio.get_running_loop().call_later(self._latency, self.transport.write, content)


async def serve(latency: float, requests: int | None) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    limit = Limit(requests)
    server = await loop.create_server(lambda: Echo(latency, limit), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000, int(sys.argv[2]) if len(sys.argv) > 2 else None))
