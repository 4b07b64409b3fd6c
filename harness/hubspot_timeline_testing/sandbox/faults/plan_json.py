"""The fields of a fault plan in parsed JSON; errors name the key or the position."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault, RequestFault
from hubspot_timeline_testing.sandbox.faults.latency import parse_latency
from hubspot_timeline_testing.sandbox.faults.parsing import parse_event_fault, parse_fault, short_repr, suggestion

MAX_TIMES = 100_000
"""How often one entry of a script can be repeated."""

_MAX_SCRIPT = 3 * MAX_TIMES

_T = TypeVar("_T")


def plan_fields(value: Any) -> dict[str, Any]:
    """Return the fields of a FaultPlan from parsed JSON. Raises ValueError as `FaultPlan.from_json` does."""
    plan = _typed(value, dict, "the plan", "an object")
    _check_keys(plan, tuple(_READERS), "the plan")
    return {key: _READERS[key](field) for key, field in plan.items()}


def script_entries(script: Iterable[RequestFault | None]) -> list[Any]:
    """Return a script as JSON: repeated faults as one entry."""
    return [entry for fault, run in groupby(script) for entry in _entries(fault, len(list(run)))]


def _entries(fault: RequestFault | None, times: int) -> Iterator[Any]:
    word = None if fault is None else str(fault)
    if times == 1:
        yield word
        return
    for begin in range(0, times, MAX_TIMES):
        yield {"fault": word, "times": min(times - begin, MAX_TIMES)}


def _script(value: Any) -> list[RequestFault | None]:
    script: list[RequestFault | None] = []
    for index, entry in enumerate(_typed(value, list, "script", "a list")):
        script += _script_entry(entry, f"script[{index}]")
        if len(script) > _MAX_SCRIPT:
            raise ValueError(f"script is longer than {_MAX_SCRIPT} requests with its entry {index}")
    return script


def _script_entry(entry: Any, position: str) -> list[RequestFault | None]:
    if not isinstance(entry, dict):
        return [_optional_fault(entry, position)]
    _check_keys(entry, ("fault", "times"), position)
    if "fault" not in entry:
        raise ValueError(f'{position} is {short_repr(entry)}; it lacks the key "fault"')
    times = entry.get("times", 1)
    if type(times) is not int or not 1 <= times <= MAX_TIMES:
        raise ValueError(f"{position}.times is {short_repr(times)}; it must be a whole number from 1 to {MAX_TIMES}")
    return [_optional_fault(entry["fault"], f"{position}.fault")] * times


def _optional_fault(value: Any, position: str) -> RequestFault | None:
    return None if value is None else _at(position, parse_fault, value)


def _rate(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"rate is {short_repr(value)}; it must be a number from 0 to 1")
    return float(value)


def _kinds(value: Any) -> list[RequestFault]:
    kinds = _typed(value, list, "kinds", "a list")
    if not kinds:
        raise ValueError("kinds is []; it must name a fault, or be left out")
    return [_at(f"kinds[{index}]", parse_fault, word) for index, word in enumerate(kinds)]


def _seed(value: Any) -> int:
    if type(value) is not int:
        raise ValueError(f"seed is {short_repr(value)}; it must be a whole number")
    return value


def _events(value: Any) -> dict[str, AnyFault]:
    events = _typed(value, dict, "events", "an object")
    return {pattern: _at(f"events[{short_repr(pattern)}]", parse_event_fault, word) for pattern, word in events.items()}


def _at(position: str, parse: Callable[[Any], _T], value: Any) -> _T:
    try:
        return parse(value)
    except ValueError as error:
        raise ValueError(f"{position}: {error}") from error


def _typed(value: Any, kind: type[_T], position: str, kind_name: str) -> _T:
    if not isinstance(value, kind):
        raise ValueError(f"{position} is {short_repr(value)}; it must be {kind_name}")  # noqa: TRY004 - an error in JSON
    return value


def _check_keys(value: Mapping[str, Any], known: tuple[str, ...], position: str) -> None:
    for key in value:
        if key not in known:
            likely = suggestion(key, known)
            raise ValueError(f"{position} has the key {short_repr(key)}; {likely}known are {', '.join(known)}")


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "script": _script,
    "rate": _rate,
    "kinds": _kinds,
    "seed": _seed,
    "latency": lambda value: _at("latency", parse_latency, value),
    "events": _events,
}
