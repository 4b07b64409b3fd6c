"""A report is the sum of its outcomes, and what it keeps of the failures is as much as was asked for."""

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


def total(outcomes: list[Outcome], keep: int | None = None) -> Report:
    report = Report(max_failures=keep)
    for outcome in outcomes:
        report.add(outcome)
    return report


def test_each_outcome_counts_once() -> None:
    """By its kind; those of the rejected that existed before count as duplicates too."""
    report = total([*OUTCOMES, Created(6, None, "g", 1)])

    assert (report.created, report.rejected, report.unconfirmed, report.unsent) == (2, 3, 1, 1)
    assert (report.total, report.failed, report.duplicates) == (7, 5, 2)
    assert report.failures == FAILURES


@pytest.mark.parametrize(("keep", "kept"), [(None, 5), (0, 0), (2, 2), (9, 5)])
def test_the_first_failures_are_kept(keep: int | None, kept: int) -> None:
    """As many as were asked for, by default all, and never a Created; the counts are of all."""
    assert Report().max_failures is None
    report = total(OUTCOMES, keep)

    assert report.failures == FAILURES[:kept]
    assert report.failed == 5


def test_a_copy_stays_as_it_is() -> None:
    """Whatever ends later, the numbers and the failures of a copy are those of its time."""
    report = total(OUTCOMES)
    copy = report.copy()
    assert copy == report

    report.add(FAILURES[0])
    assert (copy.rejected, copy.failures) == (3, FAILURES)
    assert (report.rejected, len(report.failures)) == (4, 6)


def test_failures_that_were_not_kept_are_raised_all_the_same() -> None:
    """By their number, since nothing else is known of them."""
    with pytest.raises(ExceptionGroup, match="5 of 6 events were not created") as caught:
        total(OUTCOMES, keep=0).raise_for_failures()

    assert [str(error) for error in caught.value.exceptions] == ["5 of 6 events were not created"]


def test_an_error_that_events_share_is_raised_once_with_all_their_positions() -> None:
    """As a note; asking twice adds no second one."""
    lost = TimelineError("lost")
    report = total([Unconfirmed(4, None, "e", 1, lost), Unsent(5, None, "f", 0, lost)])

    for _ in range(2):
        with pytest.raises(ExceptionGroup) as caught:
            report.raise_for_failures()
        assert caught.value.exceptions == (lost,)

    assert lost.__notes__ == ["Events at positions 4, 5"]


def test_nothing_is_raised_where_all_is_created() -> None:
    """A run without failures ends in silence."""
    total([Created(0, None, "a", 1)]).raise_for_failures()
