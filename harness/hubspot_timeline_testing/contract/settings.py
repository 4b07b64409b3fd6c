"""The settings of a contract run, and the error for values that are not allowed."""

from collections.abc import Iterable, Mapping

from attrs import field, frozen
from attrs.validators import and_, ge, gt, le, optional

from hubspot_timeline_testing.contract.documents import V3, contract_operations, is_api
from hubspot_timeline_testing.contract.known_deviations import KNOWN_DEVIATIONS

PHASES: Mapping[str, str] = {
    "examples": "the examples of the document",
    "coverage": "each rule of the document kept and broken once, without randomness",
    "fuzzing": "random requests, valid and invalid",
    "stateful": "chains of requests along the links of the document",
}
"""The phases of Schemathesis, in their order, with what each sends."""

EVENT_TYPE, PROJECT = "webinar-registration", "webinars"
"""The event type of the examples in the document of app events, and its project."""

RUN_FOLDER_VARIABLE = "HUBSPOT_TIMELINE_CONTRACT_RUN"
"""The environment variable with the folder that has the settings of a run, and gets its results."""

SETTINGS_FILE = "settings.json"


class ContractUsageError(ValueError):
    """An option has a value that is not allowed, or the URL must not be used. No request was sent."""


def check_token(token: str) -> None:
    """Raise ContractUsageError for an access token that cannot be sent; it is not quoted."""
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        problem = "contains spaces, line ends or characters outside ASCII; give it without the word Bearer"
        raise ContractUsageError(f"the token {problem if token else 'is empty'}")


def _choices(noun: str, known: Iterable[str], values: Iterable[str]) -> tuple[str, ...]:
    names = _names(values)
    if unknown := set(names) - set(known):
        raise ContractUsageError(f"{min(unknown)!r} is not {noun}; choose from {', '.join(known)}")
    return tuple(name for name in known if name in names)


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(values)


def _api(name: str) -> str:
    if not is_api(name):
        raise ContractUsageError(f"{name!r} is not an API; use v3, or the version of app events, such as 2026-09")
    return name


def _deviations(names: Iterable[str]) -> tuple[str, ...]:
    return _choices("a known deviation", KNOWN_DEVIATIONS, names)


@frozen(kw_only=True)
class ContractSettings:
    """What a run sends and what it accepts. Raises ContractUsageError, or ValueError for a number out of range.

    `api`: v3, or the version of app events. `seed`: the same seed generates the same requests. `max_examples`: how many
    requests fuzzing sends to each operation, and how many chains the stateful phase runs. `operations`: operationIds,
    all of the API if empty. `phases`: names of PHASES, all of them if empty. `allow`: names of KNOWN_DEVIATIONS.
    `app_id`: the app whose templates are used. `event_type` and `project`: the uid of an event type that exists, and
    the project that defines it; for app events, which cannot create one. `timeout`: seconds after which a response is
    missing, even if a part of it has arrived; a day at most. `baseline`: the fingerprints of known failures, also those
    of other APIs.
    """

    url: str
    api: str = field(default=V3, converter=_api)
    seed: int = field(default=0, validator=ge(0))
    max_examples: int = field(default=25, validator=ge(1))
    operations: tuple[str, ...] = field(default=(), converter=_names)
    phases: tuple[str, ...] = field(default=(), converter=_names)
    allow: tuple[str, ...] = field(default=(), converter=_deviations)
    app_id: int | None = field(default=None, validator=optional(and_(ge(1), le(2**31 - 1))))
    event_type: str = EVENT_TYPE
    project: str = PROJECT
    timeout: float = field(default=30.0, validator=[gt(0), le(86_400)])
    baseline: tuple[str, ...] = field(default=(), converter=_names)

    def __attrs_post_init__(self) -> None:
        operations, phases = contract_operations(self.api), [*PHASES]
        if self.api != V3:
            phases.remove("stateful")  # the document of app events has no links
        known = _choices(f"an operation of {self.api}", operations, self.operations or operations)
        object.__setattr__(self, "operations", known)
        object.__setattr__(self, "phases", _choices(f"a phase of {self.api}", phases, self.phases or phases))

    @property
    def run(self) -> str:
        """What the ids of events end with, so that they differ between seeds and between APIs."""
        return str(self.seed) if self.api == V3 else f"{self.api}-{self.seed}"
