"""The metrics of clients, and the observer that counts them; OpenTelemetry and Prometheus read its totals."""

import os
from abc import abstractmethod
from collections import Counter
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from weakref import WeakSet, ref

from attrs import frozen

from hubspot_timeline.observability.observer import EventCount, ObservedBatch, ObservedRequest, Observer, WaitReason

if TYPE_CHECKING:
    from hubspot_timeline.queue.base_queue import BaseQueue

Labels: TypeAlias = tuple[Any, ...]
"""The values of the labels of a metric: texts, numbers, booleans, or None where there is nothing to name."""


@frozen
class Metric:
    """A metric: its name in OpenTelemetry, its unit, what it is, the names of its labels."""

    kind: Literal["counter", "gauge", "histogram"]
    name: str
    unit: str
    description: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


# Those of OpenTelemetry for HTTP, and longer ones for waits.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120)
_EVENTS = (1, 2, 5, 10, 20, 50, 100)

_CLIENT = "hubspot_timeline.client"
_QUEUE = "hubspot_timeline.queue"
_ERROR = ("error_type",)

EVENTS = Metric(
    "counter",
    f"{_CLIENT}.events",
    "{event}",
    "Events with their outcome",
    ("outcome", "duplicate", "error_type", "account"),
)
IN_FLIGHT = Metric("gauge", f"{_CLIENT}.events.in_flight", "{event}", "Events in batches under way")
REQUESTS = Metric("counter", f"{_CLIENT}.requests", "{request}", "Requests with a batch", ("status_code", "error_type"))
RETRIES = Metric("counter", f"{_CLIENT}.retries", "{request}", "Requests that carried events again", _ERROR)
WAIT = Metric("counter", f"{_CLIENT}.wait.duration", "s", "Time that requests waited", ("reason",))
RENEWALS = Metric("counter", f"{_CLIENT}.token.renewals", "{renewal}", "Access tokens that OAuth fetched", _ERROR)
DURATION = Metric("histogram", f"{_CLIENT}.batch.duration", "s", "Time of a batch with its retries", _ERROR, _SECONDS)
SIZE = Metric("histogram", f"{_CLIENT}.batch.size", "{event}", "Events in a batch", (), _EVENTS)
QUEUED = Metric("gauge", f"{_QUEUE}.size", "{event}", "Events in queues, without an outcome yet")
DROPPED = Metric("counter", f"{_QUEUE}.dropped", "{event}", "Events that a full queue dropped")

METRICS = (EVENTS, IN_FLIGHT, REQUESTS, RETRIES, WAIT, RENEWALS, DURATION, SIZE, QUEUED, DROPPED)


class MetricsObserver(Observer):
    """Counts the metrics; a subclass records the histograms. `accounts`: whether events are counted by account.

    Recording each value takes OpenTelemetry as long as sending several events, so the totals are kept here and read
    when metrics are collected.
    """

    def __init__(self, *, accounts: bool) -> None:
        self._accounts = accounts
        self._totals: dict[str, Counter[Labels]] = _no_totals()
        self._queues: WeakSet[BaseQueue] = WeakSet()
        self._lock = Lock()
        if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
            os.register_at_fork(after_in_child=partial(_begin_in_child, ref(self)))

    @abstractmethod
    def _record(self, metric: Metric, value: float, label: str | None = None) -> None:
        """Add a value to a histogram."""

    def events_ended(self, events: EventCount) -> None:
        """Count the events."""
        account = events.account if self._accounts else None
        self._add(EVENTS, events.count, events.outcome, events.is_duplicate, events.error_type, account)

    def batch_began(self, batch: ObservedBatch) -> None:
        """Count its events as in flight."""
        self._add(IN_FLIGHT, batch.size)

    def batch_ended(self, batch: ObservedBatch) -> None:
        """Count its events as in flight no more, and record its size and duration."""
        self._add(IN_FLIGHT, -batch.size)
        self._record(SIZE, batch.size)
        self._record(DURATION, batch.seconds, batch.error_type)

    def request_ended(self, batch: ObservedBatch, request: ObservedRequest) -> None:  # noqa: ARG002 - for subclasses
        """Count the request, and whether it is a retry."""
        self._add(REQUESTS, 1, request.status_code, request.error_type)
        if request.retry_of:
            self._add(RETRIES, 1, request.retry_of)

    def waited(self, seconds: float, reason: WaitReason) -> None:
        """Add the seconds."""
        self._add(WAIT, seconds, reason)

    def token_renewed(self, error_type: str | None) -> None:
        """Count the renewal."""
        self._add(RENEWALS, 1, error_type)

    def queue_opened(self, queue: "BaseQueue") -> None:
        """Count its events in the size of all queues, for as long as it lives."""
        with self._lock:
            self._queues.add(queue)

    def event_dropped(self) -> None:
        """Count the event."""
        self._add(DROPPED, 1)

    def _add(self, metric: Metric, value: float, *labels: Any) -> None:
        with self._lock:
            self._totals[metric.name][labels] += value  # type: ignore[assignment] # seconds are not integers

    def _values(self, metric: Metric) -> list[tuple[Labels, float]]:
        """Return the total of a counter or gauge for each combination of labels."""
        with self._lock:
            values: dict[Labels, float] = dict(self._totals[metric.name])
            queues = list(self._queues)
        if metric is QUEUED:
            values = {(): sum(queue.pending for queue in queues)}
        return list(values.items())


def _no_totals() -> dict[str, Counter[Labels]]:
    return {metric.name: Counter() if metric.labels else Counter({(): 0}) for metric in METRICS}


def _begin_in_child(observer: ref[MetricsObserver]) -> None:
    """Count from zero in a forked child, and replace the lock, since the child has no thread that would release it."""
    if living := observer():
        living._lock = Lock()  # noqa: SLF001 - of this module
        living._totals = _no_totals()  # noqa: SLF001
