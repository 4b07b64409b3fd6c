"""OAuth: access tokens from a refresh token, fetched before they are needed and once for all requests."""

import asyncio
import inspect
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import inf
from threading import Lock
from typing import TypeAlias

from attrs import field, frozen

from hubspot_timeline.auth.secret import Secret, bearer, hidden
from hubspot_timeline.auth.sources import AsyncPost, Post, TokenSource
from hubspot_timeline.errors import (
    AccessTokenError,
    ApiError,
    ConnectionLostError,
    NotConnectedError,
    OptionError,
    RateLimitError,
    ServerError,
    TimelineError,
    TokenRefreshError,
    type_of,
)

log: logging.Logger = logging.getLogger(__name__)

OnRenewal: TypeAlias = Callable[[TimelineError | None], object]
"""Called after each attempt to fetch an access token, with the error if it failed."""

# How long before it expires an access token is refreshed, in seconds; for short lifetimes the last tenth.
_MARGIN = 60.0
_MARGIN_SHARE = 0.1

_CHECK_PATH = "This URL is not that of a token endpoint: check base_url and the path of OAuthRefresh."
_CHECK_CREDENTIALS = (
    "Check client_id and client_secret, or let the account install the app again for a new refresh_token."
)


@frozen(init=False)
class OAuthRefresh:
    """OAuth credentials for an account: id and secret of the app, and the refresh token of the account.

    An access token is fetched before the first request, a minute before it expires, and when the service refuses it;
    once, however many requests are in flight. `path` is the path of the token endpoint, below the client's `base_url`.
    `on_refresh` is called with each new refresh token that the service returns, so that it can be stored; an exception
    that it raises is logged.
    Raises OptionError for an empty value.
    """

    client_id: str
    client_secret: str
    refresh_token: str
    path: str
    on_refresh: Callable[[str], object] | None
    # The refresh token that the service returned last, also for those who use these credentials later.
    _last: list[Secret] = field(init=False, factory=list, eq=False, repr=False)

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        path: str = "/oauth/2026-03/token",
        on_refresh: Callable[[str], object] | None = None,
    ) -> None:
        client_secret, refresh_token = hidden(client_secret), hidden(refresh_token)
        # pyright does not know the method of attrs.
        self.__attrs_init__(client_id, client_secret, refresh_token, path, on_refresh)  # pyright: ignore[reportAttributeAccessIssue]
        for name in ("client_id", "client_secret", "refresh_token"):
            value: object = getattr(self, name)  # callers without a type checker may pass anything
            if not isinstance(value, str):
                raise OptionError(f"{name} is {type_of(value)}, not text")
            if not value.strip():
                raise OptionError(f"{name} is empty")
        if inspect.iscoroutinefunction(on_refresh):
            raise OptionError("on_refresh is a coroutine function, which is never awaited; pass a plain function")
        if not path.startswith("/"):
            raise OptionError(f"path is {path!r}; it must start with / and is appended to base_url")


class RefreshedTokens(TokenSource):
    """The current access token for OAuth credentials. `clock` returns seconds."""

    def __init__(
        self, credentials: OAuthRefresh, clock: Callable[[], float], on_renewal: OnRenewal | None = None
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._on_renewal = on_renewal or _ignore
        self._last = credentials._last  # noqa: SLF001 - of this module
        self._header: Secret | None = None
        self._expires_at = -inf
        self.reset_locks()

    def reset_locks(self) -> None:
        """Create the locks; in a forked child no thread would release the inherited ones."""
        self._lock = Lock()
        self._async_lock = asyncio.Lock()

    def prepare(self, post: Post) -> None:
        """Fetch an access token unless there is a valid one; blocks."""
        self.get(post)

    async def prepare_async(self, post: AsyncPost) -> None:
        """Fetch an access token unless there is a valid one; other tasks wait for it."""
        await self.get_async(post)

    def get(self, post: Post) -> Secret:
        """Return the header, after fetching an access token unless there is a valid one; blocks."""
        with self._lock:  # one thread fetches, the others wait and use its result
            if header := self._valid_header():
                return header
            started = self._clock()
            with self._renewal():
                return self._store(_parse(post(self._credentials.path, self._form())), started)

    async def get_async(self, post: AsyncPost) -> Secret:
        """Return the header, after fetching an access token unless there is a valid one; other tasks wait for it."""
        async with self._async_lock:
            if header := self._valid_header():
                return header
            started = self._clock()
            with self._renewal():
                return self._store(_parse(await post(self._credentials.path, self._form())), started)

    def invalidate(self, header: str) -> bool:
        """Discard the access token if it is the refused one; another may have been fetched since that request."""
        if header == self._header:
            self._header = None
        return True

    @contextmanager
    def _renewal(self) -> Iterator[None]:
        try:
            with _refresh_errors():
                yield
        except TimelineError as error:
            self._on_renewal(error)
            raise
        self._on_renewal(None)

    def _valid_header(self) -> Secret | None:
        return self._header if self._clock() < self._expires_at else None

    @property
    def _refresh_token(self) -> str:
        return self._last[-1] if self._last else self._credentials.refresh_token

    def _form(self) -> dict[str, str]:
        return {
            "grant_type": "refresh_token",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
            "refresh_token": self._refresh_token,
        }

    def _store(self, token: "_IssuedToken | None", started: float) -> Secret:
        if token is None:  # neither quoted nor chained, since half of the response may be a token
            raise TokenRefreshError(
                f"The response of the token endpoint has no access_token with its expires_in in seconds. {_CHECK_PATH}"
            )
        if token.refresh_token and token.refresh_token != self._refresh_token:
            self._last[:] = [token.refresh_token]
            self._notify(token.refresh_token)
        self._header = bearer(token.access_token)
        self._expires_at = started + token.lifetime - min(_MARGIN, token.lifetime * _MARGIN_SHARE)
        return self._header

    def _notify(self, refresh_token: Secret) -> None:
        try:
            if self._credentials.on_refresh:
                self._credentials.on_refresh(str(refresh_token))
        except Exception as error:  # noqa: BLE001 - logged without its text, which may quote the refresh token
            log.error("on_refresh raised %s; the new refresh token may not be stored", type(error).__name__)  # noqa: TRY400


@frozen
class _IssuedToken:
    """An access token of the token endpoint, its lifetime in seconds, and the refresh token if there is one."""

    access_token: Secret
    lifetime: float
    refresh_token: Secret | None


def _parse(content: bytes) -> _IssuedToken | None:
    """Return the access token of a response, None if it has none. Raises nothing: a traceback could show `content`."""
    with suppress(ValueError, TypeError, KeyError, RecursionError, AttributeError, OverflowError):
        body = json.loads(content)
        token, lifetime, refresh_token = body["access_token"], float(body["expires_in"]), body.get("refresh_token")
        if isinstance(token, str) and 0 < lifetime < inf:
            return _IssuedToken(
                Secret(token), lifetime, Secret(refresh_token) if isinstance(refresh_token, str) else None
            )
    return None


def _ignore(error: TimelineError | None) -> None:
    """Call nobody."""


@contextmanager
def _refresh_errors() -> Iterator[None]:
    """Turn the errors of the token endpoint into errors about the refresh: none of them is about events."""
    try:
        yield
    except (RateLimitError, ServerError) as error:
        raise AccessTokenError(_summary(error), error.retry_after) from error
    except ApiError as error:
        advice = _CHECK_PATH if error.status in (404, 405) else _CHECK_CREDENTIALS
        raise TokenRefreshError(f"{_summary(error)}. {advice}") from error
    except (NotConnectedError, ConnectionLostError) as error:
        raise AccessTokenError(f"No access token, since the token endpoint did not send a response: {error}") from error


def _summary(error: ApiError) -> str:
    code = error.body.get("status")
    code = error.category if code == "error" else code
    status = f"{error.status} {code}" if code else f"{error.status}"
    correlation = f" (correlationId {error.correlation_id})" if error.correlation_id else ""
    return f"The token endpoint refused the request: {status}: {error.message}{correlation}"
