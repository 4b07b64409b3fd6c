"""How a CSV file is written: its delimiter, encoding, times and headings."""

import codecs
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from hubspot_timeline.errors import EventError, OptionError
from hubspot_timeline.events.payload import APP_EVENTS, V3, EventFormat
from hubspot_timeline.events.schemas import IFRAME_FIELDS
from hubspot_timeline.files.json_text import parse_json
from hubspot_timeline.files.sources import FileError, display_name, open_bytes
from hubspot_timeline.templates.suggestions import suggestion

_IFRAME_COLUMNS = tuple(f"timelineIFrame.{name}" for name in IFRAME_FIELDS)


def whole_fields(event_format: EventFormat) -> tuple[str, ...]:
    """Return the fields of an event that are one column each."""
    return tuple(name for name in event_format.fields if name not in (event_format.values_field, "timelineIFrame"))


def is_column(name: str, event_format: EventFormat) -> bool:
    """Return whether a column of this name becomes a field of an event."""
    group, _, rest = name.partition(".")
    is_in_group = bool(rest) and group in (event_format.values_field, "extraData")
    return is_in_group or name in _IFRAME_COLUMNS or name in whole_fields(event_format)


def known_columns(name: str, event_format: EventFormat) -> tuple[str, ...]:
    """Return the columns of an event, among them the one of a value of this name."""
    return (*whole_fields(event_format), *_IFRAME_COLUMNS, f"{event_format.values_field}.{name}")


def _time_zone(name: str | ZoneInfo | None) -> ZoneInfo | None:
    if not isinstance(name, str):
        return name
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        reason = "it is not a name such as Europe/Berlin, or this machine has no time zones (pip install tzdata)"
        raise OptionError(f"time_zone {name!r} cannot be used: {reason}") from error


def _require_delimiter(_: object, __: object, value: str | None) -> None:
    if value is not None and (len(value) != 1 or value in '"\r\n'):
        raise OptionError(f"delimiter is {value!r}; it must be one character, such as ';', and no quote or line end")


def _require_encoding(_: object, __: object, value: str | None) -> None:
    try:
        if value is not None:
            "".encode(codecs.lookup(value).name)
    except LookupError as error:
        raise OptionError(f"encoding {value!r} is not known; use utf-8, cp1252, utf-16 or another of Python") from error


def _require_columns(_: object, __: object, columns: Mapping[str, str]) -> None:
    for heading, name in columns.items():
        if name and not any(is_column(name, event_format) for event_format in (V3, APP_EVENTS)):
            advice = suggestion(name, known_columns(name, V3))
            raise OptionError(f"{heading!r} is mapped to {name!r}, which is not a field of an event; {advice}")


@frozen(kw_only=True)
class CsvOptions:
    """How CSV files are written; what is None is guessed, and a guess is logged.

    `delimiter`: by default the one of , ; tab | that makes the most columns of the header.
    `encoding`: by default UTF-8 or UTF-16 by a byte order mark, else cp1252 if the first characters that are not ASCII
    are not UTF-8.
    `time_format`: of the column timestamp, in the notation of `datetime.strptime`; by default ISO 8601 and epoch
    milliseconds.
    `time_zone`: of timestamps without an offset, such as Europe/Berlin. Of a local time that the end of summer time
    repeats, the first one is meant.
    `columns`: the field for a heading, such as {"E-Mail": "email", "Plätze": "tokens.seats"}; a column whose field is
    "" is not read.
    Raises OptionError.
    """

    delimiter: str | None = field(default=None, validator=_require_delimiter)
    encoding: str | None = field(default=None, validator=_require_encoding)
    time_zone: ZoneInfo | None = field(default=None, converter=_time_zone)
    time_format: str | None = None
    columns: Mapping[str, str] = field(factory=dict[str, str], validator=_require_columns)


def read_columns(name: str) -> dict[str, str]:
    """Return the `columns` in a JSON file. Raises FileError."""
    with open_bytes(name) as stream:
        content = stream.read()
    try:
        columns: Any = parse_json(content)
    except EventError as error:
        raise FileError(f"{display_name(name)}: {error}") from error
    if not isinstance(columns, dict) or not all(isinstance(field, str) for field in columns.values()):
        raise FileError(f'{display_name(name)} is not an object such as {{"E-Mail": "email"}}')
    return columns
