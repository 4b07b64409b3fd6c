"""Reading files of events, whatever their form."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from hubspot_timeline.files.csv_reader import read_csv
from hubspot_timeline.files.json_lines_reader import read_json_lines
from hubspot_timeline.files.rows import Row, Rows
from hubspot_timeline.files.sources import STANDARD_INPUT, FileError, open_bytes


class Format(StrEnum):
    """The form of a file of events."""

    JSONL = "jsonl"
    CSV = "csv"

    @classmethod
    def of(cls, name: str) -> "Format":
        """Return the form that a file's name tells: CSV for .csv and .csv.gz, else JSON Lines."""
        return cls.CSV if name.lower().removesuffix(".gz").endswith(".csv") else cls.JSONL


def read_file(
    name: str, *, form: Format | None = None, template: str | None = None, seen: Counter[bytes] | None = None
) -> Iterator[Row]:
    """Yield the rows of a file, or of standard input for `-`.

    `form`: told by the name where not given. `template`: the eventTemplateId of rows that name none. `seen`: how often
    rows without an id were seen before, where several files are read as one.
    A row that holds no event comes as an error and the rows after it go on; FileError is raised where the file as a
    whole cannot be read, or holds nothing.
    """
    shown = "standard input" if name == STANDARD_INPUT else name
    rows = Rows(shown, template, Counter() if seen is None else seen)
    found = False
    with open_bytes(name) as stream:
        is_csv = (form or Format.of(name)) is Format.CSV
        for row in read_csv(stream, rows, shown) if is_csv else read_json_lines(stream, rows):
            found = True
            yield row
    if not found:
        raise FileError(f"{shown} holds no event")


def read_files(
    names: Iterable[str],
    on_problem: Callable[[FileError], object],
    *,
    form: Format | None = None,
    template: str | None = None,
) -> Iterator[Row]:
    """Yield the rows of several files; one that cannot be read is told to `on_problem`, and the next follows."""
    seen: Counter[bytes] = Counter()
    for name in names:
        try:
            yield from read_file(name, form=form, template=template, seen=seen)
        except FileError as problem:
            on_problem(problem)
