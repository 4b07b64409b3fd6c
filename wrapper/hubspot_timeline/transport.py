"""The generated client, authenticated, with hooks below it that turn every trouble into an error of ours.

The generated code knows only the statuses that Python has names for, and reads every error as JSON; so whatever is
not a success is raised before that code sees it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from attrs import frozen

from hubspot_timeline.answers import BatchAnswer, read_answer
from hubspot_timeline.auth import Secret
from hubspot_timeline.batching import Batch
from hubspot_timeline.errors import ApiError, ConnectionLostError, NotConnectedError, api_error
from hubspot_timeline.pacing import RateLimit
from hubspot_timeline.wire import encode
from hubspot_timeline_api import AuthenticatedClient
from hubspot_timeline_api.api.events import create_events_request
from hubspot_timeline_api.models import TimelineEventBatch

# Errors of httpx after which it is certain that no request has left.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_EXCERPT = 200


@frozen
class Connection:
    """Where and how to connect: `timeout` in seconds for each of connect, write and read."""

    authorization: Secret
    base_url: str
    timeout: float
    in_flight: int
    httpx_args: Mapping[str, Any]

    def client(self, response_hook: Any) -> AuthenticatedClient:
        """Return the generated client; the hook sees every response before the generated code does."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=self.in_flight)
        hooks = {**self.httpx_args.get("event_hooks", {})}
        hooks["response"] = [*hooks.get("response", ()), response_hook]
        return AuthenticatedClient(
            base_url=self.base_url,
            token=self.authorization,
            prefix="",  # the token is the whole header, so that its text stays hidden in reprs of the client
            timeout=httpx.Timeout(self.timeout, pool=None),
            httpx_args={"limits": limits, **self.httpx_args, "event_hooks": hooks},
        )


class Transport:
    """Sends batches; blocks."""

    def __init__(self, connection: Connection, learn: Callable[[RateLimit], object]) -> None:
        def hook(response: httpx.Response) -> None:
            _learn(response, learn)
            if not response.is_success:
                response.read()
                raise _error(response)

        self.api = connection.client(hook)
        self._http = self.api.get_httpx_client()

    def send(self, batch: Batch) -> BatchAnswer:
        """Send one request. Raises ApiError, NotConnectedError or ConnectionLostError."""
        with _own_errors(self._http.base_url):
            response = self._http.request(**_request(batch))
        return read_answer(response.status_code, response.content)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncTransport:
    """Sends batches; the same with await."""

    def __init__(self, connection: Connection, learn: Callable[[RateLimit], object]) -> None:
        async def hook(response: httpx.Response) -> None:
            _learn(response, learn)
            if not response.is_success:
                await response.aread()
                raise _error(response)

        self.api = connection.client(hook)
        self._http = self.api.get_async_httpx_client()

    async def send(self, batch: Batch) -> BatchAnswer:
        """Send one request. Raises ApiError, NotConnectedError or ConnectionLostError."""
        with _own_errors(self._http.base_url):
            response = await self._http.request(**_request(batch))
        return read_answer(response.status_code, response.content)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _request(batch: Batch) -> dict[str, Any]:
    """Return the generated request of a batch, its body laid together from the events' own bytes.

    Each event was encoded once, when its size was taken; what stands around them comes from the generated model.
    """
    request = create_events_request(body=TimelineEventBatch(inputs=[]))
    before, after = encode(request.pop("json")).split(b"[]")
    request["content"] = b"%b[%b]%b" % (before, b",".join(item.body for item in batch), after)
    return request


def _learn(response: httpx.Response, learn: Callable[[RateLimit], object]) -> None:
    """Pass on the rate limit that an answer names, if it names one."""
    requests = response.headers.get("X-HubSpot-RateLimit-Max", "")
    milliseconds = response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    if _is_count(requests) and _is_count(milliseconds):
        learn(RateLimit(int(requests), int(milliseconds) / 1000))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text[:18]) > 0


def _error(response: httpx.Response) -> ApiError:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    known = isinstance(body, Mapping)
    text = "" if known else response.content[:_EXCERPT].decode("utf-8", "replace")
    return api_error(response.status_code, body if known else None, _retry_after(response), text)


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that the service asks to wait: Retry-After, else the interval of the rate limit."""
    said = response.headers.get("Retry-After", "")
    interval = response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    if said.isdecimal():
        return float(said)
    if said:
        return _until(said, response.headers.get("Date", ""))
    return int(interval) / 1000 if response.status_code == 429 and interval.isdecimal() else None


def _until(date: str, now: str) -> float | None:
    """Return the seconds from one HTTP date to another: the service's own clock, not this machine's."""
    try:
        return max((parsedate_to_datetime(date) - parsedate_to_datetime(now)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


@contextmanager
def _own_errors(url: object) -> Iterator[None]:
    try:
        yield
    except _NOT_SENT as error:
        raise NotConnectedError(
            f"No connection to {url} ({_named(error)}). Check the base URL, the network and the proxy."
        ) from error
    except httpx.RequestError as error:
        raise ConnectionLostError(
            f"The connection to {url} broke before the answer was complete ({_named(error)}); "
            "the events may have been created. Send them again with the same ids."
        ) from error


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
