"""The plan of faults: which requests are affected by which fault, reproducible by its seed."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Any, Self, TypeVar

from attrs import field, fields, frozen

from hubspot_timeline_testing.sandbox.apis import operation_names
from hubspot_timeline_testing.sandbox.faults.kinds import DRAWN, AnyFault, EventFault, RequestFault
from hubspot_timeline_testing.sandbox.faults.latency import Latency, parse_latency
from hubspot_timeline_testing.sandbox.faults.parsing import at, parse_event_fault, parse_fault, short_repr, suggestion

MAX_SCRIPT = 100_000
"""The maximum number of requests in a script."""

_T = TypeVar("_T")


def _script(entries: Iterable[RequestFault | str | int | dict[str, Any] | None]) -> tuple[RequestFault | None, ...]:
    script: list[RequestFault | None] = []
    for index, entry in enumerate(_checked_list(entries, "script")):
        script += _entry_faults(entry, f"script[{index}]")
        if len(script) > MAX_SCRIPT:
            raise ValueError(f"script is longer than {MAX_SCRIPT} requests with its entry {index}")
    return tuple(script)


def _entry_faults(entry: Any, position: str) -> list[RequestFault | None]:
    """Return the faults of one entry: a fault, None, or {"fault": fault or null, "times": n}."""
    if not isinstance(entry, dict):
        return [None if entry is None else at(position, parse_fault, entry)]
    _check_keys(entry, ("fault", "times"), position)
    if "fault" not in entry:
        raise ValueError(f'{position} is {short_repr(entry)}; it lacks the key "fault"')
    times = entry.get("times", 1)
    if type(times) is not int or not 1 <= times <= MAX_SCRIPT:
        raise ValueError(f"{position}.times is {short_repr(times)}; it must be a whole number from 1 to {MAX_SCRIPT}")
    return [None if entry["fault"] is None else at(f"{position}.fault", parse_fault, entry["fault"])] * times


def _kinds(faults: Iterable[RequestFault | str | int]) -> tuple[RequestFault, ...]:
    checked = _checked_list(faults, "kinds")
    return tuple(at(f"kinds[{index}]", parse_fault, fault) for index, fault in enumerate(checked))


def _events(faults: Mapping[str, AnyFault | str | int]) -> Mapping[str, AnyFault]:
    if not isinstance(faults, Mapping):
        raise ValueError(f"events is {short_repr(faults)}; it must be an object")  # noqa: TRY004 - an error in JSON
    return {key: at(f"events[{short_repr(key)}]", parse_event_fault, fault) for key, fault in faults.items()}


def _operations(names: Iterable[str]) -> tuple[str, ...]:
    names = tuple(_checked_list(names, "operations"))
    for index, name in enumerate(names):
        if name not in (known := operation_names()):
            likely = suggestion(name, known)
            raise ValueError(
                f"operations[{index}]: {short_repr(name)} is unknown; {likely}known are {', '.join(known)}"
            )
    return names


def _accounts(names: Iterable[str]) -> tuple[str, ...]:
    names = tuple(_checked_list(names, "accounts"))
    for index, name in enumerate(names):
        if not isinstance(name, str):
            raise ValueError(f"accounts[{index}] is {short_repr(name)}; it must be a name")  # noqa: TRY004 - an error in JSON
    return names


def _latency(value: Latency) -> Latency:
    return at("latency", parse_latency, value)


@frozen(kw_only=True)
class FaultPlan:
    """What a sandbox does to the requests of operations; by default nothing. Raises ValueError for unknown faults.

    Faults are members of Fault, StatusFaults, words for either (http-404, http-524-html-after) or a status as a number.

    `script`: the faults of the first requests, in the order of their arrival; None for none. An entry can also be
    {"fault": fault or None, "times": n}.
    `rate`: the probability of a fault for each later request, from 0 to 1. `kinds`: the faults to choose from, each
    equally likely. `seed`: the same seed draws the same faults and the same latencies.
    `latency`: the seconds that every request waits before its operation, or a distribution: `latency.LATENCY_FORMATS`.
    `events`: faults by patterns of event ids, case-sensitive, with the wildcards * ? and [ of file names; also refuse
    and refuse-batch. The first pattern that matches an event applies. A request with another fault is not affected,
    but events to be refused are refused whenever the operation is executed.
    `operations`, `accounts`: the plan is for requests of these only, by default of all; others have no fault and no
    latency, and take none from the script. The token endpoint, issue_access_token, has faults only where it is named,
    and those of every account.
    """

    script: tuple[RequestFault | None, ...] = field(default=(), converter=_script)
    rate: float = 0.0
    kinds: tuple[RequestFault, ...] = field(default=DRAWN, converter=_kinds)
    seed: int = 0
    latency: Latency = field(default=0.0, converter=_latency)
    events: Mapping[str, AnyFault] = field(factory=dict, converter=_events, hash=False)
    operations: tuple[str, ...] = field(default=(), converter=_operations)
    accounts: tuple[str, ...] = field(default=(), converter=_accounts)

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

        Raises ValueError, which names the key or position, the value there and what is allowed.
        """
        if not isinstance(value, dict):
            raise ValueError(f"the plan is {short_repr(value)}; it must be an object")  # noqa: TRY004 - an error in JSON
        _check_keys(value, tuple(each.name for each in fields(cls)), "the plan")
        return cls(**value)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as `from_json` reads it, with all keys; equal faults in a row are one entry of the script."""
        return {
            "script": list(_script_entries(self.script)),
            "rate": self.rate,
            "kinds": [str(fault) for fault in self.kinds],
            "seed": self.seed,
            "latency": self.latency,
            "events": {pattern: str(fault) for pattern, fault in self.events.items()},
            "operations": list(self.operations),
            "accounts": list(self.accounts),
        }

    def applies_to(self, operation: str, account: str) -> bool:
        """Return whether it is for the requests of an operation and an account."""
        return operation in (self.operations or (operation,)) and account in (self.accounts or (account,))

    def fault_for_events(self, ids: Iterable[str]) -> AnyFault | None:
        """Return the fault of a request with these events: that of the first event which has one."""
        faults = (self._event_fault(event_id) for event_id in ids)
        return next((fault for fault in faults if fault not in (None, EventFault.REFUSE)), None)

    def refuses(self, event_id: str) -> bool:
        """Return whether this event alone is to be refused."""
        return self._event_fault(event_id) is EventFault.REFUSE

    def _event_fault(self, event_id: str) -> AnyFault | None:
        return next((fault for pattern, fault in self.events.items() if fnmatchcase(event_id, pattern)), None)


def _script_entries(script: Iterable[RequestFault | None]) -> Iterator[Any]:
    for fault, run in groupby(script):
        word, times = None if fault is None else str(fault), len(list(run))
        yield word if times == 1 else {"fault": word, "times": times}


def _checked_list(value: Iterable[_T], name: str) -> Iterable[_T]:
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        raise ValueError(f"{name} is {short_repr(value)}; it must be a list")  # noqa: TRY004 - an error in JSON
    return value


def _check_keys(value: Mapping[str, Any], known: tuple[str, ...], position: str) -> None:
    for key in value:
        if key not in known:
            likely = suggestion(key, known)
            raise ValueError(f"{position} has the key {short_repr(key)}; {likely}known are {', '.join(known)}")
