"""Both clients with `clock`, `sleep` and `chance` (a random number from 0 to 1) as parameters."""

import random
import time
from collections.abc import Callable
from typing import Any

import hubspot_timeline
from hubspot_timeline.base_client import Runtime


class WithRuntime:
    """Gives a client or a pool a clock, a sleep and chance."""

    def __init__(
        self,
        token: Any,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Any] | None = None,
        chance: Callable[[], float] = random.random,
        **options: Any,
    ) -> None:
        self._runtime = Runtime(clock, sleep, chance)
        super().__init__(token, **options)  # type: ignore[call-arg]


class TimelineClient(WithRuntime, hubspot_timeline.TimelineClient):
    """The synchronous client."""


class AsyncTimelineClient(WithRuntime, hubspot_timeline.AsyncTimelineClient):
    """The asynchronous client; `sleep` returns an awaitable."""
