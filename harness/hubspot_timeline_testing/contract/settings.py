"""The settings of a contract run, and the error for values that are not allowed."""

from collections.abc import Iterable, Mapping

from attrs import field, frozen
from attrs.validators import and_, ge, gt, le, optional

from hubspot_timeline_testing.contract.known_deviations import KNOWN_DEVIATIONS
from hubspot_timeline_testing.openapi import operations

PHASES: Mapping[str, str] = {
    "examples": "the examples of the document",
    "coverage": "each rule of the document kept and broken once, without randomness",
    "fuzzing": "random requests, valid and invalid",
    "stateful": "chains of requests along the links of the document",
}
"""The phases of Schemathesis, in their order, with what each sends."""

RUN_FOLDER_VARIABLE = "HUBSPOT_TIMELINE_CONTRACT_RUN"
"""The environment variable with the folder that has the settings of a run, and gets its results."""

SETTINGS_FILE = "settings.json"


class ContractUsageError(ValueError):
    """An option has a value that is not allowed, or the URL must not be used. No request was sent."""


def _choices(noun: str, known: Iterable[str], values: Iterable[str]) -> tuple[str, ...]:
    names = {values} if isinstance(values, str) else set(values)
    if unknown := names - set(known):
        raise ContractUsageError(f"{min(unknown)!r} is not {noun}; choose from {', '.join(known)}")
    return tuple(name for name in known if name in names)


def _operations(names: Iterable[str]) -> tuple[str, ...]:
    return _choices("an operation of the document", operations(), names or operations())


def _phases(names: Iterable[str]) -> tuple[str, ...]:
    return _choices("a phase", PHASES, names or PHASES)


def _deviations(names: Iterable[str]) -> tuple[str, ...]:
    return _choices("a known deviation", KNOWN_DEVIATIONS, names)


@frozen(kw_only=True)
class ContractSettings:
    """What a run sends and what it accepts. Raises ContractUsageError, or ValueError for a number out of range.

    `seed`: the same seed generates the same requests. `max_examples`: how many requests fuzzing sends to each
    operation, and how many chains the stateful phase runs. `operations`: operationIds, all of them if empty. `phases`:
    names of PHASES, all of them if empty. `allow`: names of KNOWN_DEVIATIONS. `app_id`: the app whose templates are
    used. `timeout`: seconds after which a response is missing, even if a part of it has arrived; a day at most.
    """

    url: str
    seed: int = field(default=0, validator=ge(0))
    max_examples: int = field(default=25, validator=ge(1))
    operations: tuple[str, ...] = field(default=(), converter=_operations)
    phases: tuple[str, ...] = field(default=(), converter=_phases)
    allow: tuple[str, ...] = field(default=(), converter=_deviations)
    app_id: int | None = field(default=None, validator=optional(and_(ge(1), le(2**31 - 1))))
    timeout: float = field(default=30.0, validator=[gt(0), le(86_400)])
