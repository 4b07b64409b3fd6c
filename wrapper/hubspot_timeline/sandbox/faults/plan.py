"""Which requests are met by a fault: as scripted first, then by chance, and the same again for the same seed."""

from collections.abc import Iterable, Iterator
from math import inf
from random import Random

from attrs import field, frozen
from attrs.validators import ge, le, lt, min_len

from hubspot_timeline.sandbox.faults.kinds import Fault


def _script(given: Iterable[Fault | str | None]) -> tuple[Fault | None, ...]:
    return tuple(None if fault is None else Fault(fault) for fault in given)


def _kinds(given: Iterable[Fault | str]) -> tuple[Fault, ...]:
    return tuple(Fault(fault) for fault in given)


@frozen(kw_only=True)
class FaultPlan:
    """What a sandbox does to the requests of the operation; by default nothing. Raises ValueError for unknown kinds.

    `script`: what happens to the first requests, in the order of their arrival; None lets one through.
    `rate`: the chance of a fault for each request after those, from 0 to 1. `kinds`: which faults it may be, each as
    likely as the others. `seed`: the same seed draws the same faults.
    `latency`: the seconds that every request waits before its work.
    """

    script: tuple[Fault | None, ...] = field(default=(), converter=_script)
    rate: float = field(default=0.0, validator=[ge(0), le(1)])
    kinds: tuple[Fault, ...] = field(default=tuple(Fault), converter=_kinds, validator=min_len(1))
    seed: int = 0
    latency: float = field(default=0.0, validator=[ge(0), lt(inf)])

    def faults(self) -> Iterator[Fault | None]:
        """Yield the fault of each request, or None, without end; a further call begins anew."""
        yield from self.script
        chance = Random(self.seed)  # noqa: S311 - nothing here is secret
        while True:
            yield chance.choice(self.kinds) if chance.random() < self.rate else None
