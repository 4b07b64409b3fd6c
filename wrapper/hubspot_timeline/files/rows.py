"""One row of a file: an event, or why there is none."""

import json
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid5

from attrs import define, field

from hubspot_timeline.errors import EventError
from hubspot_timeline.wire import fix_id, normalise

# The namespace of the ids that are derived from rows; another one would make a second run create all events twice.
_NAMESPACE = UUID("7d1c8a52-6f6b-4b0e-9a35-2f4c6c1f0e64")


@define  # as if frozen, which would take twice as long to make
class Row:
    """One row: where it stands (`events.jsonl:12`), its event in wire names or the error in it, and its own text."""

    origin: str
    event: dict[str, Any] | EventError
    text: str = field(repr=False)


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

    def good(self, line: int, mapping: Mapping[str, Any], text: str) -> Row:
        """Return the row of a mapping in wire names; its event is an error if a field is unknown or has no meaning."""
        fixed = {"eventTemplateId": self._template} if self._template else {}
        try:
            wire = normalise({**fixed, **mapping})
            fix_id(wire, lambda: self._derived_id(wire))
        except EventError as error:
            return self.bad(line, error, text)
        except (RecursionError, OverflowError, ValueError) as error:
            return self.bad(line, EventError(f"cannot be sent ({type(error).__name__}: {error})"), text)
        return Row(f"{self.file}:{line}", wire, text)

    def bad(self, line: int, error: EventError, text: str) -> Row:
        """Return the row that holds no event."""
        return Row(f"{self.file}:{line}", error, text)

    def _derived_id(self, wire: Mapping[str, Any]) -> str:
        digest = blake2b(json.dumps(wire, sort_keys=True).encode(), digest_size=16).digest()
        self._seen[digest] += 1
        return str(uuid5(_NAMESPACE, f"{digest.hex()}:{self._seen[digest]}"))
