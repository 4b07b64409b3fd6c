"""An HTTP/1.1 server on raw sockets, which stores events by their ids, and sends what a test makes of its responses."""

import json
import re
import socket
import struct
from collections.abc import Callable, Iterable, Mapping
from threading import Lock, Thread
from typing import Any, Self

from attrs import define, field, frozen

from tests.helpers.scripted_http import batch_result


@frozen
class StoredResponse:
    """What the server has done with a request, and the body that says so."""

    status: int
    body: Mapping[str, Any]

    @property
    def content(self) -> bytes:
        """The body as JSON."""
        return json.dumps(self.body).encode()


def http(status: int, content: bytes, *headers: bytes) -> bytes:
    """Return a whole response."""
    lines = [b"HTTP/1.1 %d Status" % status, *headers, b"Content-Length: %d" % len(content), b"", content]
    return b"\r\n".join(lines)


@define
class Turn:
    """A request of a connection, whose events can be processed, and the socket for its response.

    `surplus` is sent behind the next request of the connection, before the response to it.
    """

    server: "StoringServer"
    connection: socket.socket
    number: int
    events: list[dict[str, Any]]
    surplus: bytes = b""
    is_last: bool = False

    @property
    def ids(self) -> list[str]:
        """The ids of the events."""
        return [event["id"] for event in self.events]

    def process(self) -> StoredResponse:
        """Store the events, and return the response that is right."""
        return self.server.process(self.events)

    def send(self, content: bytes) -> None:
        """Send bytes."""
        self.connection.sendall(content)

    def close(self) -> None:
        """Close the connection after this response."""
        self.is_last = True

    def reset(self) -> None:
        """Reset the connection after this response."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()


@define
class StoringServer:
    """Runs in threads while it is entered. `respond` is called for each request.

    `invalid` are the ids of events that are refused. With `refuses_batch`, they or ids that exist refuse the whole
    request; else they alone are refused, in a 207 whose errors contain their ids with `names_ids`.
    """

    respond: Callable[[Turn], None]
    invalid: Iterable[str] = ()
    refuses_batch: bool = True
    names_ids: bool = True
    stored: set[str] = field(factory=set)
    requests: int = 0
    _listener: socket.socket = field(factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _connections: list[socket.socket] = field(factory=list)
    _threads: list[Thread] = field(factory=list)
    _lock: Lock = field(factory=Lock)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def process(self, events: list[dict[str, Any]]) -> StoredResponse:
        """Store the events of one request as the service does."""
        with self._lock:
            refused = [_error(event, "VALIDATION_ERROR", self) for event in events if event["id"] in self.invalid]
            existing = [_error(event, "CONFLICT", self) for event in events if event["id"] in self.stored]
            if self.refuses_batch and (refused or existing):
                return StoredResponse(400, refused[0]) if refused else StoredResponse(409, existing[0])
            created = [event for event in events if event["id"] not in {*self.invalid, *self.stored}]
            self.stored.update(event["id"] for event in created)
        errors = {"errors": refused + existing} if refused or existing else {}
        return StoredResponse(207 if errors else 201, batch_result(created, **errors))

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = Thread(target=target, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as reader:
                turn: Turn | None = None
                while not (turn and turn.is_last) and (events := _read_events(reader)):
                    with self._lock:
                        self.requests += 1
                    if turn and turn.surplus:
                        connection.sendall(turn.surplus)
                    turn = Turn(self, connection, self.requests, events)
                    self.respond(turn)
        except OSError:  # the client has closed the connection
            return


def _read_events(reader: Any) -> list[dict[str, Any]]:
    """Return the events of the next request; none if the connection ends before."""
    length = 0
    while (line := reader.readline()).strip():
        if match := re.fullmatch(rb"content-length: (\d+)\r\n", line, re.IGNORECASE):
            length = int(match[1])
    content = reader.read(length)
    events: list[dict[str, Any]] = json.loads(content)["inputs"] if line and len(content) == length else []
    return events


def _error(event: Mapping[str, Any], category: str, server: StoringServer) -> dict[str, Any]:
    context = {"context": {"id": [event["id"]]}} if server.names_ids else {}
    message = "the id exists already" if category == "CONFLICT" else "no such token"
    return {"status": "error", "category": category, "message": message, **context}
