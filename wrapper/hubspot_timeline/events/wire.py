"""Events in wire names: what a caller gave as the JSON object that is sent, and that object as bytes."""

import copyreg
import json
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from attrs import define

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.builder import fixed_id, new_id
from hubspot_timeline.events.codec import dumps
from hubspot_timeline.events.timestamps import is_as_sent, moment, rfc3339
from hubspot_timeline.events.token_values import token_texts
from hubspot_timeline_api.models import TimelineEvent
from hubspot_timeline_api.types import Unset

# Generated code knows an absent field by identity, which copies and pickles of an event would lose.
copyreg.pickle(Unset, lambda _: "UNSET")

FIELDS = (
    "eventTemplateId",
    "id",
    "tokens",
    "email",
    "objectId",
    "utk",
    "timestamp",
    "extraData",
    "timelineIFrame",
    "domain",
    "customObjectTypeId",
)
"""The fields of an event in wire names."""

_KNOWN = frozenset(FIELDS)


class Normalised(dict[str, Any]):
    """An event in wire names that `normalise` has made. `moment` is its timestamp then, by which a change is seen."""

    __slots__ = ("moment",)

    moment: str | None


@define  # as if frozen, which would take twice as long to make
class Encoded:
    """An event as the bytes that are sent, by a reader that has found nothing to refuse or to change in it."""

    id: str
    body: bytes

    def decoded(self) -> Normalised:
        """Return the event itself."""
        wire = Normalised(json.loads(self.body))
        wire.moment = wire.get("timestamp")
        return wire


def to_wire(event: object) -> dict[str, Any]:
    """Return an event as a new JSON object in wire names, its id fixed.

    A mapping is read generously where its meaning is plain: numbers and booleans among the tokens become strings, a
    timestamp may be epoch milliseconds, a missing id becomes a UUID. An unknown field is an error, since a typo could
    never be corrected once the event is created; to send a field that the document does not know, use the
    `additional_properties` of a TimelineEvent. Raises EventError.
    """
    match event:
        case TimelineEvent():
            return _model_to_wire(event)
        case dict() | Mapping():  # dict first, for which alone the answer is quick
            return _mapping_to_wire(event)
        case EventError():  # a reader's way of saying that this one could not be read
            raise event
    raise EventError(f"is a {type(event).__name__}; an event is a TimelineEvent or a mapping in wire names")


def encode(wire: Mapping[str, Any]) -> bytes:
    """Return a JSON object as the UTF-8 bytes that are sent. Raises EventError that names the field at fault."""
    try:
        return dumps(wire)
    except (ValueError, TypeError, RecursionError) as error:
        raise _at_fault(wire, error) from error


def unknown_field(name: object, known: tuple[str, ...], prefix: str = "") -> EventError:
    """Return the error for a field that is none of the known ones, with the likeliest meant."""
    near = get_close_matches(str(name), known, 1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    return EventError(f"is no field of the document; {hint}", f"{prefix}{name}")


def _model_to_wire(event: TimelineEvent) -> dict[str, Any]:
    try:
        # An event that was pickled elsewhere has an Unset of its own, which generated code does not know for one.
        wire = {name: value for name, value in event.to_dict().items() if not isinstance(value, Unset)}
    except AttributeError as error:
        raise EventError(f"a field has the wrong type ({error}); event() builds events safely") from error
    if event.timestamp:
        offset = event.timestamp.utcoffset()
        if offset is None or offset.seconds % 60 or offset.microseconds:  # which the document cannot have
            wire["timestamp"] = rfc3339(moment(event.timestamp))
    if "{{uuid}}" in wire["id"]:
        wire["id"] = fixed_id(wire["id"])
    return wire


def _mapping_to_wire(event: Mapping[str, Any]) -> dict[str, Any]:
    wire = normalise(event)
    fix_id(wire)
    return wire


def fix_id(wire: dict[str, Any], new: Callable[[], str] = new_id) -> None:
    """Give an event (wire names) an id that the service will not change; a wrong type is left to the checks."""
    if isinstance(wire.setdefault("id"), str | None):
        wire["id"] = fixed_id(wire["id"], new)


def normalise(event: Mapping[str, Any]) -> Normalised:
    """Return a mapping in wire names with values as they are sent, but for the id. Raises EventError."""
    wire = Normalised(event)
    wire.moment = None
    if not wire.keys() <= _KNOWN:
        raise unknown_field(next(name for name in wire if name not in _KNOWN), FIELDS)
    if isinstance(wire.get("tokens"), Mapping):
        wire["tokens"] = token_texts(wire["tokens"])
    if "timestamp" in wire:
        when = wire["timestamp"]
        wire["timestamp"] = wire.moment = when if is_as_sent(when) else rfc3339(moment(when))
    return wire


def _at_fault(wire: Mapping[str, Any], error: Exception) -> EventError:
    try:
        for path, value in _leaves(wire, ""):
            try:
                dumps(value)
            except UnicodeEncodeError:
                return EventError("holds half of a surrogate pair, which is no text", path)
            except ValueError:
                return EventError(f"{value} is no JSON number", path)
            except TypeError:
                return EventError(f"is a {type(value).__name__}, which has no JSON", path)
    except RecursionError:
        return EventError("is nested too deeply, or holds itself")
    return EventError(f"has no JSON: {error}")


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield the keys and values at the ends of a JSON value, each with its path."""
    match value:
        case Mapping():
            for name, inner in value.items():
                yield f"{path}.*" if path else "*", name
                yield from _leaves(inner, f"{path}.{name}" if path else str(name))
        case list() | tuple():
            for index, inner in enumerate(value):
                yield from _leaves(inner, f"{path}[{index}]")
        case _:
            yield path, value
