"""The fault injector: applies the current plan to one request after another, and counts the faults."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault, EventFault, RequestFault
from hubspot_timeline_testing.sandbox.faults.latency import latency_draw
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan


class FaultInjector:
    """Draws the fault of each request from `plan`, which can be replaced while the sandbox runs.

    `counts`: how often each fault occurred, by its word, under this and earlier plans; each refused event counts.
    `changes`: the number of plans so far. Not for use from several threads at once.
    """

    plan: FaultPlan

    def __init__(self, plan: FaultPlan) -> None:
        self.counts: Counter[str] = Counter()
        self.changes: int = 0
        self.set(plan)

    def set(self, plan: FaultPlan) -> None:
        """Follow a plan from its beginning, from the next request on."""
        self.changes += 1
        self.plan = plan
        self._faults = draw_faults(plan)
        self._latencies = draw_latencies(plan)

    def reset(self, plan: FaultPlan) -> None:
        """Follow a plan, with all counts at 0."""
        self.counts.clear()
        self.set(plan)

    def next_fault(self) -> AnyFault | None:
        """Return the fault of the next request, whatever its events are, and count it."""
        return self._count(next(self._faults))

    def next_latency(self) -> float:
        """Return the seconds that the next request waits before its operation."""
        return next(self._latencies)

    def fault_for_events(self, raw: bytes) -> AnyFault | None:
        """Return the fault that a request has because of the events in its body, and count it."""
        return self._count(self.plan.fault_for_events(event_ids(raw))) if self.plan.events else None

    def refuses(self, event_id: str) -> bool:
        """Return whether an event that is about to be created is refused instead, and count it if so."""
        is_refused = bool(self.plan.events) and self.plan.refuses(event_id)
        if is_refused:
            self._count(EventFault.REFUSE)
        return is_refused

    def _count(self, fault: AnyFault | None) -> AnyFault | None:
        if fault is not None:
            self.counts[str(fault)] += 1
        return fault


def draw_faults(plan: FaultPlan) -> Iterator[RequestFault | None]:
    """Yield the fault of each request, or None, without end: the script first, then random ones."""
    yield from plan.script
    random = Random(plan.seed)  # noqa: S311 - not for secrets
    while True:
        yield random.choice(plan.kinds) if random.random() < plan.rate else None


def draw_latencies(plan: FaultPlan) -> Iterator[float]:
    """Yield the seconds that each request waits, without end."""
    random = Random(f"latency {plan.seed}")  # noqa: S311 - not for secrets; separate, so that it does not change faults
    draw = latency_draw(plan.latency)
    while True:
        yield draw(random)


def event_ids(raw: bytes) -> list[str]:
    """Return the ids of the events in a request's body, as they were sent; none for a body that is not valid."""
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    events = body.get("inputs", [body]) if isinstance(body, dict) else None  # a batch, or a single event
    ids = [event.get("id") for event in events if isinstance(event, dict)] if isinstance(events, list) else []
    return [event_id for event_id in ids if isinstance(event_id, str)]
