"""CSV: one event a row, its columns named in the header by their wire names.

`tokens.NAME` is a token; `extraData` holds JSON, `extraData.NAME` text; `timelineIFrame.url` and its four sisters make
an iframe. An empty cell is an absent field. A timestamp may be RFC 3339 text or epoch milliseconds.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hubspot_timeline.checks import IFRAME_FIELDS
from hubspot_timeline.errors import EventError
from hubspot_timeline.files.rows import Row, Rows
from hubspot_timeline.files.sources import FileError
from hubspot_timeline.wire import FIELDS, unknown_field

# A cell may hold a token of 510 KB or extraData of up to 1 MB, with its quotes doubled.
MAX_CELL = 2_000_000

_GROUPS = ("tokens", "extraData", "timelineIFrame")
_COLUMNS = (
    *(name for name in FIELDS if name not in ("tokens", "timelineIFrame")),
    *(f"timelineIFrame.{name}" for name in IFRAME_FIELDS),
)


def read_csv(stream: io.BufferedReader, rows: Rows, file: str) -> Iterator[Row]:
    """Yield a row for each record after the header. Raises FileError if a column is named twice."""
    csv.field_size_limit(MAX_CELL)
    # Bytes that are no UTF-8 become half surrogates, so that only the row that holds them is refused.
    text = io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline="")
    reader = csv.reader(text, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if len(header) == 1 and (other := next((sign for sign in ";\t|" if sign in header[0]), None)):
            raise FileError(f"{file}:1: the columns are separated by {other!r}; save the file with commas")
        twice = {name for name in header if header.count(name) > 1}
        if twice:
            raise FileError(f"{file}:1: the column {min(twice)} stands there twice")
        yield from _records(reader, header, rows)
    except csv.Error as error:
        raise FileError(f"{file}:1: the header is no CSV: {error}") from error
    finally:
        text.detach()


def _records(reader: Any, header: Sequence[str], rows: Rows) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield rows.bad(line, EventError(f"no CSV: {error}"), "")
            continue
        if cells:
            yield _row(line, cells, header, rows)


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
        if not dot and group in FIELDS and group not in ("tokens", "timelineIFrame"):
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
