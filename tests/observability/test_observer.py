"""An observer is called with what the report says of runs, batches, requests and waits, and cannot harm them."""

import asyncio
import logging
import sys
from typing import Any

import httpx
import pytest

from hubspot_timeline import (
    BatchLimits,
    OAuthRefresh,
    OptionError,
    RateLimit,
    RetryPolicy,
)
from hubspot_timeline.observability import Observer
from tests.helpers.account_service import AccountService, event_of
from tests.helpers.both_clients import ClientRunner
from tests.helpers.both_pools import PoolRunner
from tests.helpers.both_queues import CLIENTS, INVALID, Gate, both_queues, done, entered, httpx_args
from tests.helpers.clients import AsyncTimelineClient
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered
from tests.helpers.recording_observer import RecordingObserver
from tests.helpers.scripted_http import Handler, Script, broken, status
from tests.properties.test_sync_async_parity import RESPONSES

THREES: dict[str, Any] = {"batch": BatchLimits(max_events=3), "max_in_flight": 1, "retry": RetryPolicy(attempts=4)}
SLOW_DOWN = status(429, {"message": "slow down"}, Retry_After="3")


def observed(client: ClientRunner, script: Script, count: int, **options: Any) -> tuple[RecordingObserver, Any]:
    """Return what is observed of a run, and its report."""
    observer = RecordingObserver()
    defaults = {**THREES, "observer": observer}
    report = client.run(script, lambda timeline: timeline.send([*numbered(count), INVALID]), **defaults | options)
    return observer, report


@pytest.mark.parametrize("response", [*RESPONSES.values(), status(404)], ids=[*RESPONSES, "404"])
@pytest.mark.parametrize("times", [1, 9])
def test_what_is_observed_is_what_the_report_says(client: ClientRunner, response: Handler, times: int) -> None:
    """After any response, once and again and again: outcomes, requests, retries, waits."""
    time = FakeTime()
    observer, report = observed(client, Script(*[response] * times), 7, time=time)

    outcomes = {kind: getattr(report, kind) for kind in ("created", "rejected", "unconfirmed", "unsent")}
    assert observer.events == {kind: count for kind, count in outcomes.items() if count}
    assert (len(observer.requests), observer.retries) == (report.requests, report.retried)
    assert sum(batch.requests for batch in observer.batches) == report.requests
    assert sum(seconds for _, seconds in observer.waits) == pytest.approx(sum(time.waits))
    assert [observer.calls[0], observer.calls[-1]] == ["run began", "run ended"]
    assert observer.calls.count("batch began") == observer.calls.count("batch ended") == 3
    assert [batch.size for batch in observer.batches] == [3, 3, 1]
    batches = [sum(batch.outcomes.values()) for batch in observer.batches]
    assert batches == [3, 3, 1]
    assert all(batch.error_type for batch in observer.batches) is (report.created == 0 and report.rejected == 1)


def test_a_request_has_its_status_and_a_retry_its_reason_and_wait(client: ClientRunner) -> None:
    """The wait is that between both."""
    observer, _ = observed(client, Script(SLOW_DOWN, broken(httpx.ReadError)), 3)

    shown = [(each.status_code, each.error_type, each.retry_of, each.waited) for each in observer.requests]
    assert shown == [
        (429, "RateLimitError", None, 0.0),
        (None, "ConnectionLostError", "RateLimitError", 3.25),
        (201, None, "ConnectionLostError", 0.5),
    ]
    assert observer.waits == [("retry_after", 3.25), ("backoff", 0.5)]
    [batch] = observer.batches
    assert (batch.seconds, batch.outcomes, batch.error_type, batch.account) == (3.75, {"created": 3}, None, None)
    assert batch.bytes > 3 * 50


def test_a_run_has_its_server_and_at_its_end_its_report(client: ClientRunner) -> None:
    """With the error that left events unsent, and not the one that says so of each of them."""
    url = "http://127.0.0.1:8080/prefix"
    observer, report = observed(client, Script(status(403, {"message": "no"})), 7, base_url=url)

    [run] = observer.runs
    assert (run.server_address, run.server_port, run.read, run.error_type) == (
        "127.0.0.1",
        8080,
        8,
        "PermissionDeniedError",
    )
    assert run.report == report
    assert run.report.unsent == 7
    assert {(each.outcome, each.error_type) for each in observer.counts} == {
        ("unsent", "PermissionDeniedError"),
        ("rejected", "EventError"),
    }
    assert observed(client, Script(), 1)[0].runs[0].server_port == 443


def failing(count: int) -> Any:
    """Yield so many events and raise."""
    yield from numbered(count)
    raise ZeroDivisionError


@pytest.mark.parametrize("count", [0, 1])
def test_an_error_of_the_iterable_is_that_of_the_run(client: ClientRunner, count: int) -> None:
    """With what was read until then."""
    observer = RecordingObserver()
    with pytest.raises(ZeroDivisionError):
        client.run(Script(), lambda timeline: timeline.send(failing(count)), observer=observer)
    [run] = observer.runs
    assert (run.read, run.error_type) == (count, "ZeroDivisionError")


def test_a_wait_for_the_rate_limit_has_its_reason(client: ClientRunner) -> None:
    """It belongs to no error."""
    observer, _ = observed(client, Script(), 6, rate_limit=RateLimit(requests=1, seconds=10), time=FakeTime())
    assert {reason for reason, _ in observer.waits} == {"rate_limit"}
    assert observer.retries == 0


def test_an_earlier_run_is_not_counted_again(client: ClientRunner, tmp_path: Any) -> None:
    """Its events are in the report, as resumed."""
    observer = RecordingObserver()
    send = lambda timeline: timeline.send(numbered(4), journal=tmp_path / "journal")  # noqa: E731
    client.run(Script(), send, observer=observer)
    report = client.run(Script(), send, observer=observer)
    assert (report.resumed, observer.events) == (4, {"created": 4})


def test_an_existing_id_is_a_duplicate(client: ClientRunner) -> None:
    """Whichever outcome it has."""
    for duplicates, outcome in (("ok", "created"), ("reject", "rejected")):
        script = Script(*[status(409, {"message": "e0 exists", "category": "CONFLICT"})] * 2)
        observer, _ = observed(client, script, 1, duplicates=duplicates)
        [counted] = [each for each in observer.counts if each.is_duplicate]
        assert (counted.outcome, counted.count) == (outcome, 1)


@pytest.mark.parametrize(
    ("answer", "error_type"),
    [
        (status(200, {"access_token": "t", "expires_in": 1800}), None),
        (status(400, {"message": "no"}), "TokenRefreshError"),
        (status(200, {"no": "token"}), "TokenRefreshError"),
    ],
)
def test_a_renewal_of_the_access_token(client: ClientRunner, answer: Handler, error_type: str | None) -> None:
    """That succeeded or failed; the events of the latter are unsent."""
    observer, _ = observed(client, Script(answer), 1, token=OAuthRefresh("app", "secret", "refresh"))
    assert observer.renewals == [error_type]


def test_each_account_of_a_pool(pool: PoolRunner) -> None:
    """One run; its events, batches and renewals are those of the accounts."""
    service = AccountService("a", "b")
    service.responses["a"] = [SLOW_DOWN]
    observer = RecordingObserver()
    events = [event_of(account, number) for account in "ab" for number in range(2)]
    report = pool.run(
        service.respond, lambda pool: pool.send(events, account="portal"), service.tokens, observer=observer
    )

    assert {each.account: each.count for each in observer.counts} == {"a": 2, "b": 2}
    assert {batch.account for batch in observer.batches} == {"a", "b"}
    assert observer.calls.count("run began") == observer.calls.count("run ended") == 1
    assert (len(observer.requests), observer.retries) == (report.requests, report.retried) == (3, 1)
    assert {reason for reason, _ in observer.waits} >= {"retry_after"}


def test_a_renewal_of_an_account_of_a_pool(pool: PoolRunner) -> None:
    """As of a client."""
    script, observer = Script(status(200, {"access_token": "t", "expires_in": 1800})), RecordingObserver()
    tokens = {"a": OAuthRefresh("app", "secret", "refresh")}
    pool.run(script, lambda pool: pool.send([event_of("a", 1)], account="portal"), tokens, observer=observer)
    assert observer.renewals == [None]


@both_queues
async def test_a_queue_is_no_run(client: Any) -> None:
    """Its batches and outcomes are observed, its size and what it drops."""
    observer, gate = RecordingObserver(), Gate()
    args = httpx_args(client, gate)
    async with (
        entered(client("a-token", httpx_args=args, observer=observer)) as timeline,
        entered(timeline.queue(max_size=2, on_full="drop")) as queue,
    ):
        for each in [*numbered(3), INVALID]:
            await done(queue.put(each))
        gate.opened.set()

    assert observer.queues == [queue]
    assert observer.calls.count("dropped") == 1
    assert set(observer.calls) == {"dropped", "batch began", "batch ended"}
    assert observer.events == {"created": 2, "rejected": 1}
    assert observer.batches[0].run is None


class Broken(Observer):
    """Raises whatever it is called with."""

    def __getattribute__(self, name: str) -> Any:
        """Return what raises."""
        return fail


class Exiting(Observer):
    """Ends the thread that calls it."""

    def __getattribute__(self, name: str) -> Any:
        """Return what ends a thread."""
        return sys.exit


def fail(*_: Any) -> Any:
    raise ZeroDivisionError("of the observer")


class BrokenContext(Observer):
    """Returns what cannot be entered."""

    def request_context(self, batch: Any) -> Any:  # noqa: ARG002 - that of the base
        """Return no context manager."""
        return 1


class Ending(Observer):
    """Raises what ends a generator."""

    def batch_ended(self, batch: Any) -> None:  # noqa: ARG002 - that of the base
        """Raise it."""
        raise GeneratorExit


@pytest.mark.parametrize("observer", [Broken(), Exiting(), BrokenContext(), Ending()])
def test_an_observer_that_raises_harms_nothing_and_is_logged_once(
    client: ClientRunner, observer: Observer, caplog: pytest.LogCaptureFixture
) -> None:
    """With its traceback."""
    script = Script(SLOW_DOWN)
    report = client.run(script, lambda timeline: timeline.send(numbered(7)), **THREES, observer=observer)

    assert (report.created, report.requests) == (7, 4)
    [record] = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert record.message == "The observer failed; the run goes on, and further errors of it are not logged"
    assert record.exc_info


def test_a_delivery_that_ends_by_an_unforeseen_error_ends_for_the_observer_too(client: ClientRunner) -> None:
    """Its events are counted as the report counts them."""
    observer, report = observed(client, Script(fail), 3)
    assert (observer.events["unconfirmed"], report.unconfirmed) == (3, 3)
    assert observer.calls == ["run began", "batch began", "batch ended", "run ended"]
    assert observer.batches[0].error_type == "_OTHER"


def test_a_cancelled_delivery_ends_for_the_observer_too() -> None:
    """And so does the run, which has no error: its caller wanted no more."""
    observer = RecordingObserver()

    async def run() -> None:
        async def respond(_: httpx.Request) -> httpx.Response:
            raise asyncio.CancelledError

        args = {"transport": httpx.MockTransport(respond)}
        async with AsyncTimelineClient("t", httpx_args=args, observer=observer) as timeline:
            with pytest.raises(asyncio.CancelledError):
                await timeline.send(numbered(1))

    asyncio.run(run())
    assert observer.calls == ["run began", "batch began", "batch ended", "run ended"]


def test_only_an_observer_is_one() -> None:
    """Not its class."""
    with pytest.raises(OptionError, match="observer is <class"):
        next(iter(CLIENTS.values()))("t", observer=Observer)  # type: ignore[arg-type]


class EmptyContext(list[object]):
    """A context manager that is false, as an empty list is."""

    def __enter__(self) -> None:
        """Enter it, once."""
        self.append(self)

    def __exit__(self, *error: object) -> None:
        """Leave it."""


def test_a_context_is_entered_whatever_its_truth_value(client: ClientRunner) -> None:
    """Which may also raise."""
    context = EmptyContext()
    observer = Observer()
    observer.request_context = lambda batch: context  # type: ignore[method-assign]
    client.run(Script(), lambda timeline: timeline.send(numbered(1)), observer=observer)
    assert len(context) == 1
