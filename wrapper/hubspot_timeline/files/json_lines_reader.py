"""Reads JSON Lines: one event a line, in JSON field names."""

import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.payload import prepare_line
from hubspot_timeline.files.rows import Row, RowBuilder, RowError
from hubspot_timeline.files.sources import FileError

# An event of 1 MB, written with escapes and blanks, stays well below.
MAX_LINE_BYTES = 8_000_000

_DEAD_LETTER = {"event", "text", "outcome", "error"}


def read_json_lines(stream: io.BufferedReader, builder: RowBuilder) -> Iterator[Row | RowError]:
    """Yield a row for each line that is not blank. Raises FileError if the file is one JSON array."""
    number, file = 0, builder.file
    while line := stream.readline(MAX_LINE_BYTES):
        number += 1
        if len(line) < MAX_LINE_BYTES and (event := prepare_line(line)):
            yield Row(event.payload, event.body, file, number)
        elif number == 1 and (line.strip() == b"[" or line.startswith(b"[{")):
            raise FileError(f"{file} is one JSON array; write one event a line")
        elif len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            _skip_line(stream)
            yield builder.invalid(number, EventError(f"the line is longer than {MAX_LINE_BYTES} bytes"), "")
        elif not line.isspace():
            yield _normalized_row(number, line, builder)


def _skip_line(stream: io.BufferedReader) -> None:
    while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _normalized_row(number: int, line: bytes, builder: RowBuilder) -> Row | RowError:
    """Return the row of a line that has to be normalised before it can be sent, or explained."""
    text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
    try:
        return builder.from_mapping(number, _event(_decoded(line)), text)
    except EventError as error:
        return builder.invalid(number, error, text)


def _decoded(line: bytes) -> Any:
    """Return the JSON in a line. Raises EventError with the column of what is not JSON."""
    try:
        return _decode(line.decode().rstrip("\r\n"))
    except EventError:
        raise
    except UnicodeDecodeError as error:
        raise EventError(f"the byte 0x{line[error.start]:02x} in column {error.start + 1} is not UTF-8") from error
    except json.JSONDecodeError as error:
        end = "" if line.endswith(b"\n") else "; the file ends within this line"
        raise EventError(f"not JSON: {error.msg.removesuffix(' at')} in column {error.colno}{end}") from error
    except RecursionError as error:
        raise EventError("nested too deeply to be read") from error
    except ValueError as error:  # a whole number with thousands of digits
        raise EventError(f"not readable as JSON: {error}") from error


def _event(value: object) -> dict[str, Any]:
    """Return the event of a line or of a dead letter, which can so be sent as it is once its cause is gone."""
    if not isinstance(value, dict):
        raise EventError(f"a JSON {type(value).__name__}, not an object")
    if not value.keys() >= _DEAD_LETTER:
        return value
    if not isinstance(value["event"], dict):
        raise EventError(
            "this dead letter has no event; correct its text, and send that in a file of the format it came from"
        )
    return dict(value["event"])


def _refuse_duplicate_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        name = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise EventError("appears twice, so its value is ambiguous", name)
    return fields


def _refuse_constant(constant: str) -> NoReturn:
    raise EventError(f"{constant} is not JSON; leave the value out or write it as a string")


_decode = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_refuse_duplicate_names).decode
