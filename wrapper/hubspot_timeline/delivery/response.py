"""The response of the batch operation, read from raw JSON so that nothing in it is lost.

The generated parser raises on an unknown status or a missing date, and yet the events in the response were created.
Only what accounts for events is read: entries of `results` that have an id, and entries of `errors` that have a
message, which is all that the OpenAPI document requires of them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

import msgspec
from msgspec import Struct

from hubspot_timeline.errors import InvalidResponseError, counted

# How an error of a 207 names its event is undocumented; these are the names it could use.
_ID_KEYS = {"id", "ids", "eventid", "eventids", "inputid", "inputids"}
_INDEX_KEYS = {"index", "indexes", "indices", "inputindex"}
_MAX_INDEX_DIGITS = 6
_INDEX_IN_PATH = re.compile(r"inputs\[(\d+)\]")
_ADVICE = "Its events may have been created: send them again with the same ids."


class _Result(msgspec.Struct, gc=False):
    id: str


class _Success(msgspec.Struct):
    results: list[_Result]
    errors: list[Any] | None = None


_decode_success = msgspec.json.Decoder(_Success).decode


class BatchResponse(Struct, frozen=True, dict=True):
    """The body of a 2xx response: the ids in `results`, and `errors` as JSON; `error` if the body cannot be read.

    `may_be_unsolicited`: the response may belong to an earlier request of its connection, or to none. `status` is its
    status code.
    """

    created_ids: Set[str] = frozenset()
    errors: Sequence[Mapping[str, Any]] = ()
    error: InvalidResponseError | None = None
    content: bytes = b""
    may_be_unsolicited: bool = False
    status: int | None = None

    @cached_property
    def results(self) -> Mapping[str, Mapping[str, Any]]:
        """The results as JSON by event id; parsed when first used, since most runs only count."""
        try:
            body = json.loads(self.content.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):  # the ids could be read, and something beside them cannot
            return {}
        return {result["id"]: result for result in _results(body)}


def parse_response(status: int, content: bytes, *, may_be_unsolicited: bool = False) -> BatchResponse:
    """Return the body of a 2xx response. Never raises: a body that cannot be read is a BatchResponse with `error`."""
    created_ids = _created_ids(content)
    if created_ids is None:
        return _parse(status, content, may_be_unsolicited)
    return BatchResponse(created_ids, content=content, status=status)


def quoted_ids(error: Mapping[str, Any], ids: Sequence[str]) -> set[str]:
    """Return which ids of a request an error quotes, so that it is about this request."""
    return set(_values_of(error, _ID_KEYS)).intersection(ids)


def named_ids(error: Mapping[str, Any], ids: Sequence[str]) -> set[str]:
    """Return which ids of a request an error in its response names: by id, by index, or in its context."""
    named = quoted_ids(error, ids)
    for index in _values_of(error, _INDEX_KEYS):
        if index.isdecimal() and len(index) <= _MAX_INDEX_DIGITS and int(index) < len(ids):
            named.add(ids[int(index)])
    return named


def _created_ids(content: bytes) -> Set[str] | None:
    """Return the ids of the results if the response has no errors, as nearly all; None if it must be parsed fully."""
    try:
        success = _decode_success(content)
    except (ValueError, RecursionError):
        return None
    return None if success.errors else {result.id for result in success.results}


def _parse(status: int, content: bytes, may_be_unsolicited: bool) -> BatchResponse:
    try:
        body = json.loads(content.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as cause:
        error = InvalidResponseError(
            f"The {status} response is not JSON ({counted(len(content), 'byte')}: {cause}). {_ADVICE}"
        )
        error.__cause__ = cause
        return BatchResponse(error=error, status=status)
    if not isinstance(body, Mapping):
        error = InvalidResponseError(f"The {status} response is not a JSON object. {_ADVICE}")
        return BatchResponse(error=error, status=status)
    errors = (entry for entry in _objects(body, "errors") if isinstance(entry.get("message"), str))
    created_ids = {result["id"] for result in _results(body)}
    return BatchResponse(created_ids, tuple(errors), None, content, may_be_unsolicited, status)


def _results(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [entry for entry in _objects(body, "results") if isinstance(entry.get("id"), str)]


def _values_of(error: Mapping[str, Any], keys: set[str]) -> Iterator[str]:
    """Yield the values that an error, its context and its details have under the keys, as text."""
    for part in (error, *_objects(error, "errors")):
        for mapping in (part, part.get("context")):
            for name, value in mapping.items() if isinstance(mapping, Mapping) else ():
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
