"""Which requests are met by a fault: as scripted first, then by chance, and the same again for the same seed."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from random import Random
from typing import Any, Self

from attrs import asdict, field, frozen
from attrs.validators import ge, le, min_len

from hubspot_timeline_testing.sandbox.faults.kinds import DRAWN, AnyFault, EventFault, RequestFault
from hubspot_timeline_testing.sandbox.faults.latency import Distribution, Latency, read_latency
from hubspot_timeline_testing.sandbox.faults.parsing import read_event_fault, read_fault
from hubspot_timeline_testing.sandbox.faults.plan_json import read_fields, write_fields


def _script(given: Iterable[RequestFault | str | int | None]) -> tuple[RequestFault | None, ...]:
    return tuple(None if fault is None else read_fault(fault) for fault in given)


def _kinds(given: Iterable[RequestFault | str | int]) -> tuple[RequestFault, ...]:
    return tuple(read_fault(fault) for fault in given)


def _events(given: Mapping[str, AnyFault | str | int]) -> Mapping[str, AnyFault]:
    return {pattern: read_event_fault(fault) for pattern, fault in given.items()}


@frozen(kw_only=True)
class FaultPlan:
    """What a sandbox does to the requests of the operation; by default nothing. Raises ValueError for unknown kinds.

    Faults are members of Fault, StatusFaults, words for either (http-404, http-524-html-after) or a status as a number.

    `script`: what happens to the first requests, in the order of their arrival; None lets one through.
    `rate`: the chance of a fault for each request after those, from 0 to 1. `kinds`: which faults it may be, each as
    likely as the others. `seed`: the same seed draws the same faults, and the same latencies.
    `latency`: the seconds that every request waits before its work, or a distribution: `latency.LATENCY_WORDS`.
    `events`: faults by patterns of event ids, case-sensitive, with the signs * ? and [ of file names; also refuse and
    refuse-batch. Of an event the first pattern that fits holds. A request that met another fault meets none of these,
    but events that are to be refused are refused in any request that comes to its work.
    """

    script: tuple[RequestFault | None, ...] = field(default=(), converter=_script)
    rate: float = field(default=0.0, validator=[ge(0), le(1)])
    kinds: tuple[RequestFault, ...] = field(default=DRAWN, converter=_kinds, validator=min_len(1))
    seed: int = 0
    latency: Latency = field(default=0.0, converter=read_latency)
    events: Mapping[str, AnyFault] = field(factory=dict, converter=_events, hash=False)

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Return the plan that parsed JSON describes: an object with some of the names above as its keys.

        An entry of `script` is a word, null, or {"fault": word or null, "times": n}. Raises ValueError, which names the
        key or position, what was found there and what is allowed.
        """
        return cls(**read_fields(value))

    def to_json(self) -> dict[str, Any]:
        """Return the plan as `from_json` takes it, with all keys."""
        return write_fields(**asdict(self, recurse=False))

    def faults(self) -> Iterator[RequestFault | None]:
        """Yield the fault of each request, or None, without end; a further call begins anew."""
        yield from self.script
        chance = Random(self.seed)  # noqa: S311 - nothing here is secret
        while True:
            yield chance.choice(self.kinds) if chance.random() < self.rate else None

    def waits(self) -> Iterator[float]:
        """Yield the seconds that each request waits, without end; a further call begins anew."""
        chance = Random(f"latency {self.seed}")  # noqa: S311 - of its own, so that it leaves the faults as they are
        while True:
            yield self.latency.draw(chance) if isinstance(self.latency, Distribution) else self.latency

    def fault_for(self, ids: Iterable[str]) -> AnyFault | None:
        """Return what a request with these events meets because of the first of them that is to meet anything."""
        found = (self._fault_of(event_id) for event_id in ids)
        return next((fault for fault in found if fault not in (None, EventFault.REFUSE)), None)

    def refuses(self, event_id: str) -> bool:
        """Return whether this event alone is to be refused."""
        return self._fault_of(event_id) is EventFault.REFUSE

    def _fault_of(self, event_id: str) -> AnyFault | None:
        return next((fault for pattern, fault in self.events.items() if fnmatchcase(event_id, pattern)), None)
