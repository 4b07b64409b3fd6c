"""Rows of tables as events, for the engines that send them: their columns are fields under JSON names."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib import import_module
from typing import Any, TypeAlias, cast, get_args, get_origin

from attrs import define, field
from msgspec.structs import fields as struct_fields

from hubspot_timeline.auth.credentials import AccessTokenLike, credentials_from_environment
from hubspot_timeline.delivery.outcomes import Failure
from hubspot_timeline.errors import (
    AccountMigratingError,
    AuthenticationError,
    EventError,
    OptionError,
    PermissionDeniedError,
    RateLimitError,
    TokenRefreshError,
    TooManyErrorsError,
)
from hubspot_timeline.events.payload import APP_EVENTS, V3
from hubspot_timeline.files.rows import RowError

Row: TypeAlias = dict[str, Any]

ONE_ACCOUNT = "default"
"""The name in reports of the only account of rows without an account column."""

FINAL_ERRORS = (
    AccountMigratingError,
    AuthenticationError,
    OptionError,
    PermissionDeniedError,
    RateLimitError,
    TokenRefreshError,
    TooManyErrorsError,
)
"""The errors after which sending the same events again soon would end the same way."""

FIELDS = tuple(dict.fromkeys((*V3.fields, *APP_EVENTS.fields)))
_TEXTS = {
    each.encode_name
    for event_format in (V3, APP_EVENTS)
    for each in struct_fields(event_format.schema)
    if get_origin(each.type) is not dict and str in get_args(each.type)
}
_OBJECTS = {*FIELDS} - _TEXTS - {"timestamp"}


@define
class EventMaker:
    """Makes the events of rows.

    `account_column`: None for rows of one account. `ids_by_content`: rows without an id get one that is derived from
    their content and from how many equal rows came before; all rows of an account have to pass through one EventMaker.
    """

    account_column: str | None
    id_column: str = "id"
    ids_by_content: bool = False
    _occurrences: Counter[str] = field(factory=Counter, init=False)

    def account(self, row: Row) -> object:
        """Return the account of a row."""
        return ONE_ACCOUNT if self.account_column is None else row.get(self.account_column)

    def event(self, row: Row) -> Row:
        """Return the event of a row in JSON field names. Raises EventError for a row without an id."""
        fields = {name: value for name, value in row.items() if value is not None and name != self.account_column}
        event_id = fields.pop(self.id_column, None)
        if event_id is None and not self.ids_by_content:
            raise EventError("is empty, and an event without an id may be created twice", self.id_column)
        fields["id"] = self._content_id(row) if event_id is None else event_id
        for name in fields.keys() & _OBJECTS:
            fields[name] = _object(name, fields[name])
        return {name: _text(value) if name in _TEXTS else value for name, value in fields.items()}

    def _content_id(self, row: Row) -> str:
        digest = sha256(json_text(row).encode()).hexdigest()
        self._occurrences[digest] += 1
        return sha256(f"{digest}:{self._occurrences[digest]}".encode()).hexdigest()


def tokens_by_account(function: str | None) -> Callable[[str], AccessTokenLike]:
    """Return the function `module:function` that returns the access token of an account; None: the environment's."""
    if function is None:
        return lambda _: credentials_from_environment()
    module, _, name = function.partition(":")
    return cast("Callable[[str], AccessTokenLike]", getattr(import_module(module), name))


def dead_row(failure: Failure) -> RowError:
    """Return the row of an event as the dead-letter file takes it."""
    event = failure.payload or json.loads(json_text(failure.event or failure.source))
    return RowError("", origin=f"account {failure.account}", text=json_text(failure.source), event=event)


def json_text(value: Any) -> str:
    """Return the JSON of a row or of an event, the same in every session."""
    return json.dumps(value, sort_keys=True, default=_json_value)


def _json_value(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(UTC)
    return value.isoformat() if isinstance(value, date) else str(value)


def _object(name: str, value: object) -> object:
    """Return a map, a structure or JSON text as an object."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError as error:
            raise EventError(f"is text, but not JSON ({error})", name) from error
    if isinstance(value, list):  # a map of Arrow
        return dict(value)
    return {key: inner for key, inner in value.items() if inner is not None} if isinstance(value, Mapping) else value


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
