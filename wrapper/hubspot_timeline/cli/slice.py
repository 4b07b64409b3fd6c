"""--skip and --limit: the part of the events that a run reads, counted over all of its files."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Annotated, TypeAlias, TypeVar

import typer
from attrs import frozen

from hubspot_timeline.errors import JournalError

T = TypeVar("T")

Skip: TypeAlias = Annotated[
    int,
    typer.Option(
        help="Leave out the first events: rows, valid or not, of all files together, without blank lines and headers. "
        "They are read, so that the ids of the others stay the same.",
        min=0,
    ),
]
Limit: TypeAlias = Annotated[
    int | None,
    typer.Option(
        help="End after so many events, counted as for --skip from the first that is not left out, also those that a "
        "journal has settled.",
        show_default="all",
        min=1,
    ),
]


@frozen
class Slice:
    """The events after the first `skip`, at most `limit` of them (None: all)."""

    skip: int = 0
    limit: int | None = None

    def of(self, rows: Iterator[T]) -> Iterator[T]:
        """Yield the rows of the part; none is read after the last."""
        end = None if self.limit is None else min(self.skip + self.limit, sys.maxsize)
        return islice(rows, min(self.skip, sys.maxsize), end)

    def size(self, rows: int | None) -> int | None:
        """Return how many rows of so many are in the part; None if that is unknown."""
        return None if rows is None else len(range(rows)[self.skip :][: self.limit])

    def note(self, total: int) -> str:
        """Return why a run has read no event, if `skip` may be the reason."""
        return "Nothing was read after the events that --skip leaves out." if self.skip and not total else ""

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Say of an error of the journal that it may be about another part of the same files."""
        try:
            yield
        except JournalError as error:
            if self == Slice():
                raise
            advice = "With a journal, --skip must be the same in each run, and --limit not be smaller than before"
            counted = f"; positions count from the event after the first {self.skip:,}" if self.skip else ""
            raise JournalError(f"{error} {advice}{counted}.") from error
