"""The open accounts of a pool: what each needs to send, kept from one batch to the next."""

from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from hubspot_timeline.execution.async_executor import AsyncExecutor, AsyncRun

# Seconds between two looks whether an account can be closed; more if many look.
_POLL = 0.1
_MANY = 50


class OpenAccounts:
    """Up to `limit` open accounts: the access token, the rate limiter and the API of each.

    Beyond that, an account that was unused for long is closed, once its rate limiter has no more to remember: it may be
    opened again. `executor` is that of none, which no request is sent through.
    """

    def __init__(
        self,
        executor: AsyncExecutor,
        open_account: Callable[[str], AsyncExecutor],
        limit: int,
    ) -> None:
        self.executor: AsyncExecutor = executor
        self._open_account = open_account
        self._limit = limit
        self._open: dict[str, AsyncExecutor] = {}
        self._users: dict[str, int] = {}
        self._unused: OrderedDict[str, None] = OrderedDict()  # the one that was unused the longest first
        self._waiting = 0

    def __len__(self) -> int:
        return len(self._open)

    @asynccontextmanager
    async def use(self, account: str, run: AsyncRun) -> AsyncGenerator[AsyncExecutor]:
        """Yield the executor of an account, after opening it, and perhaps waiting until another can be closed.

        That of none if the run is stopped meanwhile.
        """
        self._waiting += 1
        try:
            while account not in self._open and not (self._has_room() or run.stopped):
                await run.wait(_POLL * (1 + self._waiting // _MANY))
        finally:
            self._waiting -= 1
        if run.stopped:
            yield self.executor
            return
        if account not in self._open:
            self._open[account] = self._open_account(account)
        self._users[account] = self._users.get(account, 0) + 1
        self._unused.pop(account, None)
        try:
            yield self._open[account]
        finally:
            self._users[account] -= 1
            if not self._users[account]:
                self._unused[account] = None

    def _has_room(self) -> bool:
        """Close an unused account if there are too many; return whether one may be opened."""
        if len(self._open) >= self._limit and self._unused:
            account = next(iter(self._unused))
            self._unused.move_to_end(account)  # so that one that must be kept for long keeps no other
            if self._open[account].rate_limiter.is_idle:
                del self._open[account], self._unused[account], self._users[account]
        return len(self._open) < self._limit
