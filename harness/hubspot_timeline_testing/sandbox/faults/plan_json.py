"""A plan as parsed JSON: one reader, for files and for HTTP, which says where something is wrong."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault, RequestFault
from hubspot_timeline_testing.sandbox.faults.latency import Distribution, Latency, read_latency
from hubspot_timeline_testing.sandbox.faults.parsing import hint, read_event_fault, read_fault, shown

MOST_TIMES = 100_000
"""How often an entry of a script can be repeated at most."""

_MOST_REQUESTS = 3 * MOST_TIMES

_T = TypeVar("_T")


def read_fields(value: Any) -> dict[str, Any]:
    """Return the fields of a FaultPlan from parsed JSON. Raises ValueError as `FaultPlan.from_json` does."""
    plan = _typed(value, dict, "the plan", "an object")
    _check_keys(plan, tuple(_READERS), "the plan")
    return {key: _READERS[key](found) for key, found in plan.items()}


def write_fields(
    *,
    script: Iterable[RequestFault | None],
    rate: float,
    kinds: Iterable[RequestFault],
    seed: int,
    latency: Latency,
    events: Mapping[str, AnyFault],
) -> dict[str, Any]:
    """Return the fields of a FaultPlan as JSON, which `read_fields` reads."""
    return {
        "script": [entry for fault, run in groupby(script) for entry in _entries(fault, len(list(run)))],
        "rate": rate,
        "kinds": [str(fault) for fault in kinds],
        "seed": seed,
        "latency": str(latency) if isinstance(latency, Distribution) else latency,
        "events": {pattern: str(fault) for pattern, fault in events.items()},
    }


def _entries(fault: RequestFault | None, times: int) -> Iterator[Any]:
    """Yield what says that a fault is met so many times: itself, or an object, or several of these."""
    word = None if fault is None else str(fault)
    if times == 1:
        yield word
        return
    while times:
        count = min(times, MOST_TIMES)
        yield {"fault": word, "times": count}
        times -= count


def _read_script(found: Any) -> list[RequestFault | None]:
    entries = _typed(found, list, "script", "a list")
    script: list[RequestFault | None] = []
    for index, entry in enumerate(entries):
        script += _read_entry(entry, f"script[{index}]")
        if len(script) > _MOST_REQUESTS:
            raise ValueError(f"script is longer than {_MOST_REQUESTS} requests with its entry {index}")
    return script


def _read_entry(entry: Any, where: str) -> list[RequestFault | None]:
    if not isinstance(entry, dict):
        return [_read_optional(entry, where)]
    _check_keys(entry, ("fault", "times"), where)
    if "fault" not in entry:
        raise ValueError(f'{where} is {shown(entry)}; it lacks the key "fault"')
    times = entry.get("times", 1)
    if type(times) is not int or not 1 <= times <= MOST_TIMES:
        raise ValueError(f"{where}.times is {shown(times)}; it must be a whole number from 1 to {MOST_TIMES}")
    return [_read_optional(entry["fault"], f"{where}.fault")] * times


def _read_optional(word: Any, where: str) -> RequestFault | None:
    return None if word is None else _at(where, read_fault, word)


def _read_rate(found: Any) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 1:
        raise ValueError(f"rate is {shown(found)}; it must be a number from 0 to 1")
    return float(found)


def _read_kinds(found: Any) -> list[RequestFault]:
    kinds = _typed(found, list, "kinds", "a list")
    if not kinds:
        raise ValueError("kinds is []; it must name a fault, or be left out")
    return [_at(f"kinds[{index}]", read_fault, word) for index, word in enumerate(kinds)]


def _read_seed(found: Any) -> int:
    if type(found) is not int:
        raise ValueError(f"seed is {shown(found)}; it must be a whole number")
    return found


def _read_latency(found: Any) -> Latency:
    return _at("latency", read_latency, found)


def _read_events(found: Any) -> dict[str, AnyFault]:
    events = _typed(found, dict, "events", "an object")
    return {pattern: _at(f"events[{shown(pattern)}]", read_event_fault, word) for pattern, word in events.items()}


def _at(where: str, read: Callable[[Any], _T], found: Any) -> _T:
    try:
        return read(found)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _typed(found: Any, kind: type[_T], where: str, name: str) -> _T:
    if not isinstance(found, kind):
        raise ValueError(f"{where} is {shown(found)}; it must be {name}")  # noqa: TRY004 - as all that is wrong in JSON
    return found


def _check_keys(found: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in found:
        if key not in known:
            raise ValueError(f"{where} has the key {shown(key)}; {hint(key, known)}known are {', '.join(known)}")


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "script": _read_script,
    "rate": _read_rate,
    "kinds": _read_kinds,
    "seed": _read_seed,
    "latency": _read_latency,
    "events": _read_events,
}
