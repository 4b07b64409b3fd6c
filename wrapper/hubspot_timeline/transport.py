"""The generated client, authenticated, with hooks below it that turn every trouble into an error of ours.

The generated code knows only the statuses that Python has names for, and reads every error as JSON; so whatever is
not a success is raised before that code sees it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from attrs import frozen

from hubspot_timeline.answers import BatchAnswer, read_answer
from hubspot_timeline.auth import Secret, is_loopback
from hubspot_timeline.batching import Batch
from hubspot_timeline.errors import ConnectionLostError, NotConnectedError, OptionError
from hubspot_timeline.pacing import RateLimit
from hubspot_timeline.responses import body_of, body_of_async, error_of, rate_limit_of
from hubspot_timeline.wire import encode
from hubspot_timeline_api import AuthenticatedClient
from hubspot_timeline_api.api.events import create_events_request
from hubspot_timeline_api.models import TimelineEventBatch

# Errors of httpx after which it is certain that no request has left.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

# What of httpx is not for callers to set: redirects would take the token along.
_OWN_ARGS = {"auth", "base_url", "follow_redirects", "timeout"}


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
        if own := _OWN_ARGS & self.httpx_args.keys():
            raise OptionError(f"httpx_args holds {min(own)}, which is not for callers to set")
        args = {
            "limits": httpx.Limits(max_connections=None, max_keepalive_connections=self.in_flight),
            # A proxy of the environment would get the token in plain text on its way to this very machine.
            "trust_env": not is_loopback(self.base_url),
            **self.httpx_args,
        }
        hooks = dict(args.get("event_hooks", {}))
        args["event_hooks"] = hooks | {"response": [*hooks.get("response", ()), response_hook]}
        return AuthenticatedClient(
            base_url=self.base_url,
            token=self.authorization,
            prefix="",  # the token is the whole header, so that its text stays hidden in reprs of the client
            timeout=httpx.Timeout(self.timeout, pool=None),
            headers=dict(args.pop("headers", {})),
            cookies=dict(args.pop("cookies", {})),
            verify_ssl=args.pop("verify", True),
            httpx_args=args,
        )


class Transport:
    """Sends batches; blocks. `learn` is told of the rate limit that an answer names."""

    def __init__(self, connection: Connection, learn: Callable[[RateLimit], object]) -> None:
        def hook(response: httpx.Response) -> None:
            _tell(learn, response)
            if not response.is_success:
                raise error_of(response, body_of(response))

        self.api = connection.client(hook)
        self._http = self.api.get_httpx_client()

    def send(self, batch: Batch) -> BatchAnswer:
        """Send one request. Raises ApiError, NotConnectedError or ConnectionLostError."""
        with _own_errors(self._http.base_url), self._http.stream(**_request(batch)) as response:
            content = body_of(response)
        return read_answer(response.status_code, content)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncTransport:
    """Sends batches; the same with await."""

    def __init__(self, connection: Connection, learn: Callable[[RateLimit], object]) -> None:
        async def hook(response: httpx.Response) -> None:
            _tell(learn, response)
            if not response.is_success:
                raise error_of(response, await body_of_async(response))

        self.api = connection.client(hook)
        self._http = self.api.get_async_httpx_client()

    async def send(self, batch: Batch) -> BatchAnswer:
        """Send one request. Raises ApiError, NotConnectedError or ConnectionLostError."""
        with _own_errors(self._http.base_url):
            async with self._http.stream(**_request(batch)) as response:
                content = await body_of_async(response)
        return read_answer(response.status_code, content)

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


def _tell(learn: Callable[[RateLimit], object], response: httpx.Response) -> None:
    limit = rate_limit_of(response)
    if limit:
        learn(limit)


@contextmanager
def _own_errors(url: object) -> Iterator[None]:
    try:
        yield
    except _NOT_SENT as error:
        raise NotConnectedError(
            f"No connection to {url} ({_named(error)}). Check the base URL, the network and the proxy."
        ) from error
    except (httpx.RequestError, httpx.StreamError) as error:
        raise ConnectionLostError(
            f"The connection to {url} broke before the answer was complete ({_named(error)}); "
            "the events may have been created. Send them again with the same ids."
        ) from error


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
