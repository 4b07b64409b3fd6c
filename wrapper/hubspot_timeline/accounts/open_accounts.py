"""The open accounts of a pool: what each needs to send, kept from one batch to the next."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from hubspot_timeline.execution.async_executor import AsyncExecutor, AsyncRun

# Seconds between two looks whether an account can be closed.
_POLL = 0.1


class OpenAccounts:
    """Up to `limit` open accounts: the access token, the rate limiter and the API of each.

    Beyond that, the account that was unused the longest is closed, once its rate limiter has no more to remember: it
    may be opened again. `executor` is that of none, which no request is sent through.
    """

    def __init__(
        self,
        executor: AsyncExecutor,
        open_account: Callable[[str], AsyncExecutor],
        limit: int,
        clock: Callable[[], float],
    ) -> None:
        self.executor: AsyncExecutor = executor
        self._open_account = open_account
        self._limit = limit
        self._clock = clock
        self._open: dict[str, AsyncExecutor] = {}
        self._users: dict[str, int] = {}
        self._unused_since: OrderedDict[str, float] = OrderedDict()  # the oldest first

    def __len__(self) -> int:
        return len(self._open)

    @asynccontextmanager
    async def use(self, account: str, run: AsyncRun) -> AsyncGenerator[AsyncExecutor]:
        """Yield the executor of an account, after opening it, and perhaps waiting until another can be closed."""
        while account not in self._open and not (self._has_room() or run.stopped):
            await run.wait(_POLL)
        if account not in self._open:
            self._open[account] = self._open_account(account)
        self._users[account] = self._users.get(account, 0) + 1
        self._unused_since.pop(account, None)
        try:
            yield self._open[account]
        finally:
            self._users[account] -= 1
            if not self._users[account]:
                self._unused_since[account] = self._clock()

    def _has_room(self) -> bool:
        """Close the account that was unused the longest if there are too many; return whether one may be opened."""
        account, since = next(iter(self._unused_since.items()), ("", self._clock()))
        if account and len(self._open) >= self._limit:
            limiter = self._open[account].rate_limiter
            if self._clock() - since >= limiter.window:
                del self._open[account], self._unused_since[account], self._users[account]
        return len(self._open) < self._limit
