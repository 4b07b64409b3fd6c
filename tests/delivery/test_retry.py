"""The retry decision for each error, and the limits of retrying (G5)."""

import pytest

from hubspot_timeline.delivery.retry import Decision, ErrorLimit, Refresh, Retry, RetryPolicy, Split, Stop, decide
from hubspot_timeline.errors import (
    AuthenticationError,
    ConflictError,
    ConnectionLostError,
    InvalidResponseError,
    NotConnectedError,
    OptionError,
    TimelineError,
    api_error,
)

EXPIRED = AuthenticationError(401, {"category": "EXPIRED_AUTHENTICATION"})
EXPIRED.is_refreshable = True
POLICY = RetryPolicy(wait_initial=1, wait_max=8, wait_total=100)


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        *((api_error(status), Split()) for status in (400, 404, 409, 413, 422)),
        *((api_error(status), Stop()) for status in (401, 403, 302, 405, 414, 415)),
        (EXPIRED, Refresh()),
        (api_error(423), Retry(4, is_ambiguous=False)),
        (api_error(429), Retry(12, is_ambiguous=False)),
        (api_error(429, retry_after=3), Retry(5, is_ambiguous=False)),
        (api_error(429, retry_after=101), Stop()),
        (api_error(429, {"policyName": "DAILY"}), Stop()),
        (api_error(477), Retry(8, is_ambiguous=False)),
        (api_error(477, retry_after=60), Retry(60, is_ambiguous=False)),
        (api_error(477, retry_after=86_400), Stop()),
        *((api_error(status), Retry(2, is_ambiguous=True)) for status in (408, 500, 502, 504, 520, 524, 599)),
        (api_error(503, retry_after=30), Retry(30, is_ambiguous=True)),
        (NotConnectedError("refused"), Retry(2, is_ambiguous=False)),
        (ConnectionLostError("reset"), Retry(2, is_ambiguous=True)),
        (InvalidResponseError("empty"), Retry(2, is_ambiguous=True)),
    ],
    ids=lambda value: f"{value.status}" if hasattr(value, "status") else type(value).__name__,
)
def test_each_error_has_its_decision(error: TimelineError, decision: Decision) -> None:
    """After the second attempt, at the longest end of the jitter."""
    assert decide(error, 2, POLICY, 1.0) == decision


@pytest.mark.parametrize(
    ("error", "is_ambiguous"),
    [(api_error(500), True), (InvalidResponseError("empty"), True), (NotConnectedError("refused"), False)],
)
def test_the_jitter_may_leave_no_wait(error: TimelineError, is_ambiguous: bool) -> None:
    """Nothing is added to the backoff if the response does not require it."""
    assert decide(error, 2, POLICY, 0.0) == Retry(0, is_ambiguous=is_ambiguous)


def test_the_backoff_doubles_up_to_its_maximum() -> None:
    """With full jitter, and without an overflow after any number of attempts."""
    assert [POLICY.backoff(attempt, 1.0) for attempt in (1, 2, 3, 4, 5, 5000)] == [1, 2, 4, 8, 8, 8]
    assert POLICY.backoff(3, 0.0) == 0


def test_the_defaults_are_those_that_the_documentation_states() -> None:
    """They outlast an outage of a minute, and end after about three."""
    assert RetryPolicy() == RetryPolicy(attempts=24, wait_initial=0.5, wait_max=20, wait_total=180)
    assert ErrorLimit() == ErrorLimit(count=None, rate=None, sample=1_000)


@pytest.mark.parametrize(
    ("kind", "option", "value"),
    [
        (RetryPolicy, "attempts", 0),
        (RetryPolicy, "wait_initial", -1),
        (RetryPolicy, "wait_max", float("nan")),
        (RetryPolicy, "wait_max", float("inf")),
        (RetryPolicy, "wait_total", -0.1),
        (ErrorLimit, "count", -1),
        (ErrorLimit, "rate", 1.5),
        (ErrorLimit, "rate", float("nan")),
        (ErrorLimit, "sample", 0),
    ],
)
def test_an_option_out_of_range_is_an_error(kind: type[object], option: str, value: float) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=f"^{option} is"):
        kind(**{option: value})


def test_a_policy_may_have_one_attempt_and_no_waits() -> None:
    """The smallest values are valid."""
    policy = RetryPolicy(attempts=1, wait_initial=0, wait_max=0, wait_total=0)

    assert policy.backoff(9, 1.0) == 0
    assert decide(api_error(429, retry_after=0), 1, policy, 1.0) == Retry(0, is_ambiguous=False)
    assert decide(api_error(429, retry_after=0.1), 1, policy, 1.0) == Stop()


@pytest.mark.parametrize(
    ("limit", "failed", "ended", "is_passed"),
    [
        (ErrorLimit(), 1_000_000, 1_000_000, False),
        (ErrorLimit(count=0), 1, 1_000, True),
        (ErrorLimit(count=0), 0, 1_000, False),
        (ErrorLimit(rate=0), 1, 1_000, True),
        (ErrorLimit(rate=0), 1, 999, False),
        (ErrorLimit(rate=1), 1_000, 1_000, False),
    ],
)
def test_an_error_limit_is_passed_by_more_failures_than_it_allows(
    limit: ErrorLimit, failed: int, ended: int, is_passed: bool
) -> None:
    """By default any number may fail; a share counts only once the sample is reached."""
    assert limit.is_passed(failed, ended) is is_passed


@pytest.mark.parametrize(
    ("error", "says_exists"),
    [
        (api_error(409), True),
        (api_error(400, {"category": "CONFLICT"}), True),
        (api_error(400, {"message": "Event ID already in use for app 7"}), True),
        (api_error(400, {"message": "An event with the id a-1 already exists."}), True),
        (api_error(400, {"message": "invalid"}), False),
        # the text of an event, which says nothing about its id
        (api_error(400, {"message": "note is not valid: 'customer id 5 already exists in CRM'"}), False),
        (api_error(400, {"message": "Event a-1: the id already in use is 5"}), False),
    ],
)
def test_an_existing_id_is_recognized_by_status_category_or_message(error: TimelineError, says_exists: bool) -> None:
    """The forms of all versions of the API; the advice does not begin with another id, which makes a second event."""
    assert getattr(error, "says_exists") is says_exists  # noqa: B009 - of ApiError only
    assert isinstance(error, ConflictError) is says_exists
    advice = "An event with this id exists already; if it is yours from an earlier run, there is nothing to do."
    assert (advice in str(error)) is says_exists


@pytest.mark.parametrize(
    ("error", "advice", "is_given"),
    [
        (api_error(429, {"policyName": "DAILY"}), "midnight in the account's time zone", True),
        (api_error(429, {"policyName": "SECONDLY"}), "midnight", False),
        (
            api_error(403, {"errors": [{"context": {"requiredGranularScopes": ["timeline", "x"]}}, {}, 5]}),
            "Missing: timeline, x",
            True,
        ),
        (api_error(403, {}), "Missing: not named", True),
    ],
)
def test_an_error_that_stops_a_run_advises_what_to_do(error: TimelineError, advice: str, is_given: bool) -> None:
    """When the daily limit ends, and which scopes are missing."""
    assert (advice in str(error)) is is_given


@pytest.mark.parametrize("options", [{"count": 0}, {"rate": 0.0}, {"rate": 0.5}, {"rate": 1.0}])
def test_an_error_limit_may_be_at_the_ends_of_its_range(options: dict[str, float]) -> None:
    """No failure at all, or any share of them."""
    limit = ErrorLimit(**options)  # type: ignore[arg-type]
    assert {name: getattr(limit, name) for name in options} == options
