"""Rate limiting: how many requests each account has left, in the rolling window and today."""

from collections import defaultdict, deque
from collections.abc import Mapping
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.rate_limit.limits import DailyLimit, RequestLimit

_MAX_IDLE_ACCOUNTS = 100  # listed although they have nothing in the window


@frozen
class Admission:
    """Whether a request is accepted, the rate limit headers of its response, and the name of the limit in a 429."""

    is_accepted: bool
    headers: Mapping[str, str] = field(factory=dict)
    policy: str = ""


class RequestLimiter:
    """Applies both limits, where there are any; a request that one of them rejects does not count for the other.

    Not for use from several threads at once.
    """

    def __init__(self, limit: RequestLimit | None, daily: DailyLimit | None, clock: Clock) -> None:
        self._window = RollingWindow(limit, clock) if limit else None
        self._day = DailyCounter(daily, clock) if daily else None

    def admit(self, account: str) -> Admission:
        """Accept a request and count it, or reject it."""
        if self._day and self._day.is_used_up(account):
            return Admission(is_accepted=False, headers=self._day.headers(account), policy="DAILY")
        admission = self._window.admit(account) if self._window else Admission(is_accepted=True)
        if self._day is None:
            return admission
        if admission.is_accepted:
            self._day.add(account)
        return evolve(admission, headers={**admission.headers, **self._day.headers(account)})

    def reset(self) -> None:
        """Start with nothing counted."""
        for counter in (self._window, self._day):
            if counter:
                counter.reset()

    def usage(self) -> list[dict[str, Any]]:
        """Return the usage of each limit: account, policy, limit, used, seconds, free_in (seconds; None for a day)."""
        return [usage for counter in (self._window, self._day) if counter for usage in counter.usage()]


class RollingWindow:
    """The times at which the latest requests of each account were accepted."""

    def __init__(self, limit: RequestLimit, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._accepted: defaultdict[str, deque[float]] = defaultdict(deque)

    def admit(self, account: str) -> Admission:
        """Accept a request and count it, or reject it."""
        limit, now = self._limit, self._clock.seconds()
        accepted = self._in_window(account, now)
        is_accepted = len(accepted) < limit.requests
        if is_accepted:
            accepted.append(now)
        headers = {
            "x-hubspot-ratelimit-max": str(limit.requests),
            "x-hubspot-ratelimit-remaining": str(limit.requests - len(accepted)),
            "x-hubspot-ratelimit-interval-milliseconds": str(round(limit.seconds * 1000)),
        }
        if limit.retry_after and not is_accepted:
            headers["retry-after"] = str(max(1, ceil(accepted[0] + limit.seconds - now)))
        return Admission(is_accepted, headers, limit.policy)

    def reset(self) -> None:
        """Start with nothing counted."""
        self._accepted.clear()

    def usage(self) -> list[dict[str, Any]]:
        """Return the usage of each account."""
        now = self._clock.seconds()
        for account in list(self._accepted):
            if not self._in_window(account, now) and len(self._accepted) > _MAX_IDLE_ACCOUNTS:
                del self._accepted[account]  # bounds the memory for tokens that are not used again
        return [self._usage(account, accepted, now) for account, accepted in self._accepted.items()]

    def _in_window(self, account: str, now: float) -> deque[float]:
        accepted = self._accepted[account]
        while accepted and now - accepted[0] >= self._limit.seconds:
            accepted.popleft()
        return accepted

    def _usage(self, account: str, accepted: deque[float], now: float) -> dict[str, Any]:
        limit, used = self._limit, len(accepted)
        free_in = round(accepted[0] + limit.seconds - now, 3) if used >= limit.requests else 0.0
        usage = {"account": account, "policy": limit.policy, "limit": limit.requests, "used": used}
        return usage | {"seconds": limit.seconds, "free_in": free_in}


class DailyCounter:
    """The number of accepted requests of each account since midnight."""

    def __init__(self, limit: DailyLimit, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._counts: dict[str, tuple[str, int]] = {}

    def is_used_up(self, account: str) -> bool:
        """Return whether the account has no request left today."""
        return self._used(account) >= self._limit.requests

    def add(self, account: str) -> None:
        """Count one request."""
        self._counts[account] = (self._today(), self._used(account) + 1)

    def headers(self, account: str) -> dict[str, str]:
        """Return the headers of a response."""
        limit, remaining = self._limit.requests, self._limit.requests - self._used(account)
        return {"x-hubspot-ratelimit-daily": str(limit), "x-hubspot-ratelimit-daily-remaining": str(remaining)}

    def reset(self) -> None:
        """Start with nothing counted."""
        self._counts.clear()

    def usage(self) -> list[dict[str, Any]]:
        """Return the usage of each account."""
        constant = {"policy": "DAILY", "limit": self._limit.requests, "seconds": 86_400, "free_in": None}
        return [{"account": account, **constant, "used": self._used(account)} for account in self._counts]

    def _used(self, account: str) -> int:
        day, used = self._counts.get(account, ("", 0))
        return used if day == self._today() else 0

    def _today(self) -> str:
        return self._clock.now().astimezone(ZoneInfo(self._limit.time_zone)).date().isoformat()
