"""Reads files of events in any format."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import TypedDict, Unpack

from hubspot_timeline.events.payload import V3, EventFormat
from hubspot_timeline.files.csv_options import CsvOptions
from hubspot_timeline.files.csv_reader import read_csv
from hubspot_timeline.files.json_lines_reader import read_json_lines
from hubspot_timeline.files.rows import Row, RowBuilder, RowError
from hubspot_timeline.files.sources import FileError, Waiting, display_name, open_bytes


class Format(StrEnum):
    """The format of a file of events."""

    JSONL = "jsonl"
    CSV = "csv"

    @classmethod
    def of(cls, name: str) -> "Format":
        """Return the format that the name of a file implies: CSV for .csv and .tsv, also with .gz, else JSON Lines."""
        return cls.CSV if name.lower().removesuffix(".gz").endswith((".csv", ".tsv")) else cls.JSONL


class FileOptions(TypedDict, total=False):
    """How files are written, as keyword arguments.

    `file_format`: by default the one that the name implies. `csv`: how CSV is written; by default that is guessed.
    `template`, `event_type`: the eventTemplateId or eventTypeName of rows without one. `event_format`: that of events
    whose names do not tell it; by default that of v3. `account_column`: the column of CSV by its heading, or the field
    of JSON Lines, that names the account of each row, whose rows have an `account` then.
    """

    file_format: Format | None
    csv: CsvOptions | None
    template: str | None
    event_type: str | None
    event_format: EventFormat
    account_column: str | None


def read_file(
    name: str,
    *,
    occurrences: Counter[bytes] | None = None,
    waiting: Waiting | None = None,
    **options: Unpack[FileOptions],
) -> Iterator[Row | RowError]:
    """Yield the rows of a file, or of standard input for `-`.

    `occurrences`: how many equal rows without an id came before, where several files are read as one.
    `waiting`: see `open_bytes`.
    An invalid row does not end the reading. Raises FileError if the file as a whole cannot be read, or is empty.
    """
    is_csv = (options.get("file_format") or Format.of(name)) is Format.CSV
    defaults = {"eventTemplateId": options.get("template"), "eventTypeName": options.get("event_type")}
    builder = RowBuilder(
        display_name(name),
        {field: value for field, value in defaults.items() if value},
        options.get("event_format", V3),
        Counter() if occurrences is None else occurrences,
        is_csv,
        options.get("account_column"),
    )
    with open_bytes(name, waiting, is_utf8=not is_csv) as stream:
        csv = options.get("csv") or CsvOptions()
        rows = read_csv(stream, builder, csv) if is_csv else read_json_lines(stream, builder)
        first = next(rows, None)
        if first is None:
            raise FileError(f"{builder.file} holds no event")
        yield first
        yield from rows


def read_files(
    names: Iterable[str],
    on_error: Callable[[FileError], object],
    *,
    waiting: Waiting | None = None,
    **options: Unpack[FileOptions],
) -> Iterator[Row | RowError]:
    """Yield the rows of several files; for one that cannot be read `on_error` is called, and the next one follows."""
    occurrences: Counter[bytes] = Counter()
    for name in names:
        try:
            yield from read_file(name, occurrences=occurrences, waiting=waiting, **options)
        except FileError as error:
            on_error(error)
