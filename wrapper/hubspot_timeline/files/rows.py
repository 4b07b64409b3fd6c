"""One row of a file: an event, or why there is none."""

import json
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid5

import msgspec
from attrs import define, field

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.normalization import fix_id, normalized
from hubspot_timeline.events.payload import EVENT_FIELDS, PreparedEvent

# The namespace of the ids that are derived from rows; another one would make a second run create all events twice.
_NAMESPACE = UUID("7d1c8a52-6f6b-4b0e-9a35-2f4c6c1f0e64")


@define
class Row:
    """One row. Most are only sent, so that what else is asked of one is made when it is asked for.

    `given` is what to send: the event in wire names, the error in it, or, if there is nothing to do to it, its bytes.
    """

    _file: str
    _line: int
    _text: str | bytes = field(repr=False)
    given: dict[str, Any] | EventError | PreparedEvent

    @property
    def origin(self) -> str:
        """Where it stands: `events.jsonl:12`."""
        return f"{self._file}:{self._line}"

    @property
    def event(self) -> dict[str, Any] | EventError:
        """The event in JSON field names, or the error in it; what is sent then, so that it may be changed."""
        if isinstance(self.given, EventError):
            return self.given
        event: dict[str, Any] = (
            json.loads(self.given.body) if isinstance(self.given, PreparedEvent) else msgspec.to_builtins(self.given)
        )
        self.given = event
        return event

    @property
    def text(self) -> str:
        """What stands there."""
        return self._text if isinstance(self._text, str) else line_text(self._text)


def line_text(data: bytes) -> str:
    """Return the text of a line, whatever its bytes are."""
    return data.decode("utf-8", "surrogateescape").rstrip("\r\n")


class Rows:
    """Makes rows of one file, and gives those without an id one that is the same in every run.

    The id is derived from what the row says and how often the same was said before it, so that sending a file twice
    creates nothing twice, while two equal rows are two events. `seen` counts that; files that are sent together share
    it. It takes about 100 bytes for each row without an id.
    """

    def __init__(self, file: str, template: str | None, seen: Counter[bytes]) -> None:
        self.file = file
        self._template = template
        self._seen = seen

    def prepared(self, line: int, event: PreparedEvent, text: bytes) -> Row:
        """Return the row of an event that is ready to be sent."""
        return Row(self.file, line, text, event)

    def good(self, line: int, mapping: Mapping[str, Any], text: str) -> Row:
        """Return the row of a mapping in wire names; its event is an error if a field is unknown or has no meaning."""
        fixed = {"eventTemplateId": self._template} if self._template else {}
        try:
            values = normalized({**fixed, **mapping}, EVENT_FIELDS)
            fix_id(values, lambda: self._derived_id(values))
        except EventError as error:
            return self.bad(line, error, text)
        except (RecursionError, OverflowError, ValueError) as error:
            return self.bad(line, EventError(f"cannot be sent ({type(error).__name__}: {error})"), text)
        return Row(self.file, line, text, values)

    def bad(self, line: int, error: EventError, text: str) -> Row:
        """Return the row that holds no event."""
        return Row(self.file, line, text, error)

    def _derived_id(self, values: Mapping[str, Any]) -> str:
        digest = blake2b(json.dumps(msgspec.to_builtins(values), sort_keys=True).encode(), digest_size=16).digest()
        self._seen[digest] += 1
        return str(uuid5(_NAMESPACE, f"{digest.hex()}:{self._seen[digest]}"))
