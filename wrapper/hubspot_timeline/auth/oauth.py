"""Access tokens of OAuth's token endpoint: fetched before they are needed, once for all who need them."""

import asyncio
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from math import inf
from threading import Lock

from attrs import field, frozen

from hubspot_timeline.auth.secret import Secret, bearer
from hubspot_timeline.errors import (
    AccessTokenError,
    ApiError,
    ConnectionLostError,
    NotConnectedError,
    OptionError,
    RateLimitError,
    ServerError,
    TokenRefreshError,
)

log = logging.getLogger(__name__)

# How long before its end a token is renewed, in seconds; of short lives it is the last tenth.
_MARGIN = 60.0
_SHARE = 0.1

_WRONG_PLACE = "There is no token endpoint at that place: check base_url and the path of OAuthRefresh."
_WRONG_GRANT = "Check client_id and client_secret, or let the account install the app again for a new refresh_token."


@frozen
class OAuthRefresh:
    """What gets access tokens for an account: the app's id and secret, and the account's refresh token.

    A token is fetched before the first request, a minute before it expires, and when the service refuses it; once,
    however many requests are under way. `path` is the token endpoint's, below the client's `base_url`. `on_refresh` is
    called with the refresh token whenever the service hands out a new one, for whoever stores it; what it raises is
    logged.
    Raises OptionError for a value that is empty.
    """

    client_id: str
    client_secret: str = field(converter=Secret)
    refresh_token: str = field(converter=Secret)
    path: str = "/oauth/2026-03/token"
    on_refresh: Callable[[str], object] | None = None

    def __attrs_post_init__(self) -> None:
        for name in ("client_id", "client_secret", "refresh_token"):
            if not getattr(self, name).strip():
                raise OptionError(f"{name} is empty")
        if inspect.iscoroutinefunction(self.on_refresh):
            raise OptionError("on_refresh is a coroutine function, which nobody awaits; give a plain one")
        if not self.path.startswith("/"):
            raise OptionError(f"path is {self.path!r}; it starts with / and comes after base_url")


class RefreshedTokens:
    """The access token of a grant, as long as it is good. `clock` returns seconds."""

    def __init__(self, grant: OAuthRefresh, clock: Callable[[], float]) -> None:
        self._grant = grant
        self._clock = clock
        self._refresh_token = grant.refresh_token
        self._header: Secret | None = None
        self._good_until = -inf
        self.renew_locks()

    def renew_locks(self) -> None:
        """Have locks that nobody holds, in a forked child too."""
        self._lock = Lock()
        self._async_lock = asyncio.Lock()

    def get(self, post: Callable[[str, Mapping[str, str]], bytes]) -> Secret:
        """Return the header, fetching a token if there is no good one; blocks."""
        with self._lock:  # whoever comes second finds what the first has fetched
            if header := self._good():
                return header
            began = self._clock()
            with _refresh_errors():
                content = post(self._grant.path, self._form())
            return self._take(content, began)

    async def get_async(self, post: Callable[[str, Mapping[str, str]], Awaitable[bytes]]) -> Secret:
        """Return the header; the same with await."""
        async with self._async_lock:
            if header := self._good():
                return header
            began = self._clock()
            with _refresh_errors():
                content = await post(self._grant.path, self._form())
            return self._take(content, began)

    prepare = get
    prepare_async = get_async

    def refuse(self, header: str) -> bool:
        """Forget the token if it is the one refused: another may have been fetched since that request left."""
        if header == self._header:
            self._header = None
        return True

    def _hand_out(self, refresh_token: str) -> None:
        try:
            if self._grant.on_refresh:
                self._grant.on_refresh(refresh_token)
        except Exception as error:  # noqa: BLE001 - without its text, which may quote what could not be stored
            log.error("on_refresh raised %s; the new refresh token may not be stored", type(error).__name__)  # noqa: TRY400

    def _good(self) -> Secret | None:
        return self._header if self._clock() < self._good_until else None

    def _form(self) -> dict[str, str]:
        return {
            "grant_type": "refresh_token",
            "client_id": self._grant.client_id,
            "client_secret": self._grant.client_secret,
            "refresh_token": self._refresh_token,
        }

    def _take(self, content: bytes, began: float) -> Secret:
        token, seconds, refresh_token = _read(content)
        if refresh_token and refresh_token != self._refresh_token:
            self._refresh_token = Secret(refresh_token)
            self._hand_out(refresh_token)
        self._header = bearer(token)
        self._good_until = began + seconds - min(_MARGIN, seconds * _SHARE)
        return self._header


def _read(content: bytes) -> tuple[str, float, str | None]:
    """Return the access token of an answer, the seconds that it lives, and the refresh token if there is one."""
    with suppress(ValueError, TypeError, KeyError, RecursionError, AttributeError, OverflowError):
        body = json.loads(content)
        token, seconds, refresh_token = body["access_token"], float(body["expires_in"]), body.get("refresh_token")
        if isinstance(token, str) and 0 < seconds < inf:
            return token, seconds, refresh_token if isinstance(refresh_token, str) else None
    # Neither quoted nor chained, since half of it may be a token.
    raise TokenRefreshError("The token endpoint's answer holds no access_token with its expires_in in seconds")


@contextmanager
def _refresh_errors() -> Iterator[None]:
    """Turn errors of the token endpoint into those of a refresh: nothing of them is about events."""
    try:
        yield
    except (RateLimitError, ServerError) as error:
        raise AccessTokenError(_said(error), error.retry_after) from error
    except ApiError as error:
        advice = _WRONG_PLACE if error.status in (404, 405) else _WRONG_GRANT
        raise TokenRefreshError(f"{_said(error)}. {advice}") from error
    except (NotConnectedError, ConnectionLostError) as error:
        raise AccessTokenError(f"No access token, since the token endpoint gave no answer: {error}") from error


def _said(error: ApiError) -> str:
    word = error.body.get("status")
    known = f" (correlationId {error.correlation_id})" if error.correlation_id else ""
    head = " ".join(str(part) for part in (error.status, word if word != "error" else error.category) if part)
    return f"The token endpoint refused: {head}: {error.message}{known}"
