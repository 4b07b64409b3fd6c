"""Where an error body names an event."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any


def place_of(event_id: str, error: Mapping[str, Any]) -> str:
    """Return where an error names an event: context, id, errors (its details), message, or nothing."""
    if event_id in _texts(error.get("context")):
        return "context"
    if error.get("id") == event_id:
        return "id"
    if any(event_id in text for text in _texts(error.get("errors"))):
        return "errors"
    return "message" if event_id in str(error.get("message")) else "nothing"


def place_in_any(event_id: str, errors: Sequence[Mapping[str, Any]], others: Iterable[str] = ()) -> str:
    """Return where one of several errors names an event; `others` are named as well, or only they, in useless ones."""
    places = [place_of(event_id, error) for error in errors]
    place = next((place for place in places if place != "nothing"), "nothing")
    if any(place_in_any(other, errors) != "nothing" for other in others):
        return "others" if place == "nothing" else "all"
    return place


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each)
        case dict():
            for each in value.values():
                yield from _texts(each)
