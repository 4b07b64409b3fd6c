"""Splits CSV text into records: in linear time and bounded memory, whatever the text holds."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.validation import MAX_EVENT_BYTES

# An event of 1 MB with its quotes doubled and some of its characters escaped stays below.
MAX_RECORD = 4_000_000
# How often, on average, a character of the file may be read again after an open quote.
_MAX_READS = 8
_DELIMITERS = ",;\t|"

_TOO_LONG = f"the line is longer than {MAX_RECORD:,} characters, and an event has at most {MAX_EVENT_BYTES:,} bytes"


class CsvRecords:
    """Reads record by record.

    After a broken one it goes on with the next line, even if an open quote has swallowed all lines since. Where that
    happens so often that the time would be quadratic, each of these lines is taken as a record of its own.
    Lines have at most MAX_RECORD characters, as those of `bounded_lines`. The delimiter is by default the one that
    makes the most cells of the first line.
    """

    def __init__(self, lines: Iterable[str], delimiter: str | None = None) -> None:
        csv.field_size_limit(MAX_RECORD)
        source = iter(lines)
        first = next(source, "")
        self.delimiter: str = delimiter or _delimiter(first)
        self._source = chain([first], source) if first else source
        self._pushed_back: list[str] = []  # lines to be read again, the next one last
        self._current: list[str] = []  # lines of the present record
        self._read = self._reread = 0  # characters of the file, and those of them that were read again
        self._reader = self._new_reader()
        self.line: int = 0  # of the file, where the present record begins
        self._next_line = 1

    def next(self) -> list[str] | None:
        """Return the cells of the next record, None at the end. Raises EventError for a broken one."""
        self.line, self._current = self._next_line, []
        try:
            return next(self._reader, None)
        except csv.Error as error:
            self._push_back()
            raise EventError(f"not CSV: {error}; is a quote not closed?") from error
        except _LineTooLongError as error:
            self._push_back()
            self._current = [""]
            raise EventError(_TOO_LONG) from error
        finally:
            self._next_line = self.line + len(self._current)

    @property
    def text(self) -> str:
        """The present record as it stands in the file; of a broken one, its first line; "" if that is too long."""
        return "".join(self._current).rstrip("\r\n")

    def _new_reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines(), delimiter=self.delimiter, strict=True)

    def _push_back(self) -> None:
        again = self._current[1:]
        self._reread += sum(map(len, again))
        self._pushed_back += reversed(again)
        self._current = self._current[:1]
        self._reader = self._new_reader()

    def _lines(self) -> Iterator[str]:
        """Yield the lines of the present record, as far as it may go on."""
        size = 0
        while (line := self._next_line_of_file()) is not None:
            is_first = not self._current
            self._current.append(line)
            size = len(line) if is_first else size + len(line)
            if is_first and size == MAX_RECORD:
                raise _LineTooLongError
            if not is_first and (size > MAX_RECORD or self._reread > _MAX_READS * self._read):
                raise csv.Error("the row does not end")
            yield line

    def _next_line_of_file(self) -> str | None:
        if self._pushed_back:
            return self._pushed_back.pop()
        line = next(self._source, None)
        self._read += len(line or "")
        return line


class _LineTooLongError(Exception):
    """A line exceeds what a record may have."""


def bounded_lines(text: io.TextIOBase) -> Iterator[str]:
    """Yield the lines of a text, of a line that is too long only the first MAX_RECORD characters."""
    while line := text.readline(MAX_RECORD):
        yield line
        while len(line) == MAX_RECORD and not line.endswith(("\n", "\r")):
            line = text.readline(MAX_RECORD)


def _delimiter(header: str) -> str:
    # csv.Sniffer looks at rows as well, takes letters of theirs for delimiters, and may need quadratic time.
    return max(_DELIMITERS, key=lambda delimiter: len(next(csv.reader([header], delimiter=delimiter), ())))
