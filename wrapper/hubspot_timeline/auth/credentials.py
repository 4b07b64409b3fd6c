"""Where access tokens come from: one that is given, a function that is asked, or OAuth's token endpoint."""

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeAlias

from attrs import frozen

from hubspot_timeline.auth.oauth import OAuthRefresh, RefreshedTokens
from hubspot_timeline.auth.secret import Secret, bearer
from hubspot_timeline.errors import AccessTokenError, OptionError

TOKEN_VARIABLE = "HUBSPOT_TIMELINE_TOKEN"  # noqa: S105 - the name of the variable, not a token
OAUTH_VARIABLES = ("HUBSPOT_TIMELINE_CLIENT_ID", "HUBSPOT_TIMELINE_CLIENT_SECRET", "HUBSPOT_TIMELINE_REFRESH_TOKEN")

AccessTokenLike: TypeAlias = str | OAuthRefresh | Callable[[], str | Awaitable[str]]
"""A token as a caller may give it: the token itself, an OAuthRefresh, or a function that returns a token each time.

The function is asked before each request, from several threads, and keeps its tokens itself; the asynchronous client
takes a coroutine function too, and asks any other in a thread.
"""

Post: TypeAlias = Callable[[str, Mapping[str, str]], bytes]
"""Sends a form to a path of the service and returns the body of the answer."""

AsyncPost: TypeAlias = Callable[[str, Mapping[str, str]], Awaitable[bytes]]


def credentials_from_environment() -> str | OAuthRefresh:
    """Return the token of the environment, else what refreshes one. Raises OptionError if there is neither."""
    if token := os.environ.get(TOKEN_VARIABLE, "").strip():
        return token
    grant = {name: os.environ.get(name, "").strip() for name in OAUTH_VARIABLES}
    if not any(grant.values()):
        raise OptionError(
            f"there is no token; put an OAuth access token into {TOKEN_VARIABLE}, or what refreshes one into "
            f"{', '.join(OAUTH_VARIABLES)}"
        )
    if missing := [name for name, value in grant.items() if not value]:
        raise OptionError(f"there is no token, and to refresh one {' and '.join(missing)} must be set too")
    client_id, client_secret, refresh_token = grant.values()
    return OAuthRefresh(client_id, client_secret, refresh_token)


class TokenSource(Protocol):
    """Gives the Authorization header of each request."""

    def prepare(self, post: Post) -> object:
        """Make ready what takes long, so that a permit to send does not grow old meanwhile; raises as `get` does."""
        ...

    async def prepare_async(self, post: AsyncPost) -> object:
        """Make ready what takes long; the same with await."""
        ...

    def get(self, post: Post) -> Secret:
        """Return the header; may block. Raises AccessTokenError where a later try may help, else TokenRefreshError."""
        ...

    async def get_async(self, post: AsyncPost) -> Secret:
        """Return the header; the same with await."""
        ...

    def renew_locks(self) -> None:
        """Have locks that nobody holds, in a forked child."""
        ...

    def refuse(self, header: str) -> bool:
        """Take note that the service refused a header, and tell whether another may be had."""
        ...


def token_source(token: AccessTokenLike, clock: Callable[[], float] | None = None) -> TokenSource:
    """Return the source that a client's `token` stands for. Raises OptionError."""
    if isinstance(token, OAuthRefresh):
        return RefreshedTokens(token, clock or time.monotonic)
    return _Called(token) if callable(token) else _Fixed(bearer(token))


class _AtHand:
    """A source with nothing to prepare."""

    def prepare(self, post: Post) -> None:
        pass

    async def prepare_async(self, post: AsyncPost) -> None:
        pass

    def renew_locks(self) -> None:
        pass


@frozen
class _Fixed(_AtHand):
    """The token that was given."""

    header: Secret

    def get(self, post: Post) -> Secret:  # noqa: ARG002 - asks nobody
        return self.header

    async def get_async(self, post: AsyncPost) -> Secret:  # noqa: ARG002 - asks nobody
        return self.header

    def refuse(self, header: str) -> bool:  # noqa: ARG002 - whichever it was
        return False


@frozen
class _Called(_AtHand):
    """A function of the caller's, which alone decides how long a token is good."""

    function: Callable[[], str | Awaitable[str]]

    def get(self, post: Post) -> Secret:  # noqa: ARG002 - asks the caller
        try:
            token = self._ask()
        except Exception as error:  # noqa: BLE001 - told by its kind only, since its text may hold a secret
            raise _failed(error) from None
        if inspect.iscoroutine(token):
            token.close()
            raise OptionError("token is a coroutine function, which only AsyncTimelineClient can await")
        return bearer(token)  # type: ignore[arg-type] # refuses what is no str

    async def get_async(self, post: AsyncPost) -> Secret:  # noqa: ARG002 - asks the caller
        try:
            is_coroutine = inspect.iscoroutinefunction(self.function)
            found = self.function() if is_coroutine else await asyncio.to_thread(self._ask)
            token = await found if inspect.isawaitable(found) else found
        except Exception as error:  # noqa: BLE001 - told by its kind only, since its text may hold a secret
            raise _failed(error) from None
        return bearer(token)

    def _ask(self) -> str | Awaitable[str]:
        try:
            return self.function()
        except StopIteration:  # an iterator of tokens that has ended; a thread could not hand it to a coroutine
            raise RuntimeError("StopIteration") from None

    def refuse(self, header: str) -> bool:  # noqa: ARG002 - the next call may return another
        return True


def _failed(error: Exception) -> AccessTokenError:
    """Return the error of a function that raised; without its text, which may hold what it was working with."""
    return AccessTokenError(f"No access token: the function that returns it raised {type(error).__name__}")
