"""An iterable that raises: the account of what was sent goes with its error, as a report and as a note in words."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline import BatchLimits, JournalError, OptionError, Outcome, Progress, Report
from tests.helpers.both_clients import AsyncRunner, ClientRunner
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, status


class DatabaseError(Exception):
    """An error of the source."""


@dataclass(frozen=True)
class FrozenError(Exception):
    """An error whose attributes cannot be set."""

    code: int = 5


class ReportingError(Exception):
    """An error with a report of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.report = "of the database"


class PropertyError(Exception):
    """An error whose report is a property."""

    @property
    def report(self) -> str:
        """Return a report of its own."""
        return "of the class"


def failing(count: int, error: BaseException) -> Iterator[Any]:
    yield from numbered(count)
    yield {"id": "identifies no record"}
    raise error


async def failing_async(count: int, error: BaseException) -> AsyncIterator[Any]:
    for each in failing(count, error):
        yield each


def error_of(
    client: ClientRunner, events: Any, call: str = "send", script: Script | None = None, **options: Any
) -> Any:
    """Return the exception that a run raises; batches hold two events, and one is in flight."""
    batch = BatchLimits(max_events=2)
    with pytest.raises(BaseException) as raised:  # noqa: PT011 - of any type
        client.run(script or Script(), lambda t: getattr(t, call)(events, **options), batch=batch, max_in_flight=1)
    return raised.value


def test_the_error_of_an_iterable_has_the_report_of_the_run(client: ClientRunner) -> None:
    """With the counts of all outcomes, and the failures."""
    outcomes: list[Outcome] = []
    original: Any = DatabaseError("gone")
    script = Script(status(400, {"message": "no", "context": {"id": ["e1"]}}))

    error: Any = error_of(client, failing(6, original), script=script, on_outcome=outcomes.append)

    report: Report = error.report
    expected = Report()
    for outcome in outcomes:
        expected.add(outcome)
    assert error is original
    assert (report.created, report.unsent) == (expected.created, expected.unsent)
    assert (report.total, report.rejected, report.unconfirmed, report.failures) == (7, 2, 0, expected.failures)


def test_the_note_counts_the_events_that_existed(client: ClientRunner) -> None:
    """They are among the created ones."""
    script = Script(status(409, {"category": "CONFLICT", "message": "exists", "context": {"id": ["e1"]}}))

    with pytest.raises(DatabaseError) as raised:
        client.run(
            script,
            lambda timeline: timeline.send(failing(3, DatabaseError())),
            batch=BatchLimits(max_events=3),
            duplicates="ok",
        )

    assert "3 created (1 of them existed before), 1 rejected" in raised.value.__notes__[0]


@pytest.mark.parametrize("call", ["send", "stream"])
def test_a_note_on_the_error_counts_the_outcomes_in_words(client: ClientRunner, call: str) -> None:
    """A traceback that nobody handles shows it."""
    assert error_of(client, failing(0, DatabaseError()), call).__notes__ == [
        "1 event read before this error: 0 created, 1 rejected, 0 unconfirmed, 0 unsent"
    ]
    error = error_of(client, failing(4, DatabaseError()), call)
    report = error.report
    assert error.__notes__ == [
        f"5 events read before this error: {report.created} created, 1 rejected, 0 unconfirmed, {report.unsent} unsent"
    ]
    assert report.created + report.unsent == 4


def test_the_error_of_an_asynchronous_iterable_has_them_too() -> None:
    """As that of any other one."""
    error = error_of(AsyncRunner(), failing_async(3, DatabaseError()))

    assert (error.report.total, error.report.rejected) == (4, 1)
    assert error.__notes__[0].startswith("4 events read")


@pytest.mark.parametrize("kind", [FrozenError, ReportingError, PropertyError, OptionError])
def test_any_error_has_the_note_and_keeps_a_report_of_its_own(client: ClientRunner, kind: Any) -> None:
    """Whatever its class allows."""
    error = kind()
    own = getattr(error, "report", None)

    assert error_of(client, failing(1, error)) is error
    assert error.__notes__[-1].startswith("2 events read before this error")
    assert error.report == own if own else isinstance(error.report, Report)


def test_an_error_that_is_raised_by_two_runs_has_the_report_of_the_last(client: ClientRunner) -> None:
    """And a note of each."""
    error = DatabaseError()
    for count in (2, 3):
        error_of(client, failing(count, error))

    assert error.report.total == 4  # type: ignore[attr-defined]
    assert [note[:8] for note in error.__notes__] == ["3 events", "4 events"]


@pytest.mark.parametrize("error", [DatabaseError, KeyboardInterrupt])
def test_an_error_of_a_callback_says_how_many_events_have_no_outcome(
    client: ClientRunner, error: type[BaseException]
) -> None:
    """The run ends at once."""

    def fail(_: Outcome) -> None:
        raise error

    raised = error_of(client, [*numbered(1), {"id": "identifies no record"}], on_outcome=fail)

    assert isinstance(raised, error)
    assert raised.__notes__ == [
        "2 events read before this error: 0 created, 1 rejected, 0 unconfirmed, 0 unsent, 1 without an outcome"
    ]


def test_a_journal_of_another_input_is_an_error_with_the_report(client: ClientRunner, tmp_path: Path) -> None:
    """What was created before the difference was found is counted."""
    path, script = tmp_path / "run.journal", Script()
    client.run(script, lambda t: t.send(numbered(4), journal=path))

    error = error_of(client, numbered(3), journal=path)

    assert isinstance(error, JournalError)
    assert (error.report.created, error.report.resumed) == (3, 3)  # type: ignore[attr-defined]


def test_an_option_that_is_refused_has_no_note(client: ClientRunner) -> None:
    """Nothing was read."""
    error = error_of(client, numbered(1), validate=[5])

    assert isinstance(error, OptionError)
    assert not hasattr(error, "__notes__")


def test_progress_counts_an_event_as_read_before_its_outcome(client: ClientRunner) -> None:
    """Also those of a batch that is not full when the input ends or raises."""
    progress: list[Progress] = []

    error_of(client, failing(2, DatabaseError()), on_progress=progress.append)
    client.run(Script(), lambda t: t.send(numbered(3), on_progress=progress.append))

    assert all(each.in_flight >= 0 for each in progress)
    assert [each.read for each in progress][-1] == 3
