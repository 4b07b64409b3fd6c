"""Reads CSV: one event a row, with the JSON names of its fields in the header.

`tokens.NAME` is an event token; `extraData` holds JSON, `extraData.NAME` text; `timelineIFrame.url` and its four
sisters make an iframe. An empty cell is an absent field. A timestamp may be RFC 3339 text or epoch milliseconds.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.payload import EVENT_FIELDS, IFRAME_FIELDS
from hubspot_timeline.events.validation import unknown_field
from hubspot_timeline.files.rows import Row, RowBuilder, RowError
from hubspot_timeline.files.sources import FileError

# A cell may hold a token of 510 KB or extraData of up to 1 MB, with its quotes doubled.
MAX_CELL = 2_000_000

_WHOLE_FIELDS = tuple(name for name in EVENT_FIELDS if name not in ("tokens", "timelineIFrame"))
_COLUMNS = (*_WHOLE_FIELDS, *(f"timelineIFrame.{name}" for name in IFRAME_FIELDS))
_NUMBERS = ("timestamp", "timelineIFrame.width", "timelineIFrame.height")


def read_csv(stream: io.BufferedReader, builder: RowBuilder) -> Iterator[Row | RowError]:
    """Yield a row for each record after the header. Raises FileError if the header cannot be used."""
    csv.field_size_limit(MAX_CELL)
    # Bytes that are not UTF-8 become half surrogates, so that only the row that holds them is refused.
    text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="")
    records = _Records(text)
    try:
        header = [name.strip() for name in records.next() or []]
        _check_header(header, builder.file)
        yield from _rows(records, header, builder)
    except csv.Error as error:
        raise FileError(f"{builder.file}:1: the header is not CSV: {error}") from error
    finally:
        text.detach()


def _check_header(header: Sequence[str], file: str) -> None:
    if len(header) == 1 and (separator := next((sign for sign in ";\t|" if sign in header[0]), None)):
        raise FileError(f"{file}:1: the columns are separated by {separator!r}; save the file with commas")
    duplicates = {name for name in header if header.count(name) > 1}
    if duplicates:
        raise FileError(f"{file}:1: the column {min(duplicates)} appears twice")


class _Records:
    """Reads record by record.

    After a broken one it goes on with the next line, even if an open quote has swallowed all lines since.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._pushed_back: list[str] = []  # lines to be read again, the next one last
        self._current: list[str] = []  # lines of the present record
        self._reader = csv.reader(self._lines(), strict=True)
        self.line = 0  # of the file, where the present record begins
        self._next_line = 1

    def next(self) -> list[str] | None:
        """Return the cells of the next record, None at the end. Raises csv.Error for a broken one."""
        self.line, self._current = self._next_line, []
        try:
            cells = next(self._reader, None)
        except csv.Error:
            self._pushed_back += reversed(self._current[1:])
            self._reader = csv.reader(self._lines(), strict=True)
            self._next_line = self.line + 1
            raise
        self._next_line = self.line + len(self._current)
        return cells

    @property
    def first_line(self) -> str:
        """The first line of the present record."""
        return self._current[0].rstrip("\r\n") if self._current else ""

    def _lines(self) -> Iterator[str]:
        while (line := self._pushed_back.pop() if self._pushed_back else next(self._source, None)) is not None:
            self._current.append(line)
            yield line


def _rows(records: _Records, header: Sequence[str], builder: RowBuilder) -> Iterator[Row | RowError]:
    while True:
        try:
            cells = records.next()
        except csv.Error as error:
            reason = EventError(f"not CSV: {error}; is a quote not closed?")
            yield builder.invalid(records.line, reason, records.first_line)
            continue
        if cells is None:
            return
        if cells:
            yield _row(records.line, cells, header, builder)


def _row(line: int, cells: Sequence[str], header: Sequence[str], builder: RowBuilder) -> Row | RowError:
    text = _csv_text(cells)
    if len(cells) != len(header):
        return builder.invalid(line, EventError(f"the row has {len(cells)} cells, the header {len(header)}"), text)
    try:
        return builder.from_mapping(line, _event(dict(zip(header, cells, strict=True))), text)
    except EventError as error:
        return builder.invalid(line, error, text)


def _event(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the cells of a row as an event in JSON field names."""
    event: dict[str, Any] = {"tokens": {}}
    for column, cell in cells.items():
        if not cell:
            continue
        if any("\udc80" <= letter <= "\udcff" for letter in cell):
            raise EventError("holds bytes that are not UTF-8", column)
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
            return json.loads(cell)
        except (ValueError, RecursionError) as error:
            raise EventError(f"is not JSON: {error}", column) from error
    is_number = column in _NUMBERS and cell.isdecimal() and len(cell) < 20
    return int(cell) if is_number else cell


def _csv_text(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().rstrip("\r\n")
