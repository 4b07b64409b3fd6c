"""The parts of a fault plan that JSON writes in another way: types, keys, and repeated entries of a script."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

from hubspot_timeline_testing.sandbox.faults.kinds import RequestFault
from hubspot_timeline_testing.sandbox.faults.parsing import parse_fault, short_repr, suggestion

MAX_TIMES = 100_000
"""How often one entry of a script can be repeated."""

_MAX_SCRIPT = 3 * MAX_TIMES
_KEYS = ("script", "rate", "kinds", "seed", "latency", "events")
_CONTAINERS: Mapping[str, tuple[type, str]] = {
    "script": (list, "a list"),
    "kinds": (list, "a list"),
    "events": (dict, "an object"),
}

_T = TypeVar("_T")


def plan_fields(value: Any) -> dict[str, Any]:
    """Return the arguments of FaultPlan for parsed JSON. Raises ValueError as `FaultPlan.from_json` does."""
    _check_type(value, dict, "the plan", "an object")
    _check_keys(value, _KEYS, "the plan")
    for key, (kind, kind_name) in _CONTAINERS.items():
        if key in value:
            _check_type(value[key], kind, key, kind_name)
    return {**value, "script": _expanded(value.get("script", ()))}


def script_entries(script: Iterable[RequestFault | None]) -> Iterator[Any]:
    """Yield a script as JSON: repeated faults as one entry, or as several if there are many."""
    for fault, run in groupby(script):
        word, times = None if fault is None else str(fault), len(list(run))
        for begin in range(0, times, MAX_TIMES):
            yield word if times == 1 else {"fault": word, "times": min(times - begin, MAX_TIMES)}


def at(position: str, parse: Callable[[Any], _T], value: Any) -> _T:
    """Return a parsed value. Raises ValueError, which starts with the position."""
    try:
        return parse(value)
    except ValueError as error:
        raise ValueError(f"{position}: {error}") from error


def _expanded(entries: Iterable[Any]) -> list[RequestFault | None]:
    script: list[RequestFault | None] = []
    for index, entry in enumerate(entries):
        script += _faults(entry, f"script[{index}]")
        if len(script) > _MAX_SCRIPT:
            raise ValueError(f"script is longer than {_MAX_SCRIPT} requests with its entry {index}")
    return script


def _faults(entry: Any, position: str) -> list[RequestFault | None]:
    """Return the faults of one entry: a word, null, or {"fault": word or null, "times": n}."""
    if not isinstance(entry, dict):
        return [None if entry is None else at(position, parse_fault, entry)]
    _check_keys(entry, ("fault", "times"), position)
    if "fault" not in entry:
        raise ValueError(f'{position} is {short_repr(entry)}; it lacks the key "fault"')
    times = entry.get("times", 1)
    if type(times) is not int or not 1 <= times <= MAX_TIMES:
        raise ValueError(f"{position}.times is {short_repr(times)}; it must be a whole number from 1 to {MAX_TIMES}")
    return [None if entry["fault"] is None else at(f"{position}.fault", parse_fault, entry["fault"])] * times


def _check_type(value: Any, kind: type, position: str, kind_name: str) -> None:
    if not isinstance(value, kind):
        raise ValueError(f"{position} is {short_repr(value)}; it must be {kind_name}")  # noqa: TRY004 - an error in JSON


def _check_keys(value: Mapping[str, Any], known: tuple[str, ...], position: str) -> None:
    for key in value:
        if key not in known:
            likely = suggestion(key, known)
            raise ValueError(f"{position} has the key {short_repr(key)}; {likely}known are {', '.join(known)}")
