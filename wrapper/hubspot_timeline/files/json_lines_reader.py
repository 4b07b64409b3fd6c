"""JSON Lines: one event a line, in wire names."""

import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.payload import prepare_line
from hubspot_timeline.files.rows import Row, Rows, line_text
from hubspot_timeline.files.sources import FileError

# An event of 1 MB, written with escapes and blanks, stays well below.
MAX_LINE_BYTES = 8_000_000

_DEAD_LETTER = {"event", "text", "outcome", "error"}


def read_json_lines(stream: io.BufferedReader, rows: Rows) -> Iterator[Row]:
    """Yield a row for each line that is not blank. Raises FileError for one JSON array."""
    line = 0
    while data := stream.readline(MAX_LINE_BYTES):
        line += 1
        if line == 1 and (data.strip() == b"[" or data.startswith(b"[{")):
            raise FileError(f"{rows.file} is one JSON array; write one event a line")
        if len(data) == MAX_LINE_BYTES and not data.endswith(b"\n"):
            _skip_line(stream)
            yield rows.bad(line, EventError(f"the line is longer than {MAX_LINE_BYTES} bytes"), "")
        elif not data.isspace():
            yield _row(line, data, rows)


def _skip_line(stream: io.BufferedReader) -> None:
    while (data := stream.readline(MAX_LINE_BYTES)) and not data.endswith(b"\n"):
        pass


def _row(line: int, data: bytes, rows: Rows) -> Row:
    if event := prepare_line(data):
        return rows.prepared(line, event, data)
    text = line_text(data)
    try:
        return rows.good(line, _object(_decoded(data)), text)
    except EventError as error:
        return rows.bad(line, error, text)


def _decoded(data: bytes) -> Any:
    """Return the JSON in a line. Raises EventError that says what is there instead, and in which column."""
    try:
        return _decode(data.decode().rstrip("\r\n"))
    except EventError:
        raise
    except UnicodeDecodeError as error:
        raise EventError(f"the byte 0x{data[error.start]:02x} in column {error.start + 1} is no UTF-8") from error
    except json.JSONDecodeError as error:
        end = "" if data.endswith(b"\n") else "; the file ends within this line"
        raise EventError(f"no JSON: {error.msg.removesuffix(' at')} in column {error.colno}{end}") from error
    except RecursionError as error:
        raise EventError("nested too deeply to be read") from error
    except ValueError as error:  # a whole number with thousands of digits
        raise EventError(f"no JSON that can be read: {error}") from error


def _object(value: object) -> dict[str, Any]:
    """Return the event that a line holds. Raises EventError if it holds none."""
    if not isinstance(value, dict):
        raise EventError(f"a JSON {type(value).__name__}, not an object")
    return _of_dead_letter(value) if value.keys() >= _DEAD_LETTER else value


def _of_dead_letter(letter: dict[str, Any]) -> dict[str, Any]:
    """Return the event in a dead letter, so that the file can be sent as it is once its cause is gone."""
    if not isinstance(letter["event"], dict):
        raise EventError("this dead letter holds no event; correct its text and write that as a line of its own")
    return dict(letter["event"])


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        name = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise EventError("stands there twice; which of the two is meant cannot be known", name)
    return found


def _refuse(constant: str) -> NoReturn:
    raise EventError(f"{constant} is no JSON; leave the value out or write it as a string")


_decode = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_without_doubles).decode
