"""The options of a background queue."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, get_args

from attrs import frozen

from hubspot_timeline.delivery.outcomes import Outcome
from hubspot_timeline.errors import OptionError, require_count

OnFull: TypeAlias = Literal["block", "raise", "drop"]
"""What `put` does while the queue is full: wait for room, raise QueueFullError, or drop the event that is put."""

# Some thirty years, which every clock and lock can count.
_MAX_SECONDS = 1_000_000_000


@frozen(kw_only=True)
class QueueOptions:
    """The limits and callbacks of a background queue.

    `flush_interval`: the seconds after which an event is sent though its batch is not full. `max_size` and `max_bytes`
    limit the events that have no outcome yet, whether they wait or are in flight. `on_full`: what `put` does at that
    limit. `on_drop` is called with each object that is dropped, `on_outcome` with the outcome of every other one; what
    either raises is logged. `exit_timeout`: the seconds that the end of the program waits for a queue that was not
    closed.
    Raises OptionError for a value that is not allowed.
    """

    flush_interval: float = 1.0
    max_size: int = 10_000
    max_bytes: int = 64_000_000
    on_full: OnFull = "block"
    on_drop: Callable[[Any], object] | None = None
    on_outcome: Callable[[Outcome], object] | None = None
    exit_timeout: float = 10.0

    def __attrs_post_init__(self) -> None:
        for name in ("max_size", "max_bytes"):
            require_count(name, getattr(self, name))
        for name in ("flush_interval", "exit_timeout"):
            if not 0 <= getattr(self, name) <= _MAX_SECONDS:
                raise OptionError(f"{name} is {getattr(self, name)}; it must be from 0 to {_MAX_SECONDS:,} seconds")
        if self.on_full not in get_args(OnFull):
            raise OptionError(f"on_full is {self.on_full!r}; it must be one of {', '.join(get_args(OnFull))}")
        if self.on_drop and self.on_full != "drop":
            raise OptionError(f"on_drop is set, but on_full is {self.on_full!r}, which drops nothing")
