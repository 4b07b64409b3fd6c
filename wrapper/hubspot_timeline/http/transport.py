"""The transport over the generated client, whose hooks turn every unsuccessful response into one of our errors.

The generated code supports only the statuses that Python has names for, and reads every error as JSON; so whatever is
not a success is raised before that code receives it.
"""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import aclosing, closing
from copy import copy
from typing import TYPE_CHECKING, Any, Self

import httpx
from msgspec.structs import replace

from hubspot_timeline.apis import Api
from hubspot_timeline.auth.secret import Secret
from hubspot_timeline.auth.sources import TokenSource
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.response import BatchResponse, parse_response
from hubspot_timeline.http.connection import Connection, remove_stored_headers, update_rate_limiter
from hubspot_timeline.http.network_stream import NEW_CONNECTION, may_be_unsolicited
from hubspot_timeline.http.redaction import redacted
from hubspot_timeline.http.responses import is_compressed, read_body, read_body_async
from hubspot_timeline.rate_limit import RateLimiter

if TYPE_CHECKING:
    from hubspot_timeline_api import AuthenticatedClient

_BATCH_ADVICE = "The events may have been created: send them again with the same ids."
_REFRESH_ADVICE = "No event was sent with this request."

# The extension of a request that holds the transport of its account.
_TRANSPORT = "hubspot_timeline.transport"


class Transport:
    """Sends batches and single requests; blocks. `rate_limiter` receives what the responses say of the limit."""

    def __init__(self, connection: Connection, rate_limiter: RateLimiter) -> None:
        def prepare(request: httpx.Request) -> None:
            connection.prepare(request, is_async=False)

        def check(response: httpx.Response) -> None:
            update_rate_limiter(rate_limiter, response)
            is_compressed(response)  # raises for a body that the generated code must not read
            if not response.is_success:
                raise connection.error_of(response, read_body(response))

        self._tokens, self._errors = connection.tokens, connection.errors
        self.api: AuthenticatedClient = connection.open(
            prepare, check, _Auth(lambda: connection.tokens.get(self._post)), is_async=False
        )
        self._http = self.api.get_httpx_client()
        remove_stored_headers(self._http)
        self._batch_requests = _BatchRequests(self._http)

    def prepare(self) -> None:
        """Fetch an access token if one is needed. Raises TokenRefreshError or AccessTokenError."""
        self._tokens.prepare(self._post)

    def send(self, batch: Batch, api: Api, *, new_connection: bool) -> BatchResponse:
        """Send a batch through an API. Raises ApiError, NotConnectedError or ConnectionLostError."""
        response, content = self._exchange(self._batch_requests.of(batch, api), _BATCH_ADVICE, new_connection)
        return parse_response(response.status_code, content, may_be_unsolicited=may_be_unsolicited(response))

    def send_single(self, request: Mapping[str, Any], advice: str, *, new_connection: bool) -> bytes:
        """Send another generated request and return the body of a success. Raises as `send` does.

        `advice` is what to do where the response is lost.
        """
        return self._exchange(request, advice, new_connection)[1]

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _exchange(
        self, generated: Mapping[str, Any], advice: str, new_connection: bool
    ) -> tuple[httpx.Response, bytes]:
        request = self._http.build_request(**generated, extensions={NEW_CONNECTION: new_connection})
        with (
            self._errors(request, advice),
            closing(self._http.send(request, stream=True)) as response,
        ):
            return response, redacted(request, read_body(response))

    def _post(self, path: str, form: Mapping[str, str]) -> bytes:
        request = self._http.build_request("POST", path, data=form, extensions={NEW_CONNECTION: True})
        with (
            self._errors(request, _REFRESH_ADVICE),
            closing(self._http.send(request, auth=None, stream=True)) as response,
        ):
            return read_body(response)


class AsyncTransport:
    """Sends batches and single requests, for coroutines."""

    def __init__(self, connection: Connection, rate_limiter: RateLimiter) -> None:
        async def prepare(request: httpx.Request) -> None:
            connection.prepare(request, is_async=True)

        async def check(response: httpx.Response) -> None:
            await response.request.extensions.get(_TRANSPORT, self).check(response)

        self._set_account(connection, rate_limiter)
        self.api: AuthenticatedClient = connection.open(prepare, check, self._auth, is_async=True)
        self._http = self.api.get_async_httpx_client()
        remove_stored_headers(self._http)
        self._batch_requests = _BatchRequests(self._http)

    def for_account(self, tokens: TokenSource, rate_limiter: RateLimiter) -> Self:
        """Return a transport over the same connections, with the access token and the rate limit of an account."""
        other = copy(self)
        other._set_account(replace(self._connection, tokens=tokens), rate_limiter)  # noqa: SLF001 - of this class
        return other

    async def check(self, response: httpx.Response) -> None:
        """Raise the error of a response without success, before generated code reads it."""
        update_rate_limiter(self._rate_limiter, response)
        is_compressed(response)  # raises for a body that the generated code must not read
        if not response.is_success:
            raise self._connection.error_of(response, await read_body_async(response))

    async def prepare(self) -> None:
        """Fetch an access token if one is needed. Raises TokenRefreshError or AccessTokenError."""
        await self._connection.tokens.prepare_async(self._post)

    async def send(self, batch: Batch, api: Api, *, new_connection: bool) -> BatchResponse:
        """Send a batch through an API. Raises ApiError, NotConnectedError or ConnectionLostError."""
        response, content = await self._exchange(self._batch_requests.of(batch, api), _BATCH_ADVICE, new_connection)
        return parse_response(response.status_code, content, may_be_unsolicited=may_be_unsolicited(response))

    async def send_single(self, request: Mapping[str, Any], advice: str, *, new_connection: bool) -> bytes:
        """Send another generated request and return the body of a success. Raises as `send` does."""
        return (await self._exchange(request, advice, new_connection))[1]

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _set_account(self, connection: Connection, rate_limiter: RateLimiter) -> None:
        self._connection, self._rate_limiter = connection, rate_limiter
        self._auth = _AsyncAuth(lambda: connection.tokens.get_async(self._post))

    async def _exchange(
        self, generated: Mapping[str, Any], advice: str, new_connection: bool
    ) -> tuple[httpx.Response, bytes]:
        extensions = {NEW_CONNECTION: new_connection, _TRANSPORT: self}
        request = self._http.build_request(**generated, extensions=extensions)
        with self._connection.errors(request, advice):
            async with aclosing(await self._http.send(request, auth=self._auth, stream=True)) as response:
                return response, redacted(request, await read_body_async(response))

    async def _post(self, path: str, form: Mapping[str, str]) -> bytes:
        extensions = {NEW_CONNECTION: True, _TRANSPORT: self}
        request = self._http.build_request("POST", path, data=form, extensions=extensions)
        with self._connection.errors(request, _REFRESH_ADVICE):
            async with aclosing(await self._http.send(request, auth=None, stream=True)) as response:
                return await read_body_async(response)


class _Auth(httpx.Auth):
    """Sets the Authorization header of each request."""

    def __init__(self, header: Callable[[], Secret]) -> None:
        self._header = header

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = self._header()
        yield request


class _AsyncAuth(httpx.Auth):
    """Sets the Authorization header of each request, for coroutines."""

    def __init__(self, header: Callable[[], Awaitable[Secret]]) -> None:
        self._header = header

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = await self._header()
        yield request


class _BatchRequests:
    """The generated request for a batch, as a template for each API, into which the bytes of the events are inserted.

    Each event is encoded once, when its size is checked. The URL is built once, which takes httpx a tenth of the time
    of a request.
    """

    def __init__(self, http: httpx.Client | httpx.AsyncClient) -> None:
        self._http = http
        self._templates: dict[str, tuple[dict[str, Any], bytes, bytes]] = {}

    def of(self, batch: Batch, api: Api) -> dict[str, Any]:
        """Return the request for the events of a batch."""
        request, start, end = self._templates.get(api.version) or self._template(api)
        return {**request, "content": b"%b[%b]%b" % (start, b",".join([item.body for item in batch]), end)}

    def _template(self, api: Api) -> tuple[dict[str, Any], bytes, bytes]:
        request = api.empty_batch()
        request["url"] = self._http.build_request(request["method"], request["url"]).url
        body = json.dumps(request.pop("json"), separators=(",", ":")).encode()
        start, end = body.split(b"[]")
        self._templates[api.version] = request, start, end
        return request, start, end
