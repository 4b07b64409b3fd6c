"""Answers of the batch operation, read from their raw JSON so that nothing the service said is lost.

The generated parser raises on an unknown status word or a missing date; the events it lists were created all the
same. Here only what accounts for events is read: the entries of `results` that have an id, and those of `errors` that
have a message, the one thing that the document requires of them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from hubspot_timeline.errors import AnswerError

# How an error of a 207 names its event is undocumented; these are the names it could do so under.
_ID_KEYS = {"id", "ids", "eventid", "eventids", "inputid", "inputids"}
_INDEX_KEYS = {"index", "indexes", "indices", "inputindex"}
_INDEX_DIGITS = 6
_ADVICE = "Its events may have been created: send them again with the same ids."
_INDEX_IN_PATH = re.compile(r"inputs\[(\d+)\]")


@frozen
class BatchAnswer:
    """What a success says: `results` by event id and `errors`, both as JSON; `trouble` where it cannot be read."""

    results: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    errors: Sequence[Mapping[str, Any]] = ()
    trouble: AnswerError | None = None


def read_answer(status: int, content: bytes) -> BatchAnswer:
    """Read the body of a success. Never raises: what cannot be read is a BatchAnswer with `trouble`."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        trouble = AnswerError(f"The {status} answer is no JSON ({len(content)} bytes: {error}). {_ADVICE}")
        trouble.__cause__ = error
        return BatchAnswer(trouble=trouble)
    if not isinstance(body, Mapping):
        return BatchAnswer(trouble=AnswerError(f"The {status} answer is no JSON object. {_ADVICE}"))
    results = {entry["id"]: entry for entry in _objects(body, "results") if isinstance(entry.get("id"), str)}
    errors = (entry for entry in _objects(body, "errors") if isinstance(entry.get("message"), str))
    return BatchAnswer(results, tuple(errors))


def named_events(error: Mapping[str, Any], ids: Sequence[str]) -> set[str]:
    """Return which of the ids of a request an error of its answer names: by id, by index, or in its context."""
    named = set(_said(error, _ID_KEYS)).intersection(ids)
    for index in _said(error, _INDEX_KEYS):
        if index.isdecimal() and len(index) <= _INDEX_DIGITS and int(index) < len(ids):
            named.add(ids[int(index)])
    return named


def _said(error: Mapping[str, Any], keys: set[str]) -> Iterator[str]:
    """Yield what an error, its context and its details hold under the keys, as text."""
    for part in (error, *_objects(error, "errors")):
        for holder in (part, part.get("context")):
            for name, value in holder.items() if isinstance(holder, Mapping) else ():
                if name.casefold() in keys:
                    yield from _texts(value)
        if keys is _INDEX_KEYS and isinstance(part.get("in"), str):
            yield from _INDEX_IN_PATH.findall(part["in"])


def _texts(value: object) -> Iterator[str]:
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, str | int) and not isinstance(entry, bool):
            yield str(entry)


def _objects(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = body.get(name)
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
