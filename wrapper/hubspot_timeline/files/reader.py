"""Reads files of events in any format."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

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


def read_file(
    name: str,
    *,
    file_format: Format | None = None,
    template: str | None = None,
    csv: CsvOptions | None = None,
    occurrences: Counter[bytes] | None = None,
    waiting: Waiting | None = None,
) -> Iterator[Row | RowError]:
    """Yield the rows of a file, or of standard input for `-`.

    `file_format`: by default the one that the name implies. `template`: the eventTemplateId of rows without one.
    `csv`: how the file is written, if it is CSV; by default that is guessed.
    `occurrences`: how many equal rows without an id came before, where several files are read as one.
    `waiting`: see `open_bytes`.
    An invalid row does not end the reading. Raises FileError if the file as a whole cannot be read, or is empty.
    """
    is_csv = (file_format or Format.of(name)) is Format.CSV
    builder = RowBuilder(display_name(name), template, Counter() if occurrences is None else occurrences, is_csv)
    with open_bytes(name, waiting, is_utf8=not is_csv) as stream:
        rows = read_csv(stream, builder, csv or CsvOptions()) if is_csv else read_json_lines(stream, builder)
        first = next(rows, None)
        if first is None:
            raise FileError(f"{builder.file} holds no event")
        yield first
        yield from rows


def read_files(
    names: Iterable[str],
    on_error: Callable[[FileError], object],
    *,
    file_format: Format | None = None,
    template: str | None = None,
    csv: CsvOptions | None = None,
    waiting: Waiting | None = None,
) -> Iterator[Row | RowError]:
    """Yield the rows of several files; for one that cannot be read `on_error` is called, and the next one follows."""
    occurrences: Counter[bytes] = Counter()
    for name in names:
        try:
            yield from read_file(
                name, file_format=file_format, template=template, csv=csv, occurrences=occurrences, waiting=waiting
            )
        except FileError as error:
            on_error(error)
