"""The failures of a run, as a person and a program see them."""

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import define, field
from rich.console import Console
from rich.text import Text

from hubspot_timeline.delivery.outcomes import Created, Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.errors import StoppedError, TimelineError
from hubspot_timeline.files import DeadLetters, FileError, Row

# How many failures are shown one by one; all are in the dead-letter file.
_SHOWN = 20


@define
class Failures:
    """Follows rows from the file to their outcome, tells the first failures and writes all of them down."""

    console: Console
    letters: DeadLetters | None = None
    has_journal: bool = False
    problems: int = 0
    _shown: int = field(default=0, init=False)
    _hidden: int = field(default=0, init=False)
    _stop: StoppedError | None = field(default=None, init=False)
    _rows: dict[int, Row] = field(factory=dict, init=False)

    def events(self, rows: Iterable[Row]) -> Iterator[Any]:
        """Yield the event of each row, and remember the row until its outcome is known."""
        for position, row in enumerate(rows):
            self._rows[position] = row
            yield row.given

    def outcome(self, outcome: Outcome) -> None:
        """Take the outcome of an event."""
        row = self._rows.pop(outcome.position)
        if isinstance(outcome, Created):
            return
        assert isinstance(outcome, Rejected | Unconfirmed | Unsent)  # noqa: S101 - there are four outcomes
        self.tell(row.origin, outcome.error)
        try:
            # With a journal, the same command sends again what is open; so must nobody else.
            if self.letters and (isinstance(outcome, Rejected) or not self.has_journal):
                self.letters.write(outcome, row)
        except FileError as error:  # told once; the counts go on
            self.letters = None
            self.problem(error)

    def problem(self, problem: FileError) -> None:
        """Take a file that cannot be read."""
        self.problems += 1
        self.console.print(Text(str(problem)), style="red")

    def tell(self, origin: str, error: TimelineError) -> None:
        """Show one failure, if not too many were shown; of those that a stop brings, only the first."""
        is_repeated = isinstance(error, StoppedError) and error is self._stop
        self._stop = error if isinstance(error, StoppedError) else self._stop
        if is_repeated or self._shown == _SHOWN:
            self._hidden += 1
        else:
            self._shown += 1
            self.console.print(Text(f"{origin}: {error}"), soft_wrap=True)

    def tell_rest(self) -> None:
        """Say how many failures were not shown."""
        if self._hidden:
            where = f"; see {self.letters.path}" if self.letters and self.letters.count else ""
            self.console.print(Text(f"… and {self._hidden:,} more{where}"), soft_wrap=True)
