"""Time for tests: it passes only when somebody sleeps."""


class FakeTime:
    """A clock, and a sleep for threads and for coroutines; `waits` holds what was slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def clock(self) -> float:
        """Return the seconds since the beginning."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let seconds pass at once."""
        self.waits.append(seconds)
        self.now += seconds

    async def async_sleep(self, seconds: float) -> None:
        """Let seconds pass at once, in a coroutine."""
        self.sleep(seconds)
