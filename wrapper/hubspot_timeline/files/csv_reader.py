"""Reads CSV: one event a row, with the JSON names of its fields in the header.

`tokens.NAME` is an event token; `extraData` holds JSON, `extraData.NAME` text; `timelineIFrame.url` and its four
sisters make an iframe. An empty cell is an absent field. A timestamp may be RFC 3339 text or epoch milliseconds.
"""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from hubspot_timeline.errors import EventError, counted
from hubspot_timeline.events.payload import EVENT_FIELDS, IFRAME_FIELDS
from hubspot_timeline.events.validation import unknown_field
from hubspot_timeline.files.csv_records import CsvRecords
from hubspot_timeline.files.json_text import parse_json
from hubspot_timeline.files.rows import Row, RowBuilder, RowError
from hubspot_timeline.files.sources import FileError
from hubspot_timeline.templates.suggestions import shortened

MAX_COLUMNS = 10_000

_WHOLE_FIELDS = tuple(name for name in EVENT_FIELDS if name not in ("tokens", "timelineIFrame"))
_COLUMNS = (*_WHOLE_FIELDS, *(f"timelineIFrame.{name}" for name in IFRAME_FIELDS))
_PIXELS = ("timelineIFrame.width", "timelineIFrame.height")


def read_csv(stream: io.BufferedReader, builder: RowBuilder) -> Iterator[Row | RowError]:
    """Yield a row for each record after the header. Raises FileError if the header cannot be used."""
    if stream.peek(1)[:1] == b"{":
        raise FileError(f"{builder.file} is JSON Lines, not CSV; add --format jsonl")
    # Bytes that are not UTF-8 become half surrogates, so that only the row that holds them is refused.
    text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="")
    records = CsvRecords(text)
    try:
        if header := _header(records, builder.file):
            yield from _rows(records, header, builder)
    finally:
        text.detach()


def _header(records: CsvRecords, file: str) -> list[str] | None:
    """Return the names of the columns; None for an empty file."""
    try:
        names = records.next()
    except EventError as error:
        raise FileError(f"{file}:1: the header cannot be read: {error}") from error
    if names is None:
        return None
    if len(names) > MAX_COLUMNS:
        raise FileError(f"{file}:1: the header has {len(names):,} columns; at most {MAX_COLUMNS:,} are read")
    header = [name.strip() for name in names]
    if not header:
        raise FileError(f"{file}:1: the line is empty; the first line must name the columns")
    if len(header) == 1 and (separator := next((sign for sign in ";\t|" if sign in header[0]), None)):
        raise FileError(f"{file}:1: the columns are separated by {separator!r}; save the file with commas")
    duplicates = [name for name, count in Counter(header).items() if name and count > 1]
    if duplicates:
        raise FileError(f"{file}:1: the column {min(duplicates)} appears twice; rename or remove one")
    return header


def _rows(records: CsvRecords, header: Sequence[str], builder: RowBuilder) -> Iterator[Row | RowError]:
    while True:
        try:
            cells = records.next()
            if cells is None:
                return
            if cells:
                yield builder.from_mapping(records.line, _event(header, cells), records.text)
        except EventError as error:
            yield builder.invalid(records.line, error, records.text)


def _event(header: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    """Return the cells of a row as an event in JSON field names."""
    if len(cells) != len(header):
        counts = f"{counted(len(cells), 'cell')}, the header {len(header)}"
        raise EventError(f"the row has {counts}; put quotes around a cell that holds a comma")
    if cells[0].startswith("\ufeff"):
        raise EventError("begins with a byte order mark, as where files were joined; remove it", header[0])
    event: dict[str, Any] = {"tokens": {}}
    for column, cell in zip(header, cells, strict=True):
        if not cell:
            continue
        if not column:
            raise EventError(f"{shortened(cell)} is in a column that has no name in the header")
        if any("\udc80" <= letter <= "\udcff" for letter in cell):
            raise EventError("holds bytes that are not UTF-8; save the file as UTF-8", column)
        group, dot, name = column.partition(".")
        if column in _WHOLE_FIELDS:
            event[column] = _value(column, cell)
        elif (dot and group in ("tokens", "extraData")) or column in _COLUMNS:
            _nested(event, group)[name] = _value(column, cell)
        else:
            raise unknown_field(column, (*_COLUMNS, f"tokens.{column}"))
    return event


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
    if column in (*_PIXELS, "timestamp") and cell.isdecimal() and len(cell) < 20:
        return int(cell)
    if column in _PIXELS:
        raise EventError(f"{shortened(cell)} is not a whole number of pixels", column)
    return cell
