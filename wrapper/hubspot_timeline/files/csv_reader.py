"""Reads CSV: one event a row, with the JSON names of its fields in the header.

`tokens.NAME` is an event token; `extraData` holds JSON, `extraData.NAME` text; `timelineIFrame.url` and its four
sisters make an iframe. An empty cell is an absent field. A timestamp may be RFC 3339 text or epoch milliseconds.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hubspot_timeline.errors import EventError, counted
from hubspot_timeline.events.payload import EVENT_FIELDS, IFRAME_FIELDS
from hubspot_timeline.events.validation import unknown_field
from hubspot_timeline.files.json_text import parse_json
from hubspot_timeline.files.rows import Row, RowBuilder, RowError
from hubspot_timeline.files.sources import FileError
from hubspot_timeline.templates.suggestions import shortened

# A cell may hold a token of 510 KB or extraData of up to 1 MB, with its quotes doubled.
MAX_CELL = 2_000_000

_WHOLE_FIELDS = tuple(name for name in EVENT_FIELDS if name not in ("tokens", "timelineIFrame"))
_COLUMNS = (*_WHOLE_FIELDS, *(f"timelineIFrame.{name}" for name in IFRAME_FIELDS))
_PIXELS = ("timelineIFrame.width", "timelineIFrame.height")


def read_csv(stream: io.BufferedReader, builder: RowBuilder) -> Iterator[Row | RowError]:
    """Yield a row for each record after the header. Raises FileError if the header cannot be used."""
    if stream.peek(1)[:1] == b"{":
        raise FileError(f"{builder.file} is JSON Lines, not CSV; add --format jsonl")
    csv.field_size_limit(MAX_CELL)
    # Bytes that are not UTF-8 become half surrogates, so that only the row that holds them is refused.
    text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="")
    records = _Records(text)
    try:
        names = records.next()
        if names is not None:
            header = [name.strip() for name in names]
            _check_header(header, builder.file)
            yield from _rows(records, header, builder)
    except csv.Error as error:
        raise FileError(f"{builder.file}:1: the header is not CSV: {error}; is a quote not closed?") from error
    finally:
        text.detach()


def _check_header(header: Sequence[str], file: str) -> None:
    if not header:
        raise FileError(f"{file}:1: the line is empty; the first line must name the columns")
    if len(header) == 1 and (separator := next((sign for sign in ";\t|" if sign in header[0]), None)):
        raise FileError(f"{file}:1: the columns are separated by {separator!r}; save the file with commas")
    duplicates = {name for name in header if name and header.count(name) > 1}
    if duplicates:
        raise FileError(f"{file}:1: the column {min(duplicates)} appears twice; rename or remove one")


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
            self._current = self._current[:1]
            self._reader = csv.reader(self._lines(), strict=True)
            raise
        finally:
            self._next_line = self.line + len(self._current)
        return cells

    @property
    def text(self) -> str:
        """The present record as it stands in the file; of a broken one, its first line."""
        return "".join(self._current).rstrip("\r\n")

    def _lines(self) -> Iterator[str]:
        while (line := self._pushed_back.pop() if self._pushed_back else next(self._source, None)) is not None:
            self._current.append(line)
            yield line


def _rows(records: _Records, header: Sequence[str], builder: RowBuilder) -> Iterator[Row | RowError]:
    while True:
        try:
            cells = records.next()
            if cells is None:
                return
            if cells:
                yield builder.from_mapping(records.line, _event(header, cells), records.text)
        except csv.Error as error:
            yield builder.invalid(records.line, EventError(f"not CSV: {error}; is a quote not closed?"), records.text)
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
