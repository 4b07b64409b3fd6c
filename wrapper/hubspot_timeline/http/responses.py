"""HTTP responses: their bodies, within a limit of size and time, and the errors that they mean."""

import json
from collections.abc import Callable, Mapping

import httpx
from msgspec import Struct

from hubspot_timeline.errors import ApiError, ConnectionLostError, api_error
from hubspot_timeline.http.headers import retry_after_of
from hubspot_timeline.http.redaction import redacted

# Far more than the response for the largest batch that the service accepts.
MAX_BODY_BYTES = 64_000_000

_EXCERPT = 200


class BodyLimits(Struct, frozen=True):
    """How long a body may take from its first byte to its last, in seconds; `clock` returns the time."""

    seconds: float
    clock: Callable[[], float]

    def read(self, response: httpx.Response) -> bytes:
        """Return the body of a streamed response. Raises ConnectionLostError for an endless one."""
        body = _Body(self, self.clock() + self.seconds)
        for chunk in response.iter_bytes():
            body.add(chunk)
        return body.content()

    async def read_async(self, response: httpx.Response) -> bytes:
        """Return the body of a response that an AsyncClient streams. Raises ConnectionLostError for an endless one."""
        body = _Body(self, self.clock() + self.seconds)
        async for chunk in response.aiter_bytes():
            body.add(chunk)
        return body.content()


class _Body(Struct):
    """The chunks of a body that were received so far."""

    limits: BodyLimits
    deadline: float
    length: int = 0
    chunks: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        self.chunks.append(chunk)
        self.length += len(chunk)
        if self.length > MAX_BODY_BYTES:
            reason = f"is longer than {MAX_BODY_BYTES} bytes"
        elif self.limits.clock() > self.deadline:
            reason = f"was not complete {self.limits.seconds:g} s after its first byte"
        else:
            return
        raise ConnectionLostError(
            f"The response {reason}, so the request may have succeeded. "
            "Check the proxies between this machine and the service."
        )

    def content(self) -> bytes:
        return b"".join(self.chunks)


def error_of(response: httpx.Response, content: bytes) -> ApiError:
    """Return the error that a response means, without the credentials that its body quotes."""
    content = redacted(response.request, content)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    is_object = isinstance(body, Mapping)
    text = "" if is_object else content[:_EXCERPT].decode("utf-8", "replace")
    return api_error(response.status_code, body if is_object else None, retry_after_of(response), text)
