"""A server that does as little as a server can: it answers that every event was created, after a fixed latency.

A process of its own, so that its work is not counted with a sender's: `python benchmarks/echo.py LATENCY_MS`. It prints
its URL and ends with its standard input. `POST /cpu` returns the seconds of CPU that it has used, so that a comparison
can see that the server was not what it waited for.
"""

import asyncio
import sys
import time
from typing import Any

import orjson  # pyright: ignore[reportMissingImports]

MOMENTS = {"startedAt": "2026-03-10T23:04:41.164Z", "completedAt": "2026-03-10T23:04:41.198Z"}
RESULT = {"objectType": "CONTACT", "createdAt": "2026-03-10T23:04:41.170Z"}


def answer(body: bytes) -> bytes:
    """Return the answer to a batch: each event with what the service adds to it."""
    results = [one | RESULT for one in orjson.loads(body)["inputs"]]
    content = orjson.dumps({"status": "COMPLETE", "results": results, **MOMENTS})
    return b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        len(content),
        content,
    )


def used() -> bytes:
    """Return how long the processor has worked for this process, in seconds."""
    seconds = b"%f" % time.process_time()
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(seconds), seconds)


class Echo(asyncio.Protocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(self, latency: float) -> None:
        self._latency = latency
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
            else:
                asyncio.get_running_loop().call_later(self._latency, self.transport.write, answer(body))


async def serve(latency: float) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Echo(latency), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000))
