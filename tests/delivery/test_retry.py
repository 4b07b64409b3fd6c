"""The decision by answer is one pure table (FACTS of statuses: what a sender should do)."""

import pytest

from hubspot_timeline.delivery.retry import Decision, Refresh, Retry, RetryPolicy, Split, Stop, decide
from hubspot_timeline.errors import (
    AuthenticationError,
    ConnectionLostError,
    InvalidResponseError,
    NotConnectedError,
    OptionError,
    TimelineError,
    api_error,
)


def renewable() -> TimelineError:
    error = AuthenticationError(401, {"category": "EXPIRED_AUTHENTICATION"})
    error.is_renewable = True
    return error


POLICY = RetryPolicy(wait_initial=1, wait_max=8, wait_total=100)


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        (api_error(400), Split()),
        (api_error(404), Split()),
        (api_error(409), Split()),
        (api_error(413), Split()),
        (api_error(422), Split()),
        (api_error(401), Stop()),
        (renewable(), Refresh()),
        (api_error(403), Stop()),
        (api_error(302), Stop()),
        (api_error(405), Stop()),
        (api_error(414), Stop()),
        (api_error(415), Stop()),
        (api_error(423), Retry(4, is_ambiguous=False)),
        (api_error(429), Retry(12, is_ambiguous=False)),
        (api_error(429, retry_after=3), Retry(5, is_ambiguous=False)),
        (api_error(429, retry_after=101), Stop()),
        (api_error(429, {"policyName": "DAILY"}), Stop()),
        (api_error(477), Retry(8, is_ambiguous=False)),
        (api_error(477, retry_after=60), Retry(60, is_ambiguous=False)),
        (api_error(477, retry_after=86_400), Stop()),
        (api_error(408), Retry(2, is_ambiguous=True)),
        (api_error(500), Retry(2, is_ambiguous=True)),
        (api_error(502), Retry(2, is_ambiguous=True)),
        (api_error(503, retry_after=30), Retry(30, is_ambiguous=True)),
        (api_error(504), Retry(2, is_ambiguous=True)),
        (api_error(520), Retry(2, is_ambiguous=True)),
        (api_error(524), Retry(2, is_ambiguous=True)),
        (api_error(599), Retry(2, is_ambiguous=True)),
        (NotConnectedError("refused"), Retry(2, is_ambiguous=False)),
        (ConnectionLostError("reset"), Retry(2, is_ambiguous=True)),
        (InvalidResponseError("empty"), Retry(2, is_ambiguous=True)),
    ],
    ids=lambda value: f"{value.status}" if hasattr(value, "status") else type(value).__name__,
)
def test_each_error_has_its_decision(error: TimelineError, decision: Decision) -> None:
    """The second attempt of a policy that first waits up to a second, at the longest end of its jitter."""
    assert decide(error, 2, POLICY, 1.0) == decision


def test_backoff_doubles_up_to_its_ceiling() -> None:
    """Full jitter: from 0 to 1, 2, 4, 8, 8 … seconds, and no overflow however often."""
    assert [POLICY.backoff(attempt, 1.0) for attempt in (1, 2, 3, 4, 5, 5000)] == [1, 2, 4, 8, 8, 8]
    assert POLICY.backoff(3, 0.0) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"attempts": 0},
        {"wait_initial": -1},
        {"wait_max": float("nan")},
        {"wait_total": -0.1},
        {"wait_max": float("inf")},
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused_at_once(options: dict[str, float]) -> None:
    """The error names the option."""
    with pytest.raises(OptionError, match=f"^{next(iter(options))} is"):
        RetryPolicy(**options)  # type: ignore[arg-type]


def test_a_policy_may_be_to_ask_once_and_never_wait() -> None:
    """Both ends of what can be meant."""
    policy = RetryPolicy(attempts=1, wait_initial=0, wait_max=0, wait_total=0)

    assert policy.backoff(9, 1.0) == 0
    assert decide(api_error(429, retry_after=0), 1, policy, 1.0) == Retry(0, is_ambiguous=False)
    assert decide(api_error(429, retry_after=0.1), 1, policy, 1.0) == Stop()


@pytest.mark.parametrize(
    ("error", "is_ambiguous"),
    [(api_error(500), True), (InvalidResponseError("empty"), True), (NotConnectedError("refused"), False)],
)
def test_nobody_waits_for_longer_than_the_backoff_unless_asked_to(error: TimelineError, is_ambiguous: bool) -> None:
    """Full jitter may fall on no wait at all."""
    assert decide(error, 2, POLICY, 0.0) == Retry(0, is_ambiguous=is_ambiguous)


def test_exists_already_is_known_by_status_category_or_words() -> None:
    """The successor's 409, its category, and the words of v1; nothing else."""
    assert api_error(409).says_exists
    assert api_error(400, {"category": "CONFLICT"}).says_exists
    assert api_error(400, {"message": "Event ID already in use for app 7"}).says_exists
    assert not api_error(400, {"message": "invalid"}).says_exists


def test_the_daily_limit_says_when_it_is_over() -> None:
    """Whoever reads the error knows when to send the rest."""
    assert "midnight in the account's time zone" in str(api_error(429, {"policyName": "DAILY"}))
    assert "midnight" not in str(api_error(429, {"policyName": "SECONDLY"}))


def test_missing_scopes_are_named() -> None:
    """As far as the service names them."""
    detail = {"message": "needed", "context": {"requiredGranularScopes": ["timeline"]}}
    assert "Missing: timeline" in str(api_error(403, {"errors": [detail]}))
    assert "Missing: not named" in str(api_error(403, {}))


def test_patience_is_as_long_as_documented_by_default() -> None:
    """The sum of the waits outlasts an outage of a minute, and ends after some three."""
    assert RetryPolicy() == RetryPolicy(attempts=24, wait_initial=0.5, wait_max=20, wait_total=180)
