"""One row of a file: a valid event, or the error in it."""

import json
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.json_values import plain_json
from hubspot_timeline.events.normalization import fix_id, normalized
from hubspot_timeline.events.payload import EventFormat, PreparedEvent, format_of, prepare_event
from hubspot_timeline.files.json_text import json_type

# The namespace of the ids that are derived from rows; another one would make a second run create all events twice.
_NAMESPACE = UUID("7d1c8a52-6f6b-4b0e-9a35-2f4c6c1f0e64")


class Row(PreparedEvent, frozen=True):
    """A row that can be sent as it is."""

    file: str
    line: int
    account: str | None = None

    @property
    def origin(self) -> str:
        """The file and the line: `events.jsonl:12`."""
        return f"{self.file}:{self.line}"

    @property
    def event(self) -> dict[str, Any]:
        """The event in JSON field names."""
        event: dict[str, Any] = json.loads(self.body)
        return event


class RowError(EventError):
    """A row that cannot be sent; sending it gives a Rejected with this error.

    `text` is the row as it stands in the file, `event` its fields where they could be read. `is_shared` is whether
    it is about a column or the whole file, so that other rows have the same error. `account` is that of the row, None
    if it has none or it could not be read.
    """

    def __init__(
        self,
        reason: str,
        field: str | None = None,
        *,
        origin: str = "",
        text: str = "",
        event: Any = None,
        is_shared: bool = False,
        account: str | None = None,
    ) -> None:
        super().__init__(reason, field)
        self.origin = origin
        self.text = text
        self.event: dict[str, Any] | None = event
        self.is_shared = is_shared
        self.account = account


class RowBuilder(Struct, frozen=True):
    """Makes the rows of one file, and gives those without an id one that is the same in every run.

    The id is derived from the content of the row and from how many equal rows came before it, so that sending a file
    twice creates nothing twice, while two equal rows are two events. `occurrences` counts equal rows, in about 100
    bytes for each row without an id; files that are sent together share it. `defaults` holds the eventTemplateId or the
    eventTypeName of rows without one. `event_format` is that of rows whose names do not tell it. `is_table`: the fields
    are columns. `account_column` is the one with the account of each row, None if all have the same.
    """

    file: str
    defaults: Mapping[str, str]
    event_format: EventFormat
    occurrences: Counter[bytes]
    is_table: bool = False
    account_column: str | None = None

    @property
    def default_format(self) -> EventFormat:
        """The format of events whose names do not tell it."""
        return format_of(self.defaults, self.event_format)

    def from_mapping(self, line: int, mapping: Mapping[str, Any], text: str, account: object = None) -> Row | RowError:
        """Return the row for a mapping in JSON field names; an error in it comes before that of its account."""
        event_format = format_of(mapping, self.default_format)
        defaults = self.defaults if format_of(self.defaults, event_format) is event_format else {}
        event = None
        try:
            plain = plain_json({**defaults, **mapping}, "")
            fields = normalized(plain, event_format.fields, event_format.values_field)
            fix_id(fields, lambda: self._derived_id(fields, account))
            event = msgspec.to_builtins(fields)
            prepared = prepare_event(fields, event_format)
            name = self.account_column and checked_account(account, self.account_column)
        except EventError as error:
            return self.invalid(line, error, text, event, account=account)
        return Row(prepared.payload, prepared.body, self.file, line, name)

    def invalid(
        self,
        line: int,
        error: EventError,
        text: str,
        event: object = None,
        *,
        is_shared: bool = False,
        account: object = None,
    ) -> RowError:
        """Return the row with an error in it."""
        return RowError(
            error.reason,
            error.field,
            origin=f"{self.file}:{line}",
            text=text,
            event=event,
            is_shared=is_shared or (self.is_table and error.field is not None),
            account=_account_or_none(account),
        )

    def _derived_id(self, fields: Mapping[str, Any], account: object) -> str:
        content = json.dumps(msgspec.to_builtins(fields), sort_keys=True)
        if (name := _account_or_none(account)) is not None:  # equal rows of two accounts are two events
            content += f"\n{name}"
        digest = blake2b(content.encode(), digest_size=16).digest()
        self.occurrences[digest] += 1
        return str(uuid5(_NAMESPACE, f"{digest.hex()}:{self.occurrences[digest]}"))


def checked_account(account: object, field: str) -> str:
    """Return the account of a row as text, without blanks around it.

    Raises EventError for one that is missing or has another type.
    """
    account = account.strip() if isinstance(account, str) else account
    if account is None or account == "":
        raise EventError("is missing; add the account of the row", field)
    if not isinstance(account, str | int) or isinstance(account, bool):
        raise EventError(f"is {json_type(account)}; give the account as text or a whole number", field)
    if not str(account).isprintable():
        raise EventError("contains a character that cannot be printed; remove it", field)
    return str(account)


def _account_or_none(account: object) -> str | None:
    try:
        return checked_account(account, "")
    except EventError:
        return None
