"""Sources of access tokens, which give the transport the Authorization header of each request."""

import asyncio
import inspect
import traceback
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from attrs import frozen

from hubspot_timeline.auth.secret import Secret, bearer, hidden
from hubspot_timeline.errors import AccessTokenError, OptionError

Post: TypeAlias = Callable[[str, Mapping[str, str]], bytes]
"""Posts a form to a path of the service and returns the body of the response; blocks."""

AsyncPost: TypeAlias = Callable[[str, Mapping[str, str]], Awaitable[bytes]]
"""Posts a form to a path of the service; awaiting the result gives the body of the response."""


class TokenSource:
    """Returns the Authorization header of each request."""

    def prepare(self, post: Post) -> None:
        """Fetch an access token if one is needed, since a permit to send expires meanwhile. Raises as `get` does."""

    async def prepare_async(self, post: AsyncPost) -> None:
        """Fetch an access token if one is needed, without blocking the event loop. Raises as `get` does."""

    @abstractmethod
    def get(self, post: Post) -> Secret:
        """Return the header; may block. Raises AccessTokenError where a retry may help, else TokenRefreshError."""

    @abstractmethod
    async def get_async(self, post: AsyncPost) -> Secret:
        """Return the header without blocking the event loop. Raises as `get` does."""

    @abstractmethod
    def invalidate(self, header: str) -> bool:
        """Discard a header that the service refused, and return whether another access token may be available."""

    def reset_locks(self) -> None:
        """Replace the locks, if there are any, in a forked child, where no thread would release them."""


@frozen
class FixedToken(TokenSource):
    """One access token for the life of the client."""

    header: Secret

    def get(self, post: Post) -> Secret:  # noqa: ARG002 - sends no request
        """Return the header."""
        return self.header

    async def get_async(self, post: AsyncPost) -> Secret:  # noqa: ARG002 - sends no request
        """Return the header."""
        return self.header

    def invalidate(self, header: str) -> bool:  # noqa: ARG002 - there is only one
        """Return False, since the access token cannot be renewed."""
        return False


@frozen
class TokenFunction(TokenSource):
    """A function of the application, which alone decides how long an access token is used."""

    function: Callable[[], str | Awaitable[str]]

    def get(self, post: Post) -> Secret:  # noqa: ARG002 - sends no request
        """Return the header for the result of the function."""
        try:
            token = hidden(self._call())
        except Exception as error:  # noqa: BLE001 - reported by its type only, since its text may contain a secret
            raise failure_of_function(error, __file__) from None
        if inspect.iscoroutine(token):
            token.close()
            raise OptionError("token is a coroutine function, which only AsyncTimelineClient can await")
        return bearer(token)  # raises OptionError for anything but a str

    async def get_async(self, post: AsyncPost) -> Secret:  # noqa: ARG002 - sends no request
        """Return the header for the result of the function; a plain function is called in a thread."""
        try:
            is_coroutine = inspect.iscoroutinefunction(self.function)
            result = hidden(self.function() if is_coroutine else await asyncio.to_thread(self._call))
            token = hidden(await result) if inspect.isawaitable(result) else result
        except Exception as error:  # noqa: BLE001 - reported by its type only, since its text may contain a secret
            raise failure_of_function(error, __file__) from None
        return bearer(token)

    def invalidate(self, header: str) -> bool:  # noqa: ARG002 - the function caches, not this object
        """Return True: the next call of the function may return another access token."""
        return True

    def _call(self) -> str | Awaitable[str]:
        try:
            return self.function()
        except StopIteration:  # of an exhausted iterator of tokens; a thread cannot pass it to a coroutine
            raise RuntimeError("StopIteration") from None


def failure_of_function(error: Exception, caller: str) -> AccessTokenError:
    """Return the error for a function that raised: with the place in its own file, not in a library that it calls.

    `caller`: the file that calls the function.
    The text of its exception may quote a secret that only the function has, so that nothing could redact it.
    """
    frames = traceback.extract_tb(error.__traceback__)
    first = max((number for number, frame in enumerate(frames) if frame.filename == caller), default=-1) + 1
    own = [frame for frame in frames[first:] if frame.filename == frames[first].filename] or frames[-1:]
    place = f" in {own[-1].name}() ({own[-1].filename}:{own[-1].lineno})"
    return AccessTokenError(
        f"No access token: the function that returns it raised {type(error).__name__}{place}. Check the function"
    )
