"""The options of a background queue."""

from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

from attrs import frozen

from hubspot_timeline.delivery.outcomes import EventLike, Outcome
from hubspot_timeline.errors import OptionError, require_count

OnFull: TypeAlias = Literal["block", "raise", "drop"]
"""What `put` does where there is no room: wait for it, raise QueueFullError, or drop the event that is put."""


# Seconds; some thirty years, which every clock and lock can count.
_LONGEST = 1_000_000_000


@frozen(kw_only=True)
class QueueOptions:
    """What a background queue does when.

    `flush_interval`: the seconds after which an event is sent though its batch is not full. `max_size` and `max_bytes`
    bound the events that have not ended, whether they wait or are under way. `on_full`: what `put` does at that bound.
    `on_drop` is called with each event that is dropped, `on_outcome` with the outcome of every other one; either may
    raise, which is logged and does no harm. `exit_timeout`: the seconds that the end of the program waits for a queue
    that was not closed.
    Raises OptionError for values that cannot be meant.
    """

    flush_interval: float = 1.0
    max_size: int = 10_000
    max_bytes: int = 64_000_000
    on_full: OnFull = "block"
    on_drop: Callable[[EventLike], object] | None = None
    on_outcome: Callable[[Outcome], object] | None = None
    exit_timeout: float = 10.0

    def __attrs_post_init__(self) -> None:
        for name in ("max_size", "max_bytes"):
            require_count(name, getattr(self, name))
        for name in ("flush_interval", "exit_timeout"):
            if not 0 <= getattr(self, name) <= _LONGEST:
                raise OptionError(f"{name} is {getattr(self, name)}; it must be from 0 to {_LONGEST:,} seconds")
        if self.on_full not in get_args(OnFull):
            raise OptionError(f"on_full is {self.on_full!r}; it must be one of {', '.join(get_args(OnFull))}")
        if self.on_drop and self.on_full != "drop":
            raise OptionError(f"on_drop is given, but on_full is {self.on_full!r}, which drops nothing")
