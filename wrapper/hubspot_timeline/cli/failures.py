"""The failures of a run: the first ones on the console, all of them in the dead-letter file."""

import re
from threading import Lock

from attrs import define, field
from rich.console import Console

from hubspot_timeline.cli.console import show
from hubspot_timeline.cli.errors import in_command_words, show_error
from hubspot_timeline.delivery.outcomes import Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.errors import ApiError, StoppedError, TimelineError
from hubspot_timeline.files import DeadLetters, FileError, Row, RowError

# All are in the dead-letter file.
_MAX_SHOWN = 20

_QUOTED_TIME = re.compile(r"(?<=^timestamp: )'.*?' ")


@define
class Failures:
    """Reports outcomes other than Created, of events that are rows of files. Several threads may report at once."""

    console: Console
    dead_letters: DeadLetters | None = None
    has_journal: bool = False
    file_errors: int = 0
    _are_written: bool = field(default=True, init=False)
    _shown: int = field(default=0, init=False)
    _hidden: int = field(default=0, init=False)
    _shown_causes: set[object] = field(factory=set, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def report(self, outcome: Outcome) -> None:
        """Show an outcome and write it down, unless the event was created."""
        row = outcome.source
        if not isinstance(outcome, Rejected | Unconfirmed | Unsent) or not isinstance(row, Row | RowError):
            return
        with self._lock:
            # With a journal, the same command sends again what is not settled; no other command must.
            if self.dead_letters and self._are_written and (isinstance(outcome, Rejected) or not self.has_journal):
                try:
                    self.dead_letters.write(outcome, row)
                except FileError as error:  # shown once; the run goes on, and all further failures are shown
                    self._are_written = False
                    self.report_file(error)
            self.show(row.origin, outcome.error, account=row.account, is_unsent=isinstance(outcome, Unsent))

    def report_file(self, error: FileError) -> None:
        """Show a file that cannot be read or written."""
        self.file_errors += 1
        show_error(self.console, str(error))

    def show(self, origin: str, error: TimelineError, *, account: str | None = None, is_unsent: bool = False) -> None:
        """Show a failure, if not too many were shown; of those that one column or one stop causes, only the first."""
        cause = (account, _cause_of_stop(error)) if is_unsent else _shared_cause(origin, error)
        if cause in self._shown_causes or (self._shown >= _MAX_SHOWN and self._are_written):
            self._hidden += 1
            return
        self._shown += 1
        if cause:
            self._shown_causes.add(cause)
        if isinstance(error, RowError) and error.is_shared and error.reason.startswith("unknown field"):
            origin = f"{origin.rpartition(':')[0]}:1"  # the header of the CSV file
        place = origin if account is None else f"{origin}: account {account}"
        show(self.console, f"{place}: {in_command_words(str(error))}")

    def show_hidden_count(self) -> None:
        """Show how many failures were not shown."""
        if self._hidden:
            file = f"; see {self.dead_letters.path}" if self.dead_letters and self.dead_letters.count else ""
            show(self.console, f"… and {self._hidden:,} more{file}")


def _shared_cause(origin: str, error: TimelineError) -> object:
    """Return what other failures have in common with this one; None if they have nothing."""
    if isinstance(error, RowError) and error.is_shared:
        return origin.rpartition(":")[0], _QUOTED_TIME.sub("", str(error))
    return None


def _cause_of_stop(error: TimelineError) -> object:
    """Return what ended the sending, without the correlationId, which differs between requests in flight."""
    cause = error.__cause__ if isinstance(error, StoppedError) and error.__cause__ else error
    return type(cause), cause.message if isinstance(cause, ApiError) else str(cause)
