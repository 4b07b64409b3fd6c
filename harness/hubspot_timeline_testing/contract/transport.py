"""Limits for each HTTP exchange: the time that a whole response takes, and its size."""

import faulthandler
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from attrs import frozen
from requests import RequestException, Response
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, Timeout
from urllib3 import HTTPResponse
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

LARGEST_BODY = 32_000_000
"""Bytes of a decoded body."""

_CHUNK = 65_536


@frozen
class BodyReader:
    """Reads a body as a hook of requests, whose own timeout is only about the time between two reads.

    Raises Timeout if the whole body takes longer than `seconds`, ContentDecodingError if it is larger than `largest`.
    """

    seconds: float
    largest: int = LARGEST_BODY

    def __call__(self, response: Response, *_: Any, **__: Any) -> None:
        """Read the body, and put what was read in its place."""
        request, end, body = response.request, time.monotonic() + self.seconds, bytearray()
        try:
            while chunk := response.raw.read(_CHUNK, decode_content=True):
                body += chunk
                if len(body) > self.largest:
                    message = f"sent a response of more than {self.largest // 1_000_000} MB"
                    raise ContentDecodingError(message, request=request)
                if time.monotonic() > end:
                    raise Timeout(request=request)
        except RequestException:
            raise
        except ReadTimeoutError as error:
            raise Timeout(error, request=request) from error
        except DecodeError as error:
            raise ContentDecodingError("sent a body that cannot be decoded", request=request) from error
        except HTTPError as error:
            raise ChunkedEncodingError(error, request=request) from error
        headers = {name: value for name, value in response.raw.headers.items() if name.lower() != "content-encoding"}
        response.raw = HTTPResponse(
            BytesIO(body), headers, response.status_code, response.raw.version, preload_content=False
        )


def describe_network_error(error: BaseException | None) -> str:
    """Return what happened to a request without a complete response, as the end of a sentence."""
    text = str(error)
    if isinstance(error, ContentDecodingError):
        return text
    if isinstance(error, ChunkedEncodingError):
        return "closed the connection in the middle of a response"
    if isinstance(error, Timeout):
        return "did not respond in time"
    if "refused" in text:
        return "refused the connection"
    if "reset" in text or "closed" in text or "aborted" in text:
        return "closed the connection without a response"
    return f"could not be reached: {type(error).__name__}"


def is_partial_response(error: BaseException | None) -> bool:
    """Return whether an error came after the beginning of a response."""
    return isinstance(error, ChunkedEncodingError | ContentDecodingError)


def exit_unless_stopped(seconds: float) -> None:
    """End the process after some seconds, unless `stop_exit` is called or this is called again.

    A server that sends its headers one byte at a time never lets the timeout of requests expire.
    """
    faulthandler.dump_traceback_later(seconds, exit=True)


stop_exit: Callable[[], None] = faulthandler.cancel_dump_traceback_later
