"""The journal of a run: the state of every event on disk, so that the next run of the same input resumes it.

An event is recorded before the first request that carries it, and its outcome before it is reported. So at whatever
instant the process ends: an event with a recorded outcome is not sent again, and one without may have been created, so
that it is sent again with the same id, and created once.
"""

from collections.abc import Iterable
from pathlib import Path

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.outcomes import Outcome
from hubspot_timeline.errors import counted
from hubspot_timeline.journal.entry import digest, resumed, state_of, with_recorded_id

_ADVICE = "Use the same events in the same order, or choose another journal"


class Journal:
    """The journal of one run.

    `base_url` and `api` are where the run sends: what was created there is not created elsewhere.
    Raises JournalError for a file that is not a journal, has a newer format, is in use, or belongs to a run with
    another base URL or API; and later where it cannot be written, or where the input is another one. One that
    `is_read_only` has to exist, and may be in use.
    """

    def __init__(self, path: str | Path, base_url: str, api: str, *, is_read_only: bool = False) -> None:
        from hubspot_timeline.journal.file import JournalFile  # noqa: PLC0415 - SQLite and filelock take long to load

        self._file = JournalFile(path, base_url, api, is_read_only=is_read_only)

    def resume(self, item: Item) -> Item | Outcome:
        """Return the final outcome that an event had in an earlier run, else the event to send in this one."""
        entry = self._file.find(item.position)
        if entry is None:
            return item
        item = with_recorded_id(item, entry)
        if entry.digest != digest(item):
            raise self._file.error(
                f"is damaged or belongs to another input: the event at position {item.position} was {entry.id!r} with "
                f"other content. {_ADVICE}"
            )
        try:
            return resumed(item, entry)
        except ValueError as error:
            raise self._file.error(
                f"is damaged at position {item.position}: {error}. Choose another journal"
            ) from error

    def contains(self, position: int) -> bool:
        """Return whether an earlier run sent the event at a position."""
        return self._file.find(position) is not None

    def check_not_recorded(self, position: int) -> None:
        """Raise JournalError if an earlier run sent an event at the position of one that is invalid now."""
        if self.contains(position):
            raise self._file.error(
                f"belongs to another input: the event at position {position} was sent, and is not valid now. {_ADVICE}"
            )

    def begin(self, batch: Batch, api: str) -> None:
        """Record the events of a batch before it is sent through an API."""
        self._file.record_sent([(item.position, item.id, digest(item), api) for item in batch])

    def end(self, outcomes: Iterable[Outcome]) -> None:
        """Record the outcomes of events that were sent."""
        try:
            rows = [
                (state, outcome.attempts, error, outcome.position)
                for outcome in outcomes
                for state, error in [state_of(outcome)]
            ]
        except RecursionError as error:
            raise self._file.error("cannot store an error of the service that is nested too deeply") from error
        self._file.record_outcomes(rows)

    def check_length(self, read: int) -> None:
        """Raise JournalError if the whole input has fewer events than in an earlier run."""
        if read < self._file.length:
            raise self._file.error(
                f"belongs to another input: it has {counted(self._file.length, 'event')}, and the input had {read:,}. "
                "The missing events were not sent. Use the same events, or choose another journal"
            )

    def close(self) -> None:
        """Close the file and release its lock."""
        self._file.close()
