"""The plan of faults: which requests are affected by which fault, reproducible by its seed."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Self

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.faults.kinds import DRAWN, AnyFault, EventFault, RequestFault
from hubspot_timeline_testing.sandbox.faults.latency import Distribution, Latency, parse_latency
from hubspot_timeline_testing.sandbox.faults.parsing import parse_event_fault, parse_fault, short_repr
from hubspot_timeline_testing.sandbox.faults.plan_json import at, plan_fields, script_entries


def _script(faults: Iterable[RequestFault | str | int | None]) -> tuple[RequestFault | None, ...]:
    return tuple(
        None if fault is None else at(f"script[{index}]", parse_fault, fault) for index, fault in enumerate(faults)
    )


def _kinds(faults: Iterable[RequestFault | str | int]) -> tuple[RequestFault, ...]:
    return tuple(at(f"kinds[{index}]", parse_fault, fault) for index, fault in enumerate(faults))


def _events(faults: Mapping[str, AnyFault | str | int]) -> Mapping[str, AnyFault]:
    return {
        pattern: at(f"events[{short_repr(pattern)}]", parse_event_fault, fault) for pattern, fault in faults.items()
    }


def _latency(value: Latency | str) -> Latency:
    return at("latency", parse_latency, value)


@frozen(kw_only=True)
class FaultPlan:
    """What a sandbox does to the requests of operations; by default nothing. Raises ValueError for unknown faults.

    Faults are members of Fault, StatusFaults, words for either (http-404, http-524-html-after) or a status as a number.

    `script`: the faults of the first requests, in the order of their arrival; None for none.
    `rate`: the probability of a fault for each later request, from 0 to 1. `kinds`: the faults to choose from, each
    equally likely. `seed`: the same seed draws the same faults and the same latencies.
    `latency`: the seconds that every request waits before its operation, or a distribution: `latency.LATENCY_FORMATS`.
    `events`: faults by patterns of event ids, case-sensitive, with the wildcards * ? and [ of file names; also refuse
    and refuse-batch. The first pattern that matches an event applies. A request with another fault is not affected,
    but events to be refused are refused whenever the operation is executed.
    """

    script: tuple[RequestFault | None, ...] = field(default=(), converter=_script)
    rate: float = 0.0
    kinds: tuple[RequestFault, ...] = field(default=DRAWN, converter=_kinds)
    seed: int = 0
    latency: Latency = field(default=0.0, converter=_latency)
    events: Mapping[str, AnyFault] = field(factory=dict, converter=_events, hash=False)

    def __attrs_post_init__(self) -> None:
        rate: Any = self.rate  # of any type, in JSON
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise ValueError(f"rate is {short_repr(rate)}; it must be a number from 0 to 1")
        if not self.kinds:
            raise ValueError("kinds is []; it must name a fault, or be left out")
        if type(self.seed) is not int:
            raise ValueError(f"seed is {short_repr(self.seed)}; it must be a whole number")

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Return the plan in parsed JSON: an object with some of the names above as its keys.

        An entry of `script` is a word, null, or {"fault": word or null, "times": n}. Raises ValueError, which names the
        key or position, the value there and what is allowed.
        """
        return cls(**plan_fields(value))

    def to_json(self) -> dict[str, Any]:
        """Return the plan as `from_json` reads it, with all keys."""
        return {
            "script": list(script_entries(self.script)),
            "rate": self.rate,
            "kinds": [str(fault) for fault in self.kinds],
            "seed": self.seed,
            "latency": str(self.latency) if isinstance(self.latency, Distribution) else self.latency,
            "events": {pattern: str(fault) for pattern, fault in self.events.items()},
        }

    def fault_for_events(self, ids: Iterable[str]) -> AnyFault | None:
        """Return the fault of a request with these events: that of the first event which has one."""
        faults = (self._event_fault(event_id) for event_id in ids)
        return next((fault for fault in faults if fault not in (None, EventFault.REFUSE)), None)

    def refuses(self, event_id: str) -> bool:
        """Return whether this event alone is to be refused."""
        return self._event_fault(event_id) is EventFault.REFUSE

    def _event_fault(self, event_id: str) -> AnyFault | None:
        return next((fault for pattern, fault in self.events.items() if fnmatchcase(event_id, pattern)), None)
