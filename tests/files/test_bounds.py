"""Reading a file takes time in proportion to its size and bounded memory, whatever the file holds."""

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubspot_timeline.errors import EventError
from hubspot_timeline.files import FileError
from hubspot_timeline.files.csv_records import MAX_RECORD, CsvRecords, bounded_lines
from tests.helpers.event_files import message, read, valid_line

HEADER = b"eventTemplateId,email\n"


class CountingRecords(CsvRecords):
    """Counts the characters that are parsed."""

    parsed = 0

    def _lines(self) -> Iterator[str]:
        for line in super()._lines():
            self.parsed += len(line)
            yield line


def parsed(text: str) -> tuple[int, int]:
    """Return how many characters are parsed to read all records, and how many lines the records begin at."""
    records, lines = CountingRecords(bounded_lines(io.StringIO(text, newline="")), ","), set[int]()
    while True:
        try:
            if records.next() is None:
                return records.parsed, len(lines)
        except EventError:
            pass
        lines.add(records.line)


@pytest.mark.parametrize("line", ['a","x\n', '"a""\n', 'a,"\n', '"\n', '"""\n', 'a\n"b\n'])
def test_open_quotes_do_not_make_reading_quadratic(line: str) -> None:
    """Each of these lines opens a quote that swallows lines, or closes the one before."""
    small, _ = parsed(line * 2_000)
    large, _ = parsed(line * 4_000)

    assert large <= 2.2 * small
    assert large <= 10 * len(line) * 4_000


def test_each_line_with_an_open_quote_is_reported() -> None:
    """None is lost where lines are taken as records of their own."""
    assert parsed('a","x\n' * 2_000)[1] == 2_000


def test_rows_with_line_ends_in_cells_are_read_after_an_open_quote(tmp_path: Path) -> None:
    """The lines that it swallowed are records of several lines still."""
    rows = read(tmp_path, HEADER + b'1,"a""\n' + b'1,"a@\nb"\n' * 100, "events.csv")

    assert [message(row) for row in rows if message(row)] == [message(rows[0])]
    assert len(rows) == 101


def test_a_header_of_half_a_million_columns_is_refused(tmp_path: Path) -> None:
    """Before any row is read."""
    header = ",".join(map(str, range(500_000)))
    with pytest.raises(FileError, match=r"events\.csv:1: the header has 500,000 columns; at most 10,000 are read"):
        read(tmp_path, header.encode(), "events.csv")


@pytest.mark.parametrize("name", ["events.csv", "events.jsonl"])
@pytest.mark.parametrize("filler", [b"x", b"x,", b'"', b'""'])
@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_a_line_without_end_is_one_bad_row(tmp_path: Path, name: str, filler: bytes, compress: type[bytes]) -> None:
    """It is not kept in memory, and the rows around it are read."""
    valid = b"1,a@example.com\n" if name == "events.csv" else valid_line() + b"\n"
    header = HEADER if name == "events.csv" else b""
    content = compress(header + valid + filler * (32_000_000 // len(filler)) + b"\n" + valid)

    tracemalloc.start()
    try:
        rows = read(tmp_path, content, name)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert ["longer than" in message(row) for row in rows] == [False, True, False]
    assert peak < 40_000_000


def test_a_row_may_not_be_longer_than_a_record(tmp_path: Path) -> None:
    """Nor may it end in a line that was cut: what is read of it would be another event."""
    long = b"1,a@example.com" + b" " * MAX_RECORD
    rows = read(tmp_path, HEADER + b'1,"\n' + long + b'"\n1,a@example.com\n', "events.csv")

    assert [message(row)[:46] for row in rows] == [
        "events.csv:2: not CSV: the row does not end; i",
        "events.csv:3: the line is longer than 4,000,00",
        "",
    ]
