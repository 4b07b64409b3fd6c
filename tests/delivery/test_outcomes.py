"""The report of a run: counts of outcomes, the first failures, and errors that are raised together."""

import pytest

from hubspot_timeline import Created, Outcome, Rejected, Report, TimelineError, Unconfirmed, Unsent
from hubspot_timeline.delivery.outcomes import Failure
from hubspot_timeline.errors import api_error

EXISTS, INVALID, LOST = api_error(409), api_error(400, {"message": "no"}), TimelineError("lost")
FAILURES: list[Failure] = [
    Rejected(1, None, "b", 1, EXISTS),
    Rejected(2, None, "c", 1, EXISTS),
    Rejected(3, None, "d", 1, INVALID),
    Unconfirmed(4, None, "e", 1, LOST),
    Unsent(5, None, "f", 0, LOST),
]
OUTCOMES: list[Outcome] = [Created(0, None, "a", 1), *FAILURES]


def report_of(outcomes: list[Outcome], max_failures: int | None = None) -> Report:
    report = Report(max_failures=max_failures)
    for outcome in outcomes:
        report.add(outcome)
    return report


def test_each_outcome_is_counted_by_its_type() -> None:
    """An event that existed before is one of the Created, or a duplicate of the Rejected, too."""
    report = report_of([*OUTCOMES, Created(6, None, "g", 1, existed=True)])

    assert (report.created, report.rejected, report.unconfirmed, report.unsent) == (2, 3, 1, 1)
    assert (report.total, report.failed, report.existing, report.duplicates) == (7, 5, 1, 2)
    assert "existing=1" in str(report)
    assert report.failures == FAILURES


@pytest.mark.parametrize(("max_failures", "kept"), [(None, 5), (0, 0), (2, 2), (9, 5)])
def test_the_first_failures_are_kept(max_failures: int | None, kept: int) -> None:
    """All of them by default; the counts are of all in any case."""
    assert Report().max_failures is None
    report = report_of(OUTCOMES, max_failures)

    assert report.failures == FAILURES[:kept]
    assert report.failed == 5


def test_a_copy_of_a_report_does_not_change() -> None:
    """Later outcomes change neither its counts nor its failures."""
    report = report_of(OUTCOMES)
    copy = report.copy()
    assert copy == report

    report.add(FAILURES[0])
    assert (copy.rejected, copy.failures) == (3, FAILURES)
    assert (report.rejected, len(report.failures)) == (4, 6)


def test_failures_are_raised_as_one_group_with_each_error_once() -> None:
    """A note on an error names the positions of its events; raising again adds no second note."""
    exists, lost = api_error(409), TimelineError("lost")
    failures = Rejected(1, None, "b", 1, exists), Rejected(2, None, "c", 1, exists), Unsent(5, None, "f", 0, lost)
    report = report_of([*failures])
    for _ in range(2):
        with pytest.raises(ExceptionGroup, match="3 of 3 events were not created") as group:
            report.raise_for_failures()
        assert group.value.exceptions == (exists, lost)
    assert [error.__notes__ for error in (exists, lost)] == [["Events at positions 1, 2"], ["Event at position 5"]]


def test_failures_that_were_not_kept_are_raised_by_their_number() -> None:
    """Their errors are not available."""
    with pytest.raises(ExceptionGroup, match="5 of 6 events were not created") as group:
        report_of(OUTCOMES, max_failures=0).raise_for_failures()

    assert [str(error) for error in group.value.exceptions] == ["5 of 6 events were not created"]


def test_a_single_failure_is_counted_as_one() -> None:
    """In the message of the group."""
    with pytest.raises(ExceptionGroup, match="1 of 1 event was not created"):
        report_of([Unsent(0, None, "a", 0, TimelineError("lost"))]).raise_for_failures()


def test_nothing_is_raised_if_all_events_are_created() -> None:
    """Neither by a report without outcomes."""
    report_of([Created(0, None, "a", 1)]).raise_for_failures()
    Report().raise_for_failures()
