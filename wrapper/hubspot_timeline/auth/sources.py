"""Sources of access tokens, which the transport asks for the Authorization header of each request."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypeAlias

from attrs import frozen

from hubspot_timeline.auth.secret import Secret, bearer
from hubspot_timeline.errors import AccessTokenError, OptionError

Post: TypeAlias = Callable[[str, Mapping[str, str]], bytes]
"""Posts a form to a path of the service and returns the body of the response."""

AsyncPost: TypeAlias = Callable[[str, Mapping[str, str]], Awaitable[bytes]]
"""The same as Post, to be awaited."""


class TokenSource(Protocol):
    """Returns the Authorization header of each request."""

    def prepare(self, post: Post) -> object:
        """Fetch an access token if one is needed, since a permit to send expires meanwhile. Raises as `get` does."""
        ...

    async def prepare_async(self, post: AsyncPost) -> object:
        """Do the same as `prepare`, with await."""
        ...

    def get(self, post: Post) -> Secret:
        """Return the header; may block. Raises AccessTokenError where a retry may help, else TokenRefreshError."""
        ...

    async def get_async(self, post: AsyncPost) -> Secret:
        """Do the same as `get`, with await."""
        ...

    def invalidate(self, header: str) -> bool:
        """Forget a header that the service refused, and return whether another access token may be available."""
        ...

    def renew_locks(self) -> None:
        """Replace the locks in a forked child, where no thread would release them."""
        ...


class ImmediateSource:
    """A source with nothing to prepare and no locks."""

    def prepare(self, post: Post) -> None:
        """Do nothing."""

    async def prepare_async(self, post: AsyncPost) -> None:
        """Do nothing."""

    def renew_locks(self) -> None:
        """Do nothing."""


@frozen
class FixedToken(ImmediateSource):
    """One access token for the life of the client."""

    header: Secret

    def get(self, post: Post) -> Secret:  # noqa: ARG002 - sends no request
        """Return the header."""
        return self.header

    async def get_async(self, post: AsyncPost) -> Secret:  # noqa: ARG002 - sends no request
        """Return the header."""
        return self.header

    def invalidate(self, header: str) -> bool:  # noqa: ARG002 - there is only one
        """Return False: there is no other access token."""
        return False


@frozen
class TokenFunction(ImmediateSource):
    """A function of the application, which alone decides how long an access token is used."""

    function: Callable[[], str | Awaitable[str]]

    def get(self, post: Post) -> Secret:  # noqa: ARG002 - sends no request
        """Return the header for the result of the function."""
        try:
            token = self._call()
        except Exception as error:  # noqa: BLE001 - reported by its type only, since its text may contain a secret
            raise _failure(error) from None
        if inspect.iscoroutine(token):
            token.close()
            raise OptionError("token is a coroutine function, which only AsyncTimelineClient can await")
        return bearer(token)  # type: ignore[arg-type] # raises OptionError for anything but a str

    async def get_async(self, post: AsyncPost) -> Secret:  # noqa: ARG002 - sends no request
        """Do the same as `get`, with await; a plain function is called in a thread."""
        try:
            is_coroutine = inspect.iscoroutinefunction(self.function)
            result = self.function() if is_coroutine else await asyncio.to_thread(self._call)
            token = await result if inspect.isawaitable(result) else result
        except Exception as error:  # noqa: BLE001 - reported by its type only, since its text may contain a secret
            raise _failure(error) from None
        return bearer(token)

    def invalidate(self, header: str) -> bool:  # noqa: ARG002 - the function caches, not this object
        """Return True: the next call of the function may return another access token."""
        return True

    def _call(self) -> str | Awaitable[str]:
        try:
            return self.function()
        except StopIteration:  # of an exhausted iterator of tokens; a thread cannot pass it to a coroutine
            raise RuntimeError("StopIteration") from None


def _failure(error: Exception) -> AccessTokenError:
    return AccessTokenError(
        f"No access token: the function that returns it raised {type(error).__name__}. Check the function"
    )
