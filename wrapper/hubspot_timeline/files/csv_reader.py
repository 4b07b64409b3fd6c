"""CSV: one event a row, its columns named in the header by their wire names.

`tokens.NAME` is a token; `extraData` holds JSON, `extraData.NAME` text; `timelineIFrame.url` and its four sisters make
an iframe. An empty cell is an absent field. A timestamp may be RFC 3339 text or epoch milliseconds.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.payload import EVENT_FIELDS, IFRAME_FIELDS
from hubspot_timeline.events.validation import unknown_field
from hubspot_timeline.files.rows import Row, Rows
from hubspot_timeline.files.sources import FileError

# A cell may hold a token of 510 KB or extraData of up to 1 MB, with its quotes doubled.
MAX_CELL = 2_000_000

_GROUPS = ("tokens", "extraData", "timelineIFrame")
_COLUMNS = (
    *(name for name in EVENT_FIELDS if name not in ("tokens", "timelineIFrame")),
    *(f"timelineIFrame.{name}" for name in IFRAME_FIELDS),
)


def read_csv(stream: io.BufferedReader, rows: Rows, file: str) -> Iterator[Row]:
    """Yield a row for each record after the header. Raises FileError if the header cannot be used."""
    csv.field_size_limit(MAX_CELL)
    # Bytes that are no UTF-8 become half surrogates, so that only the row that holds them is refused.
    text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="")
    records = _Records(text)
    try:
        header = [name.strip() for name in records.next() or []]
        _check_header(header, file)
        yield from _rows(records, header, rows)
    except csv.Error as error:
        raise FileError(f"{file}:1: the header is no CSV: {error}") from error
    finally:
        text.detach()


def _check_header(header: Sequence[str], file: str) -> None:
    if len(header) == 1 and (other := next((sign for sign in ";\t|" if sign in header[0]), None)):
        raise FileError(f"{file}:1: the columns are separated by {other!r}; save the file with commas")
    twice = {name for name in header if header.count(name) > 1}
    if twice:
        raise FileError(f"{file}:1: the column {min(twice)} stands there twice")


class _Records:
    """Reads record by record.

    After a broken one it goes on with the next line, even if an open quote has swallowed all lines since.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._source = iter(lines)
        self._back: list[str] = []  # lines to be read again, the next one last
        self._taken: list[str] = []  # lines of the present record
        self._reader = csv.reader(self._lines(), strict=True)
        self.line = 0  # of the file, where the present record begins
        self._next_line = 1

    def next(self) -> list[str] | None:
        """Return the cells of the next record, None at the end. Raises csv.Error for a broken one."""
        self.line, self._taken = self._next_line, []
        try:
            cells = next(self._reader, None)
        except csv.Error:
            self._back += reversed(self._taken[1:])
            self._reader = csv.reader(self._lines(), strict=True)
            self._next_line = self.line + 1
            raise
        self._next_line = self.line + len(self._taken)
        return cells

    @property
    def text(self) -> str:
        """The first line of the present record, as it stands in the file."""
        return self._taken[0].rstrip("\r\n") if self._taken else ""

    def _lines(self) -> Iterator[str]:
        while (line := self._back.pop() if self._back else next(self._source, None)) is not None:
            self._taken.append(line)
            yield line


def _rows(records: _Records, header: Sequence[str], rows: Rows) -> Iterator[Row]:
    while True:
        try:
            cells = records.next()
        except csv.Error as error:
            yield rows.bad(records.line, EventError(f"no CSV: {error}; is a quote not closed?"), records.text)
            continue
        if cells is None:
            return
        if cells:
            yield _row(records.line, cells, header, rows)


def _row(line: int, cells: Sequence[str], header: Sequence[str], rows: Rows) -> Row:
    text = _as_csv(cells)
    if len(cells) != len(header):
        return rows.bad(line, EventError(f"the row has {len(cells)} cells, the header {len(header)}"), text)
    try:
        return rows.good(line, _event(dict(zip(header, cells, strict=True))), text)
    except EventError as error:
        return rows.bad(line, error, text)


def _event(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return the cells of a row as an event in wire names."""
    event: dict[str, Any] = {"tokens": {}}
    for column, cell in cells.items():
        if not cell:
            continue
        if any("\udc80" <= letter <= "\udcff" for letter in cell):
            raise EventError("holds bytes that are no UTF-8", column)
        group, dot, name = column.partition(".")
        if not dot and group in EVENT_FIELDS and group not in ("tokens", "timelineIFrame"):
            event[column] = _value(column, cell)
        elif dot and group in _GROUPS and (group != "timelineIFrame" or name in IFRAME_FIELDS):
            _group(event, group)[name] = _value(column, cell)
        else:
            raise unknown_field(column, (*_COLUMNS, f"tokens.{column}"))
    return event


def _group(event: dict[str, Any], group: str) -> dict[str, Any]:
    inside = event.setdefault(group, {})
    if not isinstance(inside, dict):
        raise EventError("is no JSON object, so that nothing can be put into it", group)
    return inside


def _value(column: str, cell: str) -> Any:
    if column == "extraData":
        try:
            return json.loads(cell)
        except (ValueError, RecursionError) as error:
            raise EventError(f"is no JSON: {error}", column) from error
    whole = cell.isdecimal() and len(cell) < 20
    if column == "timestamp" or column.removeprefix("timelineIFrame.") in ("width", "height"):
        return int(cell) if whole else cell
    return cell


def _as_csv(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().rstrip("\r\n")
