"""What a verification is asked to do."""

from collections.abc import Iterable, Mapping

from attrs import field, frozen
from attrs.validators import and_, ge, gt, instance_of, le, optional

from hubspot_timeline_testing.contract.known_deviations import ALLOWANCES
from hubspot_timeline_testing.contract.errors import ContractUsageError
from hubspot_timeline_testing.openapi import operations

PHASES: Mapping[str, str] = {
    "examples": "the document's own examples",
    "coverage": "each rule of the document kept and broken once, without chance",
    "fuzzing": "requests by chance, valid ones and invalid ones",
    "stateful": "chains of requests, in which one takes what another answered",
}
"""The phases, in their order, with what each sends."""


_LONGEST = 86_400.0
"""Seconds; a bound that says no, as it does to an infinite one and to one that is no number."""


def _known(what: str, known: Iterable[str], given: Iterable[str]) -> tuple[str, ...]:
    words = tuple(dict.fromkeys((given,) if isinstance(given, str) else given))
    for word in words:
        if word not in known:
            raise ContractUsageError(f"{word!r} is no {what}; there are {', '.join(known)}")
    return words


def _operations(given: Iterable[str]) -> tuple[str, ...]:
    return _known("operation of the document", operations(), given) or tuple(operations())


def _phases(given: Iterable[str]) -> tuple[str, ...]:
    words = _known("phase", PHASES, given)
    return tuple(phase for phase in PHASES if phase in words) or tuple(PHASES)


def _allow(given: Iterable[str]) -> tuple[str, ...]:
    return _known("departure that can be allowed", ALLOWANCES, given)


@frozen(kw_only=True)
class ContractSettings:
    """What is sent, and what does not count. Raises ContractUsageError, or ValueError for a number out of its range.

    `seed`: the same seed thinks of the same requests. `max_examples`: how many requests fuzzing sends for each
    operation, and how many chains stateful sends. `operations`: by their operationId; all if there are none.
    `phases`: names of PHASES; all if there are none. `allow`: names of ALLOWANCES. `app_id`: the app whose templates
    are asked for, where the server knows only some. `rate`: the most requests in a second. `max_time`: seconds that
    chance goes on for; nothing is begun after them. `max_wait`: seconds that are waited in all because answers with 429
    ask for it. `timeout`: seconds after which an answer is missing, be it that a part of it has come; a day at most.
    """

    seed: int = field(validator=ge(0))
    max_examples: int = field(default=25, validator=ge(1))
    operations: tuple[str, ...] = field(default=(), converter=_operations)
    phases: tuple[str, ...] = field(default=(), converter=_phases)
    allow: tuple[str, ...] = field(default=(), converter=_allow)
    app_id: int | None = field(default=None, validator=optional(and_(ge(1), le(2**31 - 1))))
    rate: int | None = field(default=None, validator=optional(and_(instance_of(int), ge(1))))
    max_time: int | None = field(default=None, validator=optional(ge(1)))
    max_wait: float = field(default=60.0, validator=[ge(0), le(_LONGEST)])
    timeout: float = field(default=30.0, validator=[gt(0), le(_LONGEST)])
