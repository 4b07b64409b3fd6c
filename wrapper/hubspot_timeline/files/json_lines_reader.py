"""Reads JSON Lines, one event a line in JSON field names, or a JSON array of events."""

import io
import re
import shlex
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.payload import APP_EVENTS, V3, format_of, prepare_line
from hubspot_timeline.events.validation import MAX_EVENT_BYTES
from hubspot_timeline.files.json_text import JsonError, json_type, parse_json
from hubspot_timeline.files.rows import Row, RowBuilder, RowError, checked_account
from hubspot_timeline.files.sources import FileError, to_utf8
from hubspot_timeline.templates.suggestions import suggestion

# An event of 1 MB, written with escapes and blanks, stays well below.
MAX_LINE_BYTES = 8_000_000
# An array is read as a whole, which bounds the memory that it may take.
MAX_ARRAY_BYTES = 32_000_000

# So many rows are held back until one has its account.
_MAX_FIRST = 100

_TOO_LONG = f"the line is longer than {MAX_LINE_BYTES:,} bytes, and an event has at most {MAX_EVENT_BYTES:,}"
_ARRAY_START = re.compile(rb"\s*\[\s*(\{|\]|\Z)")
_INDENTED_START = re.compile(rb"\s*\{[ \t]*\r?\n[ \t]*\"")
_SEPARATORS = re.compile(r"[,;\t|]")
_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_DEAD_LETTER = {"event", "text", "outcome", "error"}


def read_json_lines(stream: io.BufferedReader, builder: RowBuilder) -> Iterator[Row | RowError]:
    """Yield a row for each line that is not blank, or for each element of an array.

    Raises FileError if the file is CSV, or JSON that spans lines and is not an array, or if the first rows have no
    field for their account.
    """
    rows = _rows(stream, builder)
    yield from rows if builder.account_column is None else _with_account_field(rows, builder.account_column, builder)


def _with_account_field(rows: Iterator[Row | RowError], name: str, builder: RowBuilder) -> Iterator[Row | RowError]:
    """Yield rows. Raises FileError if none of the first ones has the field, so that it is not the one of the file."""
    first: list[Row | RowError] = []
    found: dict[str, None] = {}  # in the order of the file
    for row in rows:
        first.append(row)
        fields = _field_names(row)
        if row.account is not None or name in fields:
            found.clear()
            break
        found |= dict.fromkeys(fields)
        if len(first) == _MAX_FIRST:
            break
    if found:
        which = f"none of its first {_MAX_FIRST} rows" if len(first) == _MAX_FIRST else "no row"
        advice = suggestion(name, found)
        raise FileError(f"{builder.file}: {which} has the field {name!r} with the account of the row; {advice}")
    yield from first
    yield from rows


def _field_names(row: Row | RowError) -> Iterable[str]:
    """Return the fields that a row has in its file, none if it is not an object."""
    try:
        fields = msgspec.json.decode(row.text if isinstance(row, RowError) else row.body, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(fields["event"], type=dict[str, Any]) if fields.keys() >= _DEAD_LETTER else fields
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return ()


def _rows(stream: io.BufferedReader, builder: RowBuilder) -> Iterator[Row | RowError]:
    number, file = 0, builder.file
    start = stream.peek()
    if _ARRAY_START.match(start):
        yield from _array_rows(stream, builder)
        return
    if _INDENTED_START.match(start):
        raise FileError(f"{file} has JSON over several lines; {_conversion('.', file)}")
    while line := stream.readline(MAX_LINE_BYTES):
        number += 1
        if len(line) < MAX_LINE_BYTES and (row := _row_as_it_is(number, line, builder)):
            yield row
        elif len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            _skip_line(stream)
            yield builder.invalid(number, EventError(_TOO_LONG), "")
        elif not line.isspace():
            if number == 1:
                _require_json_lines(line, file)
            yield _explained_row(number, line, builder)


def _array_rows(stream: io.BufferedReader, builder: RowBuilder) -> Iterator[Row | RowError]:
    content = stream.read(MAX_ARRAY_BYTES + 1)
    if len(content) > MAX_ARRAY_BYTES:
        advice = _conversion(".[]", builder.file)
        raise FileError(f"{builder.file} is a JSON array of more than {MAX_ARRAY_BYTES:,} bytes; {advice}")
    try:
        elements = msgspec.json.decode(content, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as error:
        raise FileError(f"{builder.file} begins as a JSON array, but is not one to its end: {error}") from error
    line, position = 1, 0
    for element in map(bytes, elements):
        start = content.index(element, position)
        line += content.count(b"\n", position, start)
        position = start
        yield _row_as_it_is(line, element, builder) or _explained_row(line, element, builder)


def _conversion(jq_filter: str, file: str) -> str:
    return f"convert it to one event a line: jq -c '{jq_filter}' {shlex.quote(file)} > events.jsonl"


def _require_json_lines(line: bytes, file: str) -> None:
    names = _SEPARATORS.split(line.decode(errors="replace"))
    if any(name.strip().strip('"') in (*V3.fields, *APP_EVENTS.fields) for name in names):
        raise FileError(f"{file} is CSV, not JSON Lines; add --format csv")


def _skip_line(stream: io.BufferedReader) -> None:
    while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _row_as_it_is(number: int, line: bytes, builder: RowBuilder) -> Row | None:
    """Return the row of a line that is valid as it is."""
    account = None
    if builder.account_column is not None:
        line, account = _without_account(line, builder.account_column)
    event = prepare_line(line)
    return Row(event.payload, event.body, builder.file, number, account) if event else None


def _without_account(line: bytes, field: str) -> tuple[bytes, str]:
    """Return the event and the account of a line; two empty values if that takes a closer look."""
    try:
        fields = _decode_fields(line)
        raw = fields.pop(field)
        account = checked_account(msgspec.json.decode(raw), field)
        rest = msgspec.json.encode(fields)
    except Exception:  # noqa: BLE001 - the caller reads the line again to explain what is wrong
        return b"", ""
    # Decoding drops all but the last of equal names, each with its quotation marks.
    is_complete = line.count(b'"') == rest.count(b'"') + bytes(raw).count(b'"') + 2
    return (rest, account) if is_complete and field not in (*V3.fields, *APP_EVENTS.fields) else (b"", "")


def _explained_row(number: int, line: bytes, builder: RowBuilder) -> Row | RowError:
    """Return the row of a line that has to be normalised before it can be sent, or explained."""
    text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
    try:
        event, account = _event(parse_json(line.rstrip(b"\r\n")), builder)
        return builder.from_mapping(number, event, text, account)
    except EventError as error:
        if isinstance(error.__cause__, UnicodeDecodeError):
            reason = f"the file is not UTF-8; if it is cp1252, {to_utf8(builder.file, 'cp1252')}"
            return builder.invalid(number, EventError(reason), text, is_shared=True)
        if isinstance(error, JsonError) and error.is_cut_off:
            advice = "write each event in one line" if line.endswith(b"\n") else "the file ends within this line"
            error = EventError(f"{error.reason}; {advice}")
        return builder.invalid(number, error, text)


def _event(value: object, builder: RowBuilder) -> tuple[dict[str, Any], object]:
    """Return the event of a line or of a dead letter, which can so be sent as it is once its cause is gone.

    With it, its account, which the field of its name is not a part of the event for, unless events have such a field.
    """
    if not isinstance(value, dict):
        raise EventError(f'the line is {json_type(value)}, not an object such as {{"eventTemplateId": "1", …}}')
    account = None
    if value.keys() >= _DEAD_LETTER:
        account, value = value.get("account"), value["event"]
        if not isinstance(value, dict):
            raise EventError(
                'this dead letter has no event; correct the row in its key "text", and send that in a file of the '
                "format that it came from, for CSV below the header line"
            )
        if account is not None and builder.account_column is None:
            raise FileError(
                f"{builder.file} holds dead letters of several accounts; set account_column to 'account', where they "
                "have theirs"
            )
    event = dict(value)
    if (name := builder.account_column) is not None:
        is_field = name in format_of(event, builder.default_format).fields
        found = event.get(name) if is_field else event.pop(name, None)
        account = found if account is None else account
    return event, account
