"""The columns of a CSV file, and the event that the cells of a row make.

`tokens.NAME` is an event token, `properties.NAME` a property of an app event; `extraData` holds JSON, `extraData.NAME`
text; `timelineIFrame.url` and its four sisters make an iframe. An empty cell is an absent field.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hubspot_timeline.errors import EventError, counted
from hubspot_timeline.events.payload import EventFormat, format_of
from hubspot_timeline.events.validation import unknown_field
from hubspot_timeline.files.csv_options import CsvOptions, is_column, known_columns, whole_fields
from hubspot_timeline.files.json_text import parse_json
from hubspot_timeline.files.sources import FileError
from hubspot_timeline.templates.suggestions import shortened, suggestion

MAX_COLUMNS = 10_000

_PIXELS = ("timelineIFrame.width", "timelineIFrame.height")


class CsvColumns:
    """The columns that a header names. Raises FileError, with `place` before its message, if they cannot be used.

    `default` is the format of events if the columns do not tell it. `account_column` is the heading of the column that
    names the account of each row, which is a field of the event only if it is called so.
    """

    def __init__(
        self,
        header: Sequence[str],
        options: CsvOptions,
        delimiter: str,
        place: str,
        default: EventFormat,
        *,
        account_column: str | None = None,
    ) -> None:
        self._options = options
        self._delimiter = delimiter
        self._unknown: dict[str, str] = {}  # the reasons, since finding a similar name takes long
        if not header:
            raise FileError(f"{place}: the line is empty; the first line must name the columns")
        if len(header) > MAX_COLUMNS:
            raise FileError(f"{place}: the header has {len(header):,} columns; at most {MAX_COLUMNS:,} are read")
        headings = [name.strip() for name in header]
        if missing := options.columns.keys() - set(headings):
            name = min(missing)
            raise FileError(f"{place}: the column {name!r} to map is missing; {suggestion(name, headings)}")
        # None for a column that is not read.
        self._names = [options.columns.get(heading, heading) or (heading and None) for heading in headings]
        self._format = format_of({name.partition(".")[0] for name in self._names if name}, default)
        self._known = {name for name in self._names if name and is_column(name, self._format)}
        self._whole_fields = whole_fields(self._format)
        duplicates = [name for name, count in Counter(self._names).items() if name and count > 1]
        if duplicates:
            raise FileError(f"{place}: the column {min(duplicates)} appears twice; rename or remove one")
        self._account: int | None = None
        if account_column is not None:
            if account_column not in headings:
                advice = suggestion(account_column, headings)
                raise FileError(
                    f"{place}: the column {account_column!r} with the account of each row is missing; {advice}"
                )
            self._account = headings.index(account_column)
            if account_column not in options.columns and account_column not in self._known:
                self._names[self._account] = None

    def account(self, cells: Sequence[str]) -> str | None:
        """Return the cell with the account of a row, None if there is none."""
        if self._account is None or len(cells) != len(self._names):
            return None
        return cells[self._account].strip()

    def event(self, cells: Sequence[str], encoding: str) -> dict[str, Any]:
        """Return the cells of a row as an event in JSON field names. Raises EventError."""
        if len(cells) != len(self._names):
            counts = f"{counted(len(cells), 'cell')}, the header {len(self._names)}"
            raise EventError(f"the row has {counts}; put quotes around a cell that holds {self._delimiter!r}")
        if cells[0].startswith("\ufeff"):
            raise EventError("begins with a byte order mark, as where files were joined; remove it", self._names[0])
        event: dict[str, Any] = {self._format.values_field: {}}
        for column, cell in zip(self._names, cells, strict=True):
            if cell and column is not None:
                _require_text(column, cell, encoding)
                self._add(event, column, cell)
        return event

    def _add(self, event: dict[str, Any], column: str, cell: str) -> None:
        if not column:
            raise EventError(f"{shortened(cell)} is in a column that has no name in the header")
        if column not in self._known:
            if column not in self._unknown:
                self._unknown[column] = _unknown_heading(column, self._format)
            raise EventError(self._unknown[column], column)
        group, _, name = column.partition(".")
        if column in self._whole_fields:
            event[column] = self._timestamp(cell) if column == "timestamp" else _value(column, cell)
        else:
            _nested(event, group)[name] = _value(column, cell)

    def _timestamp(self, cell: str) -> str | int:
        """Return RFC 3339 text or epoch milliseconds. Raises EventError that begins with the value in quotes."""
        time_format, zone = self._options.time_format, self._options.time_zone
        if not time_format and cell.isdecimal() and len(cell) < 20:
            return int(cell)
        try:
            # A naive one gets its time zone below.
            timestamp = datetime.strptime(cell, time_format) if time_format else datetime.fromisoformat(cell)  # noqa: DTZ007
        except ValueError as error:
            advice = "name its format with --time-format, such as '%d.%m.%Y %H:%M'"
            reason = f"does not have the format {time_format}" if time_format else f"is not ISO 8601; {advice}"
            raise EventError(f"{shortened(cell)} {reason}", "timestamp") from error
        if timestamp.utcoffset() is None:
            if not zone:
                advice = "add Z or an offset such as +02:00, or name it with --time-zone, such as Europe/Berlin"
                raise EventError(f"{shortened(cell)} has no time zone; {advice}", "timestamp")
            timestamp = timestamp.replace(tzinfo=zone)
            if timestamp.timestamp() > timestamp.replace(fold=1).timestamp():
                reason = f"does not exist in {zone}, where the clocks go forward then; correct it, or add its offset"
                raise EventError(f"{cell} {reason}", "timestamp")
        return timestamp.isoformat()


def _unknown_heading(heading: str, event_format: EventFormat) -> str:
    reason = unknown_field(heading, known_columns(heading, event_format)).reason
    values = event_format.values_field
    reason = reason.replace(f", {values}.{heading}", f", {values}.NAME")  # the end of the list of known fields
    joint = " " if reason.endswith("?") else "; "
    return f"{reason}{joint}--map '{heading}=FIELD' names its field, --map '{heading}=' drops it"


def _require_text(column: str, cell: str, encoding: str) -> None:
    if not cell.isascii() and any("\udc80" <= letter <= "\udcff" for letter in cell):
        name = "UTF-8" if encoding == "utf-8" else encoding
        advice = "save the file as UTF-8, or name its encoding with --encoding"
        raise EventError(f"holds bytes that are not {name}; {advice}", column)


def _nested(event: dict[str, Any], group: str) -> dict[str, Any]:
    nested = event.setdefault(group, {})
    if not isinstance(nested, dict):
        raise EventError("is not a JSON object, so that nothing can be added to it", group)
    return nested


def _value(column: str, cell: str) -> Any:
    if column == "extraData":
        try:
            return parse_json(cell.encode())
        except EventError as error:
            advice = 'write an object such as {"plan": "pro"}, in CSV "{""plan"": ""pro""}"'
            reason = str(error).removeprefix("not JSON: ")
            raise EventError(f"is not JSON in this cell: {reason}; {advice}", column) from error
    if column in _PIXELS:
        if not cell.isdecimal() or len(cell) >= 20:
            raise EventError(f"{shortened(cell)} is not a whole number of pixels", column)
        return int(cell)
    return cell
