"""How many requests an account has left, in the last seconds and today."""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import datetime
from math import ceil
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from hubspot_timeline_testing.sandbox.rate_limit.limits import DailyLimit, RequestLimit
from hubspot_timeline_testing.sandbox.times import utc_now

_MOST_SHOWN = 100  # accounts that have nothing in the window


@frozen
class Admission:
    """Whether a request is accepted, the headers that its answer has either way, and what a 429 calls the limit."""

    is_granted: bool
    headers: Mapping[str, str] = field(factory=dict)
    policy: str = ""


class RollingWindow:
    """Remembers when the last requests of each account were accepted; without a limit it accepts all.

    `clock` returns seconds and never goes back. Not for use from several threads at once.
    """

    def __init__(self, limit: RequestLimit | None, clock: Callable[[], float] = monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._accepted: defaultdict[str, deque[float]] = defaultdict(deque)

    def admit(self, account: str) -> Admission:
        """Accept a request and count it, or refuse it."""
        if self._limit is None:
            return Admission(is_granted=True)
        now = self._clock()
        accepted = self._still_counted(account, now, self._limit)
        is_granted = len(accepted) < self._limit.requests
        if is_granted:
            accepted.append(now)
        headers = _headers(self._limit, len(accepted))
        if self._limit.retry_after and not is_granted:
            headers["retry-after"] = str(max(1, ceil(accepted[0] + self._limit.seconds - now)))
        return Admission(is_granted, headers, self._limit.policy)

    def forget(self) -> None:
        """Begin anew."""
        self._accepted.clear()

    def usage(self) -> list[dict[str, Any]]:
        """Return how much of the limit each account uses now, and in how many seconds a place is free."""
        if self._limit is None:
            return []
        now, limit = self._clock(), self._limit
        for account in list(self._accepted):
            if not self._still_counted(account, now, limit) and len(self._accepted) > _MOST_SHOWN:
                del self._accepted[account]  # or each token that ever came would stay
        return [_usage(account, accepted, now, limit) for account, accepted in self._accepted.items()]

    def _still_counted(self, account: str, now: float, limit: RequestLimit) -> deque[float]:
        accepted = self._accepted[account]
        while accepted and now - accepted[0] >= limit.seconds:
            accepted.popleft()
        return accepted


class DayCount:
    """Counts the requests of each account since midnight; without a limit it counts none. `now` gives aware times."""

    def __init__(self, limit: DailyLimit | None, now: Callable[[], datetime] = utc_now) -> None:
        self._limit = limit
        self._now = now
        self._used: dict[str, tuple[str, int]] = {}

    def is_used_up(self, account: str) -> bool:
        """Whether the account has no request left today."""
        return self._limit is not None and self._count(account) >= self._limit.requests

    def take(self, account: str) -> None:
        """Count one request."""
        if self._limit is not None:
            self._used[account] = (self._today(self._limit), self._count(account) + 1)

    def headers(self, account: str) -> dict[str, str]:
        """Return what an answer says of it."""
        if self._limit is None:
            return {}
        left = str(self._limit.requests - self._count(account))
        return {"x-hubspot-ratelimit-daily": str(self._limit.requests), "x-hubspot-ratelimit-daily-remaining": left}

    def forget(self) -> None:
        """Begin anew."""
        self._used.clear()

    def usage(self) -> list[dict[str, Any]]:
        """Return how much of the limit each account has used today."""
        if self._limit is None:
            return []
        named = {"policy": "DAILY", "limit": self._limit.requests, "seconds": 86_400, "free_in": None}
        return [{"account": account, **named, "used": self._count(account)} for account in self._used]

    def _count(self, account: str) -> int:
        day, used = self._used.get(account, ("", 0))
        return used if self._limit and day == self._today(self._limit) else 0

    def _today(self, limit: DailyLimit) -> str:
        return self._now().astimezone(ZoneInfo(limit.time_zone)).date().isoformat()


class Limits:
    """Both limits together: what one of them refuses does not count for the other."""

    def __init__(self, window: RollingWindow, day: DayCount) -> None:
        self._window = window
        self._day = day

    def admit(self, account: str) -> Admission:
        """Accept a request and count it, or refuse it."""
        if self._day.is_used_up(account):
            return Admission(is_granted=False, headers=self._day.headers(account), policy="DAILY")
        admission = self._window.admit(account)
        if admission.is_granted:
            self._day.take(account)
        return evolve(admission, headers={**admission.headers, **self._day.headers(account)})

    def forget(self) -> None:
        """Begin anew, as if there had been no request."""
        self._window.forget()
        self._day.forget()

    def usage(self) -> list[dict[str, Any]]:
        """Return how much is used: account, policy, limit, used, seconds, free_in (seconds; None for a day)."""
        return [*self._window.usage(), *self._day.usage()]


def _headers(limit: RequestLimit, used: int) -> dict[str, str]:
    return {
        "x-hubspot-ratelimit-max": str(limit.requests),
        "x-hubspot-ratelimit-remaining": str(limit.requests - used),
        "x-hubspot-ratelimit-interval-milliseconds": str(round(limit.seconds * 1000)),
    }


def _usage(account: str, accepted: deque[float], now: float, limit: RequestLimit) -> dict[str, Any]:
    is_full = len(accepted) >= limit.requests
    return {
        "account": account,
        "policy": limit.policy,
        "limit": limit.requests,
        "used": len(accepted),
        "seconds": limit.seconds,
        "free_in": round(accepted[0] + limit.seconds - now, 3) if is_full else 0.0,
    }
