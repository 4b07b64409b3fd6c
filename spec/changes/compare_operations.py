"""Paths and their operations."""

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from changes.change import Change, Place, Touch
from changes.change_kinds import BOTH, Kind, Use
from changes.compare import MISSING, differing, other, turned
from changes.comparing.answers import answer_changes
from changes.comparing.defaults import implied
from changes.comparing.matching import matched
from changes.comparing.messages import body_changes
from changes.comparing.parameters import parameter_lists
from changes.comparing.security import security_changes
from changes.formatting import code
from changes.routes import METHODS, Route, routes


def operation_changes(old: Any, new: Any) -> Iterator[Change]:
    """Yield what changed of all operations, and of what their paths say for them."""
    operations = matched(list(routes(old)), list(routes(new)))
    for route in operations.gone:
        yield _place(route).change(Kind.OPERATION_REMOVED, f"({_request(route)}) is gone", removed=True)
    for route in operations.new:
        yield _place(route).change(Kind.OPERATION_ADDED, f"({_request(route)}) is a new operation")
    for pair in operations.pairs:
        yield from _pair_changes((old, new), *pair)
    items = {(before.path, now.path): (before, now) for before, now in operations.pairs}
    for before, now in items.values():
        yield from _item_changes((old, new), before, now)


def _place(route: Route) -> Place:
    return Place(route.pointer, route.name, BOTH, (route.name,), (route.touch,))


def _request(route: Route) -> str:
    return code(f"{route.method.upper()} {route.path}")


def _pair_changes(documents: tuple[Any, Any], old: Route, new: Route) -> Iterator[Change]:
    place = evolve(_place(old), pointer=new.pointer)
    if old.pointer != new.pointer:
        fact = f"moved from {_request(old)} to {_request(new)}"
        yield place.change(Kind.OPERATION_MOVED, fact, covers=(old.pointer,))
    for key, before, now in differing(old.operation, new.operation):
        yield from _keyword(documents, place, key, before, now)


def _keyword(documents: tuple[Any, Any], place: Place, key: str, old: Any, new: Any) -> Iterator[Change]:
    below = place.below(key)
    if note := implied(place, key, old, new):
        yield note
    elif key == "operationId":
        yield below.change(Kind.OPERATION_RENAMED, f"has the name {turned(old, new)}")
    elif key == "tags":
        yield _tags(below, old, new)
    elif key == "security":
        yield from security_changes(below, old, new)
    elif key == "parameters":
        yield from parameter_lists(evolve(below, use=frozenset({Use.REQUEST})), documents, *_present(old, new))
    elif key == "requestBody":
        body = evolve(below, subject=f"{place.subject}(body)", use=frozenset({Use.REQUEST}), touches=_bodies(place))
        yield from body_changes(evolve(body, schema=f"{place.subject}_body"), old, new)
    elif key == "responses":
        answer = evolve(below, use=frozenset({Use.ANSWER}), schema=f"{place.subject}_response")
        yield from answer_changes(answer, documents, *_present(old, new))
    else:
        yield other(place, key, old, new)


def _bodies(place: Place) -> tuple[Touch, ...]:
    return tuple(Touch(touch.scope, "body") for touch in place.touches) + place.touches


def _present(old: Any, new: Any) -> tuple[Any, Any]:
    return [] if old is MISSING and isinstance(new, list) else old, [] if new is MISSING else new


def _tags(place: Place, old: Any, new: Any) -> Change:
    first = [tags[0] if isinstance(tags, list) and tags else None for tags in (old, new)]
    if first[0] == first[1] and first[0] is not None:
        return place.change(Kind.DOCUMENTATION, f"has the tags {turned(old, new)}")
    return place.change(Kind.MODULE_CHANGED, f"stands under the tag {turned(old, new)}")


def _item_changes(documents: tuple[Any, Any], old: Route, new: Route) -> Iterator[Change]:
    """Compare what a path says for all of its methods."""
    own = [route for route in routes(documents[1]) if route.path == new.path]
    names = tuple(route.name for route in own)
    place = Place(("paths", new.path), new.path, frozenset({Use.REQUEST}), names, tuple(route.touch for route in own))
    for key, before, now in differing(old.item, new.item):
        if note := implied(place, key, before, now):
            yield note
        elif key == "parameters":
            yield from parameter_lists(place.below(key), documents, *_present(before, now))
        elif key not in METHODS:
            yield other(place, key, before, now)
