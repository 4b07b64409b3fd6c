"""Whether the log of requests has as many as a test expects, and if not, which one is nearest."""

from collections.abc import Iterable, Mapping
from typing import Any

from hubspot_timeline_testing.sandbox.apis import operation_names
from hubspot_timeline_testing.sandbox.faults.parsing import suggestion

FIELDS = ("operation", "method", "path", "account", "status", "fault", "events", "message")

_SHOWN = 10


def request_mismatch(requests: Iterable[Mapping[str, Any]], times: int | None, expected: Mapping[str, Any]) -> str:
    """Return what is wrong with the number of requests that have the expected values, empty if nothing is.

    `times`: how many there must be; None for one or more. Raises ValueError for an unknown field or operation.
    """
    _require_known("field", expected, FIELDS)
    _require_known("operation", filter(None, [expected.get("operation")]), operation_names())
    matching, nearest, distance = [], None, len(expected) + 1
    for request in requests:
        missed = [name for name, value in expected.items() if request[name] != value]
        if not missed:
            matching.append(request)
        elif len(missed) < distance:
            nearest, distance = request, len(missed)
    if matching if times is None else len(matching) == times:
        return ""
    wanted = ", ".join(f"{name}={value!r}" for name, value in expected.items()) or "any values"
    text = f"{len(matching)} requests have {wanted}; expected {'1 or more' if times is None else times}"
    if matching and len(matching) > (times or 0):
        return f"{text}: {'; '.join(map(_described, matching[:_SHOWN]))}"
    return f"{text}; {_nearest(nearest, expected)}"


def _nearest(request: Mapping[str, Any] | None, expected: Mapping[str, Any]) -> str:
    if request is None:
        return "the log has no other request"
    missed = [f"{name} is {request[name]!r}" for name, value in expected.items() if request[name] != value]
    return f"the nearest is {_described(request)}, whose {', '.join(missed)}"


def _described(request: Mapping[str, Any]) -> str:
    return f"request {request['number']} ({request['method']} {request['path']}: {request['status']})"


def _require_known(what: str, names: Iterable[str], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"unknown {what} {name!r}; {suggestion(name, known)}known are {', '.join(known)}")
