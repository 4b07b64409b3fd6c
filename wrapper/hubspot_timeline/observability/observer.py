"""The observer of a client: its methods are called with what runs, batches and requests do."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import define
from msgspec import Struct

if TYPE_CHECKING:
    from hubspot_timeline.delivery.outcomes import Report
    from hubspot_timeline.queue.base_queue import BaseQueue

WaitReason: TypeAlias = Literal["rate_limit", "retry_after", "backoff", "token"]
"""Why a request waits: for the rate limit, as long as the service named, after an error, for an access token."""


@define(eq=False)
class ObservedRun:
    """One call of `send` or `stream`.

    `server_address`, `server_port`: the host that events are sent to. `report`: the counts so far. At the end, `read`
    is how many events were read, and `error_type` the name of the error that was raised, or that left events Unsent.
    `data` is for the observer's own use.
    """

    server_address: str
    server_port: int
    report: "Report"
    read: int = 0
    error_type: str | None = None
    data: Any = None


class ObservedBatch(Struct, eq=False):
    """One batch, from its first request to the last.

    `run`: None in a queue. `account`: the account of its events in a pool. `size` counts events, `bytes` those of their
    JSON, `requests` the requests that had a response or failed. At the end, `seconds` is how long it took, `outcomes`
    how many events have each outcome (such as "created"), and `error_type` the name of the error if any event is
    Unconfirmed or Unsent. `data` is for the observer's own use.
    """

    run: ObservedRun | None
    account: str | None
    size: int
    bytes: int
    requests: int = 0
    seconds: float = 0.0
    outcomes: Mapping[str, int] = {}
    error_type: str | None = None
    data: Any = None


class ObservedRequest(Struct, frozen=True):
    """One request of a batch, after it ended.

    `status_code`: that of the response, None without one. `error_type`: the name of the error, None for a success.
    `retry_of`: if it carried events again, the name of the error before it, and `waited` the seconds between them.
    `began`: nanoseconds since 1970.
    """

    status_code: int | None
    error_type: str | None
    retry_of: str | None
    waited: float
    began: int


class EventCount(Struct, frozen=True):
    """How many events of one batch have the same outcome: "created", "rejected", "unconfirmed" or "unsent".

    `is_duplicate`: their ids existed before. `error_type`: the name of their error.
    """

    outcome: str
    count: int
    is_duplicate: bool
    error_type: str | None
    account: str | None


class Observer:
    """Called with what a client does; override what you need, the others do nothing.

    Pass it as `observer=` to any client or pool. It is called from all threads that send, and must not block: the run
    waits meanwhile. What it raises is logged once for each client, and harms no delivery. It never receives an event.
    """

    def run_began(self, run: ObservedRun) -> None:
        """Begin a call of `send` or `stream`."""

    def run_ended(self, run: ObservedRun) -> None:
        """End that call."""

    def events_ended(self, events: EventCount) -> None:
        """Count events that have their outcome: once for each kind of outcome in a batch."""

    def batch_began(self, batch: ObservedBatch) -> None:
        """Begin the delivery of a batch."""

    def batch_ended(self, batch: ObservedBatch) -> None:
        """End that delivery."""

    def request_context(self, batch: ObservedBatch) -> AbstractContextManager[object]:  # noqa: ARG002 - for subclasses
        """Return what surrounds a request while it is sent, in the thread or task that sends it."""
        return nullcontext()

    def request_ended(self, batch: ObservedBatch, request: ObservedRequest) -> None:
        """End a request of a batch."""

    def waited(self, seconds: float, reason: WaitReason) -> None:
        """Begin a wait of so many seconds before a request of a run or queue."""

    def token_renewed(self, error_type: str | None) -> None:
        """End the fetching of an access token by OAuthRefresh; `error_type` is the name of the error if it failed."""

    def queue_opened(self, queue: "BaseQueue") -> None:
        """Open a queue, whose `pending` is its size."""

    def event_dropped(self) -> None:
        """Drop an event, because its queue was full."""


_default: list[Observer] = []


def default_observer() -> Observer | None:
    """Return the observer of clients that are made without one."""
    return _default[0] if _default else None


def set_default_observer(observer: Observer | None) -> None:
    """Set the observer of clients that will be made without one."""
    _default[:] = [] if observer is None else [observer]
