"""Reads CSV: one event a row, with the JSON names of its fields, or headings that are mapped to them, in the header."""

import io
import logging
from collections.abc import Iterator

from hubspot_timeline.errors import EventError
from hubspot_timeline.files.csv_columns import CsvColumns
from hubspot_timeline.files.csv_options import CsvOptions
from hubspot_timeline.files.csv_records import CsvRecords, bounded_lines
from hubspot_timeline.files.rows import Row, RowBuilder, RowError
from hubspot_timeline.files.sources import UTF16_BOMS, FileError, require_utf8

_log = logging.getLogger(__name__)


def read_csv(stream: io.BufferedReader, builder: RowBuilder, options: CsvOptions) -> Iterator[Row | RowError]:
    """Yield a row for each record after the header. Raises FileError if the header cannot be used."""
    if stream.peek(1)[:1] == b"{":
        raise FileError(f"{builder.file} is JSON Lines, not CSV; add --format jsonl")
    lines = _DecodedLines(stream, options.encoding, builder.file)
    try:
        records = CsvRecords(lines, options.delimiter)
        if columns := _columns(records, options, builder):
            yield from _rows(records, columns, lines, builder)
    except UnicodeError as error:
        advice = "the rows before that were read; save the file as UTF-8"
        raise FileError(f"{builder.file} cannot be read as {lines.encoding}: {error}; {advice}") from error
    finally:
        lines.text.detach()


class _DecodedLines:
    """The lines of a file, which is decoded as UTF-8 until its first other character decides on cp1252."""

    def __init__(self, stream: io.BufferedReader, encoding: str | None, file: str) -> None:
        self._file = file
        self._is_guessed = encoding is None
        if encoding is None and stream.peek(2)[:2] in UTF16_BOMS:
            encoding = "utf-16"
            _log.info("%s is read as UTF-16, by its byte order mark.", file)
        elif encoding is None:
            require_utf8(stream, file)
        self.encoding = encoding or "utf-8"
        # Other bytes become half surrogates, so that only the row that holds them is refused.
        self.text = io.TextIOWrapper(stream, self.encoding, "surrogateescape", newline="")
        self._lines = self._decoded()

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _decoded(self) -> Iterator[str]:
        lines = bounded_lines(self.text)
        if not self._is_guessed or self.encoding != "utf-8":
            yield from lines
            return
        for line in lines:
            if not line.isascii():
                first = next(letter for letter in line if letter > "\x7f")
                if "\udc80" <= first <= "\udcff":
                    self.encoding = "cp1252"
                    _log.info("%s is not UTF-8 and is read as cp1252; --encoding names another encoding.", self._file)
                    yield _in_cp1252(line)
                    yield from map(_in_cp1252, lines)
                else:
                    yield line
                    yield from lines
                return
            yield line


def _in_cp1252(line: str) -> str:
    return line if line.isascii() else line.encode("utf-8", "surrogateescape").decode("cp1252", "surrogateescape")


def _columns(records: CsvRecords, options: CsvOptions, builder: RowBuilder) -> CsvColumns | None:
    """Return the columns that the first line names; None for an empty file."""
    file = builder.file
    try:
        header = records.next()
    except EventError as error:
        raise FileError(f"{file}:1: the header cannot be read: {error}") from error
    if header is None:
        return None
    if not options.delimiter and records.delimiter != ",":
        _log.info("%s is read with the delimiter %r; --delimiter names another.", file, records.delimiter)
    return CsvColumns(
        header,
        options,
        records.delimiter,
        f"{file}:1",
        builder.default_format,
        account_column=builder.account_column,
    )


def _rows(
    records: CsvRecords, columns: CsvColumns, lines: _DecodedLines, builder: RowBuilder
) -> Iterator[Row | RowError]:
    while True:
        account = None
        try:
            cells = records.next()
            if cells is None:
                return
            if any(cells):  # Excel writes empty rows below the last one
                account = columns.account(cells)
                event = columns.event(cells, lines.encoding)
                yield builder.from_mapping(records.line, event, records.text, account)
        except EventError as error:
            yield builder.invalid(records.line, error, records.text, account=account)
