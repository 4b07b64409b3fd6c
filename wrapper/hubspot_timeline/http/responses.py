"""HTTP responses: their bodies, within a limit of size and time, and the errors that they mean."""

import json
import zlib
from collections.abc import Iterator, Mapping

import httpx

from hubspot_timeline.errors import ApiError, AuthenticationError, ConnectionLostError, api_error
from hubspot_timeline.http.headers import retry_after_of
from hubspot_timeline.http.network_stream import timeout_of
from hubspot_timeline.http.redaction import redacted, redacted_text

# Far more than the response for the largest batch that the service accepts.
MAX_BODY_BYTES = 64_000_000

# How much of a compressed body is decoded in one step.
_MAX_DECODED = 64 * 1024

_EXCERPT = 200


def read_body(response: httpx.Response) -> bytes:
    """Return the decoded body of a streamed response. Raises ConnectionLostError if it is too long or damaged."""
    body = _Body(response)
    for chunk in [response.content] if response.is_stream_consumed else response.iter_raw():
        body.add(chunk)
    return body.content()


async def read_body_async(response: httpx.Response) -> bytes:
    """Return the decoded body of a response that an AsyncClient streams. Raises as `read_body` does."""
    body = _Body(response)
    if response.is_stream_consumed:
        body.add(response.content)
    else:
        async for chunk in response.aiter_raw():
            body.add(chunk)
    return body.content()


class _Body:
    """The body of a response as far as it was received, decoded step by step and never beyond the limit."""

    def __init__(self, response: httpx.Response) -> None:
        is_encoded = is_compressed(response) and not response.is_stream_consumed  # else httpx has decoded it
        self._gzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if is_encoded else None
        self._timeout = timeout_of(response.request)
        self._length = 0
        self._chunks: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        self._timeout.remaining()  # a user's transport may apply no timeout
        for decoded in self._decoded(chunk):
            self._length += len(decoded)
            if self._length > MAX_BODY_BYTES:
                raise _lost(f"is longer than {MAX_BODY_BYTES} bytes")
            self._chunks.append(decoded)

    def content(self) -> bytes:
        if self._gzip and self._chunks and not self._gzip.eof:
            raise _lost("is not valid gzip (it ends too early)")
        return b"".join(self._chunks)

    def _decoded(self, chunk: bytes) -> Iterator[bytes]:
        if not self._gzip:
            yield chunk
            return
        while chunk:
            try:
                yield self._gzip.decompress(chunk, _MAX_DECODED)
            except zlib.error as error:
                raise _lost(f"is not valid gzip ({error})") from error
            if self._gzip.unused_data:
                raise _lost("is not valid gzip (there are bytes behind its end)")
            chunk = self._gzip.unconsumed_tail


def is_compressed(response: httpx.Response) -> bool:
    """Return whether a body is compressed by gzip. Raises ConnectionLostError for another or a second encoding.

    Each layer multiplies the size by up to a thousand, so that a few bytes could fill the memory.
    """
    encodings = response.headers.get_list("Content-Encoding", split_commas=True)
    encodings = [name for name in encodings if name.lower() not in ("", "identity")]
    if [name.lower() for name in encodings] not in ([], ["gzip"], ["x-gzip"]):
        shown = redacted_text(response.request, ", ".join(encodings))
        raise _lost(f'has the Content-Encoding "{shown}", although only gzip is accepted')
    return bool(encodings)


def _lost(reason: str) -> ConnectionLostError:
    return ConnectionLostError(
        f"The response {reason}, so the request may have succeeded. "
        "Check the proxies between this machine and the service."
    )


def error_of(response: httpx.Response, content: bytes) -> ApiError:
    """Return the error that a response means, without the credentials that its body quotes."""
    content = redacted(response.request, content)
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    is_object = isinstance(body, Mapping)
    text = "" if is_object else content[:_EXCERPT].decode("utf-8", "replace")
    error = api_error(response.status_code, body if is_object else None, retry_after_of(response), text)
    if isinstance(error, AuthenticationError) and "/v3/" in response.request.url.path:
        error.advice += error.advice_of_v3
    return error
