"""The access token of each account, which the application is asked for when the account is first used."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

from hubspot_timeline.auth.credentials import AccessTokenLike, token_source
from hubspot_timeline.auth.oauth import OnRenewal
from hubspot_timeline.auth.secret import Secret, hidden
from hubspot_timeline.auth.sources import AsyncPost, FixedToken, Post, TokenSource, failure_of_function
from hubspot_timeline.errors import OptionError, TokenRefreshError

AccountTokens: TypeAlias = Mapping[str, AccessTokenLike] | Callable[[str], AccessTokenLike | Awaitable[AccessTokenLike]]
"""The access token, OAuthRefresh or function of each account; or a function or coroutine function that returns it.

The function is called in a thread when an account is first used, and again once the service refuses a token that it
returned. It raises LookupError for an unknown account, whose events are Unsent.
"""


class AccountToken(TokenSource):
    """The access token of one account. Several tasks may share it. `refreshes` limits those of all accounts at once."""

    def __init__(
        self,
        tokens: AccountTokens,
        account: str,
        clock: Callable[[], float] | None,
        refreshes: AbstractAsyncContextManager[object],
        on_renewal: OnRenewal | None = None,
    ) -> None:
        self._tokens = tokens
        self._account = account
        self._clock = clock
        self._refreshes = refreshes
        self._on_renewal = on_renewal
        self._lock = asyncio.Lock()
        self._source: TokenSource | None = None

    def get(self, post: Post) -> Secret:
        """Raise NotImplementedError: only coroutines use pools."""
        raise NotImplementedError

    async def prepare_async(self, post: AsyncPost) -> None:
        """Fetch an access token if one is needed. Raises as `get_async` does."""
        await (await self._opened()).prepare_async(self._limited(post))

    async def get_async(self, post: AsyncPost) -> Secret:
        """Return the header. Raises AccessTokenError where a retry may help, else TokenRefreshError."""
        return await (await self._opened()).get_async(self._limited(post))

    def invalidate(self, header: str) -> bool:
        """Discard a header that the service refused, and return whether another access token may be available."""
        if not isinstance(self._source, FixedToken):
            return self._source is None or self._source.invalidate(header)
        if callable(self._tokens) and header == self._source.header:
            self._source = None
        return callable(self._tokens)

    def _limited(self, post: AsyncPost) -> AsyncPost:
        async def limited(path: str, form: Mapping[str, str]) -> bytes:
            async with self._refreshes:
                return await post(path, form)

        return limited

    async def _opened(self) -> TokenSource:
        async with self._lock:
            if self._source is None:
                self._source = await self._open()
            return self._source

    async def _open(self) -> TokenSource:
        try:
            token = hidden(await self._look_up())
        except LookupError:
            raise unknown_account(self._account) from None
        except Exception as error:  # noqa: BLE001 - reported by its type only, since its text may contain a secret
            raise failure_of_function(error, __file__) from None
        try:
            return token_source(token, self._clock, self._on_renewal)
        except OptionError as error:
            raise TokenRefreshError(f"No access token for account {self._account!r}: {error}") from None

    async def _look_up(self) -> Any:
        found = self._call() if _is_quick(self._tokens) else await asyncio.to_thread(self._call)
        return await found if inspect.isawaitable(found) else found

    def _call(self) -> Any:
        try:
            return self._tokens[self._account] if isinstance(self._tokens, Mapping) else self._tokens(self._account)
        except StopIteration:  # a thread cannot pass it to a coroutine
            raise RuntimeError("StopIteration") from None


def unknown_account(account: str) -> TokenRefreshError:
    """Return the error of an account that has no access token."""
    return TokenRefreshError(
        f"No access token for account {account!r}: there is none for this name; add it, or correct the account of the "
        "events"
    )


def _is_quick(tokens: AccountTokens) -> bool:
    return isinstance(tokens, Mapping) or inspect.iscoroutinefunction(tokens)
