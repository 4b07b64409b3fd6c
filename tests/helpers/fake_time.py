"""A clock for tests, which advances only by sleeping."""


class FakeTime:
    """A clock with a sleep for threads and one for coroutines; `waits` lists the seconds of each sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def clock(self) -> float:
        """Return the seconds since the beginning."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Advance the clock, and return at once."""
        self.waits.append(seconds)
        self.now += seconds

    async def async_sleep(self, seconds: float) -> None:
        """Advance the clock, in a coroutine."""
        self.sleep(seconds)
