"""The generated client, authenticated, with hooks below it that turn every trouble into an error of ours.

The generated code knows only the statuses that Python has names for, and reads every error as JSON; so whatever is
not a success is raised before that code sees it.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec
from attrs import frozen

from hubspot_timeline.auth.credentials import TokenSource
from hubspot_timeline.auth.secret import Secret
from hubspot_timeline.config import is_loopback
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.response import BatchAnswer, read_answer
from hubspot_timeline.errors import ApiError, AuthenticationError, ConnectionLostError, NotConnectedError, OptionError
from hubspot_timeline.http.responses import BodyLimits, error_of, rate_limit_of, without_secrets
from hubspot_timeline.rate_limit import RateLimit
from hubspot_timeline_api import AuthenticatedClient
from hubspot_timeline_api.api.events import create_events_request
from hubspot_timeline_api.models import TimelineEventBatch

# Errors of httpx after which it is certain that no request has left.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

# What to do after a lost answer to a batch.
_EVENTS_IN_DOUBT = "The events may have been created: send them again with the same ids."

# What of httpx is not for callers to set: redirects would take the token along.
_OWN_ARGS = {"auth", "base_url", "follow_redirects", "timeout"}


@frozen
class Connection:
    """Where and how to connect: `timeout` in seconds for each of connect, write and read, and for a body in all."""

    tokens: TokenSource
    base_url: str
    timeout: float
    max_in_flight: int
    httpx_args: Mapping[str, Any]
    clock: Callable[[], float] = time.monotonic

    @property
    def body_limits(self) -> BodyLimits:
        """How long the body of an answer may take."""
        return BodyLimits(self.timeout, self.clock)

    def client(self, response_hook: Any, auth: httpx.Auth) -> AuthenticatedClient:
        """Return the generated client; the hook sees every response before the generated code does.

        `auth` sets the header of each request, since a token may change from one to the next.
        """
        if own := _OWN_ARGS & self.httpx_args.keys():
            raise OptionError(f"httpx_args holds {min(own)}, which is not for callers to set")
        args = {
            "limits": httpx.Limits(max_connections=None, max_keepalive_connections=self.max_in_flight),
            # A proxy of the environment would get the token in plain text on its way to this very machine.
            "trust_env": not is_loopback(self.base_url),
            **self.httpx_args,
            "auth": auth,
        }
        hooks = dict(args.get("event_hooks", {}))
        args["event_hooks"] = hooks | {"response": [*hooks.get("response", ()), response_hook]}
        return AuthenticatedClient(
            base_url=self.base_url,
            token="",
            timeout=httpx.Timeout(self.timeout, pool=None),
            headers=dict(args.pop("headers", {})),
            cookies=dict(args.pop("cookies", {})),
            verify_ssl=args.pop("verify", True),
            httpx_args=args,
        )


class Transport:
    """Sends batches and single requests; blocks. `learn` is told of the rate limit that an answer names."""

    def __init__(self, connection: Connection, learn: Callable[[RateLimit], object]) -> None:
        def hook(response: httpx.Response) -> None:
            _tell(learn, response)
            if not response.is_success:
                raise _with_hope(error_of(response, self._limits.body_of(response)), response, connection.tokens)

        self._tokens = connection.tokens
        self._limits = connection.body_limits
        self.api = connection.client(hook, _Auth(lambda: connection.tokens.get(self._post)))
        self._http = self.api.get_httpx_client()
        del self._http.headers["Authorization"]  # of the token that the generated client would send with all requests
        self._request = _Requests(self._http)

    def prepare(self) -> None:
        """Have a token at hand. Raises TokenRefreshError or AccessTokenError."""
        self._tokens.prepare(self._post)

    def send(self, batch: Batch) -> BatchAnswer:
        """Send one request. Raises ApiError, NotConnectedError or ConnectionLostError."""
        with _own_errors(self._http.base_url), self._http.stream(**self._request(batch)) as response:
            content = without_secrets(response.request, self._limits.body_of(response))
        return read_answer(response.status_code, content)

    def ask(self, request: Mapping[str, Any], doubt: str) -> bytes:
        """Send a generated request of another kind and return the body of a success. Raises as `send` does.

        `doubt` says what to do where the answer is lost.
        """
        with _own_errors(self._http.base_url, doubt), self._http.stream(**request) as response:
            return without_secrets(response.request, self._limits.body_of(response))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _post(self, path: str, form: Mapping[str, str]) -> bytes:
        with _own_errors(self._http.base_url), self._http.stream("POST", path, data=form, auth=None) as response:
            return self._limits.body_of(response)


class AsyncTransport:
    """Sends batches and single requests; the same with await."""

    def __init__(self, connection: Connection, learn: Callable[[RateLimit], object]) -> None:
        async def hook(response: httpx.Response) -> None:
            _tell(learn, response)
            if not response.is_success:
                raise _with_hope(
                    error_of(response, await self._limits.body_of_async(response)), response, connection.tokens
                )

        self._tokens = connection.tokens
        self._limits = connection.body_limits
        self.api = connection.client(hook, _AsyncAuth(lambda: connection.tokens.get_async(self._post)))
        self._http = self.api.get_async_httpx_client()
        del self._http.headers["Authorization"]  # of the token that the generated client would send with all requests
        self._request = _Requests(self._http)

    async def prepare(self) -> None:
        """Have a token at hand; the same with await."""
        await self._tokens.prepare_async(self._post)

    async def send(self, batch: Batch) -> BatchAnswer:
        """Send one request. Raises ApiError, NotConnectedError or ConnectionLostError."""
        with _own_errors(self._http.base_url):
            async with self._http.stream(**self._request(batch)) as response:
                content = without_secrets(response.request, await self._limits.body_of_async(response))
        return read_answer(response.status_code, content)

    async def ask(self, request: Mapping[str, Any], doubt: str) -> bytes:
        """Send a generated request of another kind; the same with await."""
        with _own_errors(self._http.base_url, doubt):
            async with self._http.stream(**request) as response:
                return without_secrets(response.request, await self._limits.body_of_async(response))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _post(self, path: str, form: Mapping[str, str]) -> bytes:
        with _own_errors(self._http.base_url):
            async with self._http.stream("POST", path, data=form, auth=None) as response:
                return await self._limits.body_of_async(response)


class _Auth(httpx.Auth):
    """Sets the Authorization header of each request."""

    def __init__(self, header: Callable[[], Secret]) -> None:
        self._header = header

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = self._header()
        yield request


class _AsyncAuth(httpx.Auth):
    """Sets the Authorization header of each request; the same with await."""

    def __init__(self, header: Callable[[], Awaitable[Secret]]) -> None:
        self._header = header

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = await self._header()
        yield request


class _Requests:
    """Makes the generated request again and again, each time with the events of a batch.

    Each event was encoded once, when its size was taken; what stands around them comes from the generated model. The
    URL is put together once, which takes httpx a tenth of a request's time.
    """

    def __init__(self, http: httpx.Client | httpx.AsyncClient) -> None:
        self._generated = create_events_request(body=TimelineEventBatch(inputs=[]))
        self._generated["url"] = http.build_request(self._generated["method"], self._generated["url"]).url
        self._before, self._after = msgspec.json.encode(self._generated.pop("json")).split(b"[]")

    def __call__(self, batch: Batch) -> dict[str, Any]:
        content = b"%b[%b]%b" % (self._before, b",".join([item.body for item in batch]), self._after)
        return {**self._generated, "content": content}


def _tell(learn: Callable[[RateLimit], object], response: httpx.Response) -> None:
    limit = rate_limit_of(response)
    if limit and "Authorization" in response.request.headers:  # what has none is a refresh, with a limit of its own
        learn(limit)


def _with_hope(error: ApiError, response: httpx.Response, tokens: TokenSource) -> ApiError:
    """Let the source know of a refused token, and the error of whether the source may have another."""
    header = response.request.headers.get("Authorization")
    if isinstance(error, AuthenticationError) and header:
        error.is_renewable = tokens.refuse(header)
    return error


@contextmanager
def _own_errors(url: object, doubt: str = _EVENTS_IN_DOUBT) -> Iterator[None]:
    try:
        yield
    except _NOT_SENT as error:
        raise NotConnectedError(
            f"No connection to {url} ({_named(error)}). Check the base URL, the network and the proxy."
        ) from error
    except (httpx.RequestError, httpx.StreamError) as error:
        raise ConnectionLostError(
            f"The connection to {url} broke before the answer was complete ({_named(error)}). {doubt}"
        ) from error


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
