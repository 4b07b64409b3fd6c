"""Answers of the batch operation, read from their raw JSON so that nothing the service said is lost.

The generated parser raises on an unknown status word or a missing date; the events it lists were created all the
same. Here only what accounts for events is read: the entries of `results` that have an id, and those of `errors` that
have a message, the one thing that the document requires of them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

from attrs import field, frozen

from hubspot_timeline.errors import InvalidResponseError

# How an error of a 207 names its event is undocumented; these are the names it could do so under.
_ID_KEYS = {"id", "ids", "eventid", "eventids", "inputid", "inputids"}
_INDEX_KEYS = {"index", "indexes", "indices", "inputindex"}
_INDEX_DIGITS = 6
_ADVICE = "Its events may have been created: send them again with the same ids."
_INDEX_IN_PATH = re.compile(r"inputs\[(\d+)\]")

try:
    import msgspec
except ImportError:
    _decoder = None
else:

    class _Entry(msgspec.Struct, gc=False):
        id: str

    class _Answer(msgspec.Struct):
        results: list[_Entry]
        errors: list[Any] | None = None

    _decoder = msgspec.json.Decoder(_Answer)


@frozen
class BatchAnswer:
    """What a success says: the ids that it has `results` for, and `errors` as JSON; `trouble` where it cannot be read.

    `content` is the body.
    """

    listed: Set[str] = frozenset()
    errors: Sequence[Mapping[str, Any]] = ()
    trouble: InvalidResponseError | None = None
    content: bytes = field(default=b"", repr=False)

    @cached_property
    def results(self) -> Mapping[str, Mapping[str, Any]]:
        """The results by event id, as JSON; read when somebody looks, since most runs only count."""
        try:
            return {entry["id"]: entry for entry in _results(json.loads(self.content.decode("utf-8-sig", "replace")))}
        except (ValueError, RecursionError):  # the ids were legible, and something beside them is not
            return {}


def read_answer(status: int, content: bytes) -> BatchAnswer:
    """Read the body of a success. Never raises: what cannot be read is a BatchAnswer with `trouble`."""
    listed = _listed_alone(content)
    return _read(status, content) if listed is None else BatchAnswer(listed, content=content)


def _listed_alone(content: bytes) -> Set[str] | None:
    """Return the ids of the results where an answer holds nothing else that matters, as nearly all do; else None."""
    if _decoder is None:
        return None
    try:
        answer = _decoder.decode(content)
    except (ValueError, RecursionError):  # the slow way tells what is wrong, if anything is
        return None
    return None if answer.errors else {entry.id for entry in answer.results}


def _read(status: int, content: bytes) -> BatchAnswer:
    try:
        body = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        trouble = InvalidResponseError(f"The {status} answer is no JSON ({len(content)} bytes: {error}). {_ADVICE}")
        trouble.__cause__ = error
        return BatchAnswer(trouble=trouble)
    if not isinstance(body, Mapping):
        return BatchAnswer(trouble=InvalidResponseError(f"The {status} answer is no JSON object. {_ADVICE}"))
    errors = (entry for entry in _objects(body, "errors") if isinstance(entry.get("message"), str))
    return BatchAnswer({entry["id"] for entry in _results(body)}, tuple(errors), content=content)


def _results(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [entry for entry in _objects(body, "results") if isinstance(entry.get("id"), str)]


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
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
