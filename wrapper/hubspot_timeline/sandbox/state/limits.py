"""The rate window: how many requests a token has left in the last seconds."""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from math import ceil, inf
from time import monotonic

from attrs import field, frozen
from attrs.validators import ge, gt, lt


@frozen
class RequestLimit:
    """How many requests of one bearer token are accepted in any span of so many seconds, which excludes its end.

    Refused requests do not count; that is an assumption, since the vendor does not say.
    `retry_after`: whether a refusal says after how many whole seconds to come again; nobody documents that it does.
    Raises ValueError for values that cannot be meant.
    """

    requests: int = field(default=110, validator=ge(1))
    seconds: float = field(default=10.0, validator=[gt(0), lt(inf)])
    retry_after: bool = False


@frozen
class Admission:
    """Whether a request is accepted, and the headers that its answer has either way."""

    is_granted: bool
    headers: Mapping[str, str] = field(factory=dict)


class RollingWindow:
    """Remembers when the last requests of each token were accepted; without a limit it accepts all.

    `clock` returns seconds and never goes back. Not for use from several threads at once.
    """

    def __init__(self, limit: RequestLimit | None, clock: Callable[[], float] = monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._accepted: defaultdict[str, deque[float]] = defaultdict(deque)

    def admit(self, token: str) -> Admission:
        """Accept a request and count it, or refuse it."""
        if self._limit is None:
            return Admission(is_granted=True)
        now = self._clock()
        accepted = self._accepted[token]
        while accepted and now - accepted[0] >= self._limit.seconds:
            accepted.popleft()
        is_granted = len(accepted) < self._limit.requests
        if is_granted:
            accepted.append(now)
        headers = _headers(self._limit, len(accepted))
        if self._limit.retry_after and not is_granted:
            headers["retry-after"] = str(max(1, ceil(accepted[0] + self._limit.seconds - now)))
        return Admission(is_granted, headers)


def _headers(limit: RequestLimit, used: int) -> dict[str, str]:
    return {
        "x-hubspot-ratelimit-max": str(limit.requests),
        "x-hubspot-ratelimit-remaining": str(limit.requests - used),
        "x-hubspot-ratelimit-interval-milliseconds": str(round(limit.seconds * 1000)),
    }
