"""The plan that holds at the moment, and how far it is."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault, EventFault
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan


@frozen
class _Running:
    """A plan that has begun. Replaced as one, so that no plan is ever found with what another one draws."""

    plan: FaultPlan
    faults: Iterator[AnyFault | None]
    waits: Iterator[float]


class FaultSwitch:
    """Tells each request what it meets, by a plan that can be replaced while the sandbox runs.

    Requests ask from one thread; `set` and `met` may be used from any. `changes` counts the plans.
    """

    def __init__(self, plan: FaultPlan) -> None:
        self._met: Counter[str] = Counter()
        self.changes = 0
        self.set(plan)

    @property
    def plan(self) -> FaultPlan:
        """The plan that holds."""
        return self._running.plan

    @property
    def met(self) -> dict[str, int]:
        """How often each fault was met, by its word, under this plan and those before it; refused events count each."""
        return dict(self._met)

    def forget(self) -> None:
        """Begin to count anew."""
        self._met.clear()

    def set(self, plan: FaultPlan) -> None:
        """Let a plan hold from its beginning, for requests that come from now on."""
        self.changes += 1
        self._running = _Running(plan, plan.faults(), plan.waits())

    def next_fault(self) -> AnyFault | None:
        """Return what the next request meets whatever its events are, and count it."""
        return self._counted(next(self._running.faults))

    def next_wait(self) -> float:
        """Return the seconds that the next request waits before its work."""
        return next(self._running.waits)

    def fault_of_events(self, raw: bytes) -> AnyFault | None:
        """Return what a request meets because of its events, given as its body, and count it."""
        plan = self.plan
        return self._counted(plan.fault_for(event_ids(raw))) if plan.events else None

    def refuses(self, event_id: str) -> bool:
        """Return whether an event that is to be created now is refused by itself instead, and count it if so."""
        return self.plan.refuses(event_id) and bool(self._counted(EventFault.REFUSE))

    def _counted(self, fault: AnyFault | None) -> AnyFault | None:
        if fault is not None:
            self._met[str(fault)] += 1
        return fault


def event_ids(raw: bytes) -> list[str]:
    """Return the ids of the events in a request's body, as they were sent; none for a body that makes no sense."""
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    events = body.get("inputs", [body]) if isinstance(body, dict) else None  # a batch, or an event alone
    found = [event.get("id") for event in events if isinstance(event, dict)] if isinstance(events, list) else []
    return [event_id for event_id in found if isinstance(event_id, str)]
