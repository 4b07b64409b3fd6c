"""Rate limiting: how many requests each account has left, in the rolling window and today."""

from collections import defaultdict, deque
from collections.abc import Mapping
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.rate_limit.limits import DailyLimit, RequestLimit

_MAX_IDLE_ACCOUNTS = 100  # listed although they have nothing in the window
_DAILY = "DAILY"


@frozen
class Admission:
    """Whether a request is accepted, the rate limit headers of its response, and the name of the limit in a 429."""

    is_accepted: bool
    headers: Mapping[str, str]
    policy: str = ""


class RequestLimiter:
    """Applies both limits, where there are any; a rejected request counts for neither.

    Not for use from several threads at once.
    """

    def __init__(self, limit: RequestLimit | None, daily: DailyLimit | None, clock: Clock) -> None:
        self._limit = limit
        self._daily = daily
        self._clock = clock
        self._accepted: defaultdict[str, deque[float]] = defaultdict(deque)  # the times in the window
        self._days: dict[str, tuple[str, int]] = {}  # the last day with requests, and their number

    def admit(self, account: str) -> Admission:
        """Accept a request and count it, or reject it."""
        policy = self._exceeded(account)
        if self._limit and not policy:
            self._accepted[account].append(self._clock.seconds())
        if self._daily and not policy:
            self._days[account] = (self._today(self._daily), self._used_today(account, self._daily) + 1)
        return Admission(not policy, self._headers(account, policy), policy)

    def reset(self) -> None:
        """Start with nothing counted."""
        self._accepted.clear()
        self._days.clear()

    def usage(self) -> list[dict[str, Any]]:
        """Return the usage of each limit: account, policy, limit, used, seconds, free_in (seconds; None for a day)."""
        return [*self._window_usage(), *self._daily_usage()]

    def _exceeded(self, account: str) -> str:
        """Return the name of the limit that is used up, empty if none is."""
        if self._daily and self._used_today(account, self._daily) >= self._daily.requests:
            return _DAILY
        if self._limit and len(self._in_window(account, self._limit)) >= self._limit.requests:
            return self._limit.policy
        return ""

    def _headers(self, account: str, policy: str) -> dict[str, str]:
        headers = {}
        if limit := self._limit:
            headers = {
                "x-hubspot-ratelimit-max": str(limit.requests),
                "x-hubspot-ratelimit-remaining": str(limit.requests - len(self._in_window(account, limit))),
                "x-hubspot-ratelimit-interval-milliseconds": str(round(limit.seconds * 1000)),
            }
            if limit.retry_after and policy == limit.policy:
                headers["retry-after"] = str(max(1, ceil(self._free_in(account, limit))))
        if daily := self._daily:
            headers["x-hubspot-ratelimit-daily"] = str(daily.requests)
            headers["x-hubspot-ratelimit-daily-remaining"] = str(daily.requests - self._used_today(account, daily))
        return headers

    def _window_usage(self) -> list[dict[str, Any]]:
        if (limit := self._limit) is None:
            return []
        for account in list(self._accepted):
            if not self._in_window(account, limit) and len(self._accepted) > _MAX_IDLE_ACCOUNTS:
                del self._accepted[account]  # bounds the memory for tokens that are not used again
        constant = {"policy": limit.policy, "limit": limit.requests, "seconds": limit.seconds}
        return [
            {"account": account, **constant, "used": len(times), "free_in": round(self._free_in(account, limit), 3)}
            for account, times in self._accepted.items()
        ]

    def _daily_usage(self) -> list[dict[str, Any]]:
        if (daily := self._daily) is None:
            return []
        constant = {"policy": _DAILY, "limit": daily.requests, "seconds": 86_400, "free_in": None}
        return [{"account": each, **constant, "used": self._used_today(each, daily)} for each in self._days]

    def _in_window(self, account: str, limit: RequestLimit) -> deque[float]:
        accepted, now = self._accepted[account], self._clock.seconds()
        while accepted and now - accepted[0] >= limit.seconds:
            accepted.popleft()
        return accepted

    def _free_in(self, account: str, limit: RequestLimit) -> float:
        """Return the seconds until the next request is accepted."""
        accepted = self._accepted[account]
        is_full = len(accepted) >= limit.requests
        return max(0.0, accepted[0] + limit.seconds - self._clock.seconds()) if is_full else 0.0

    def _used_today(self, account: str, daily: DailyLimit) -> int:
        day, used = self._days.get(account, ("", 0))
        return used if day == self._today(daily) else 0

    def _today(self, daily: DailyLimit) -> str:
        return self._clock.now().astimezone(ZoneInfo(daily.time_zone)).date().isoformat()
