"""Ids of events, which are fixed before the first send: the only protection against creating an event twice."""

from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

PLACEHOLDER = "{{uuid}}"
"""What the service replaces inside an id, so that its response could not be matched."""


class NewId(str):
    """An id that was generated here: the same program generates another one in its next run.

    `is_sent`: a request with it may have left, so that the service may have an event with it.
    """

    is_sent: bool = False

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)  # several processes may send what is pickled

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


def new_id() -> str:
    """Return an id that no other event has."""
    return NewId(uuid4())


def fixed_id(event_id: Any, new: Callable[[], str] = new_id) -> Any:
    """Return an id that the service will not change: a new one for None, and for each {{uuid}} inside.

    An id that is not text is returned as it is, and refused when the event is sent.
    """
    if event_id is None:
        return new()
    if not isinstance(event_id, str):
        return event_id
    first, *others = event_id.split(PLACEHOLDER)
    if not others:
        return event_id
    new_ids = [new() for _ in others]
    text = first + "".join(new_id + other for new_id, other in zip(new_ids, others, strict=True))
    return NewId(text) if isinstance(new_ids[0], NewId) else text
