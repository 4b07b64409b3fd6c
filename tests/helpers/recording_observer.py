"""An observer that records what it is called with."""

from collections import Counter
from typing import Any

from hubspot_timeline.observability import (
    EventCount,
    ObservedBatch,
    ObservedRequest,
    ObservedRun,
    Observer,
    WaitReason,
)


class RecordingObserver(Observer):
    """Adds up events, requests, retries and waits; `calls` has the names of all other calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.events: Counter[str] = Counter()
        self.counts: list[EventCount] = []
        self.waits: list[tuple[str, float]] = []
        self.requests: list[ObservedRequest] = []
        self.batches: list[ObservedBatch] = []
        self.runs: list[ObservedRun] = []
        self.queues: list[Any] = []
        self.renewals: list[str | None] = []

    @property
    def retries(self) -> int:
        """How many requests carried events again."""
        return sum(request.retry_of is not None for request in self.requests)

    def run_began(self, run: ObservedRun) -> None:
        """Record the beginning of a run."""
        self.calls.append("run began")
        assert run.read == run.report.total == 0

    def run_ended(self, run: ObservedRun) -> None:
        """Record the end of a run."""
        self.calls.append("run ended")
        self.runs.append(run)

    def events_ended(self, events: EventCount) -> None:
        """Add up outcomes."""
        self.counts.append(events)
        self.events[events.outcome] += events.count

    def batch_began(self, batch: ObservedBatch) -> None:
        """Record the beginning of a batch."""
        self.calls.append("batch began")
        assert batch.requests == 0

    def batch_ended(self, batch: ObservedBatch) -> None:
        """Record the end of a batch."""
        self.calls.append("batch ended")
        self.batches.append(batch)

    def request_ended(self, batch: ObservedBatch, request: ObservedRequest) -> None:
        """Record a request."""
        assert batch.requests
        self.requests.append(request)

    def waited(self, seconds: float, reason: WaitReason) -> None:
        """Record a wait."""
        self.waits.append((reason, seconds))

    def token_renewed(self, error_type: str | None) -> None:
        """Record a renewal."""
        self.renewals.append(error_type)

    def queue_opened(self, queue: Any) -> None:
        """Record a queue."""
        self.queues.append(queue)

    def event_dropped(self) -> None:
        """Record a dropped event."""
        self.calls.append("dropped")
