"""The end of a run: whatever ends it, nothing more is sent, and every event that was read has an outcome (G1)."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from hubspot_timeline import (
    BatchLimits,
    Created,
    ErrorLimit,
    Outcome,
    RetryPolicy,
    StoppedError,
    TimelineEvent,
    TooManyErrorsError,
    Unconfirmed,
    Unsent,
)
from tests.helpers.both_clients import ClientRunner
from tests.helpers.both_queues import both_queues, done
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Handler, Script, broken, created, inputs, status
from tests.helpers.streams import take

PAIRS: dict[str, Any] = {"max_in_flight": 1, "batch": BatchLimits(max_events=2)}
SINGLE: dict[str, Any] = {"max_in_flight": 1, "batch": BatchLimits(max_events=1)}


def test_closing_a_stream_sends_nothing_more(client: ClientRunner) -> None:
    """The request under way is finished, and no further event is read."""
    script, pulled = Script(), list[int]()

    [outcome] = client.run(script, lambda timeline: take(timeline.stream(numbered(100, pulled)), 1), **PAIRS)

    assert isinstance(outcome, Created)
    assert (len(script.requests), len(pulled)) == (1, 2)


def test_leaving_a_client_on_an_exception_sends_nothing_more() -> None:
    """The rest of the stream is Unsent, as is everything that is sent later."""
    script = Script()
    timeline = TimelineClient("t", httpx_args=script.httpx_args, **PAIRS)
    outcomes = timeline.stream(numbered(10))
    with pytest.raises(KeyError), timeline:
        next(outcomes)
        raise KeyError

    assert [type(outcome) for outcome in outcomes] == [Created] + [Unsent] * 8
    assert {type(outcome) for outcome in timeline.stream(numbered(2))} == {Unsent}
    assert len(script.requests) == 1


def test_stop_leaves_the_rest_unsent(client: ClientRunner) -> None:
    """With the reason that was given."""
    report = client.run(
        Script(),
        lambda timeline: timeline.send(numbered(10), on_outcome=lambda _: timeline.stop("enough")),
        **PAIRS,
    )

    assert (report.created, report.unsent, report.total) == (2, 8, 10)
    assert isinstance(report.failures[0].error, StoppedError)
    assert "enough" in str(report.failures[0].error)


def test_a_run_that_is_stopped_before_it_has_begun_sends_nothing(client: ClientRunner) -> None:
    """Such as while it opens its journal, or lists the templates; a run that begins later is not stopped."""
    script = Script()

    def stop(timeline: Any) -> Iterator[Any]:
        timeline.stop("too early")
        yield {"id": "1", "tokens": [{"name": "n", "type": "number"}]}

    def send(timeline: Any) -> Any:
        return timeline.send(numbered(4), validate=stop(timeline))

    first, second = client.run_all(script, send, lambda timeline: timeline.send(numbered(4)))

    assert (first.unsent, second.created, len(script.requests)) == (4, 4, 1)


@pytest.mark.parametrize(
    ("limit", "requests"),
    [
        (ErrorLimit(), 20),
        (ErrorLimit(count=6), 20),
        (ErrorLimit(count=5), 11),
        (ErrorLimit(rate=1.0, sample=1), 20),
        (ErrorLimit(rate=0.25, sample=1), 1),
        (ErrorLimit(rate=0.25, sample=10), 10),
    ],
)
def test_a_run_stops_once_it_passes_its_error_limit(client: ClientRunner, limit: ErrorLimit, requests: int) -> None:
    """Of the first eleven events every second one is refused; the rest is Unsent."""
    refused = status(400, {"message": "no"})
    script = Script(*[refused if number in (0, 2, 4, 6, 8, 10) else created for number in range(20)])

    report = client.run(script, lambda timeline: timeline.send(numbered(20)), error_limit=limit, **SINGLE)

    assert (len(script.requests), report.unsent) == (requests, 20 - requests)
    if report.unsent:
        assert isinstance(report.failures[-1].error.__cause__, TooManyErrorsError)


def test_a_refused_access_token_stops_the_run_at_once(client: ClientRunner) -> None:
    """After one request; all events are Unsent, and can be sent with another access token."""
    script = Script(*[status(401, {"message": "expired"})] * 9)

    report = client.run(script, lambda timeline: timeline.send(numbered(10)), **PAIRS)

    assert (report.unsent, report.requests, len(script.requests)) == (10, 1, 1)


def test_an_unforeseen_error_of_a_transport_leaves_its_batch_unconfirmed(client: ClientRunner) -> None:
    """The other events are created (G3); each failure has its event and the cause."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise OSError("cable")

    events = list(numbered(6))
    report = client.run(Script(fail), lambda timeline: timeline.send(events), **PAIRS)

    assert (report.created, report.unconfirmed) == (4, 2)
    for failure, event in zip(report.failures, events, strict=False):
        assert isinstance(failure, Unconfirmed)
        assert (failure.position, failure.event, failure.id) == (events.index(event), event, event.id)
        assert failure.attempts == 1
        assert "OSError: cable" in str(failure.error)
        assert isinstance(failure.error.__cause__, OSError)


def test_an_unconfirmed_event_of_a_stopped_run_has_the_error_that_lost_its_response() -> None:
    """Not the error of events that were not sent."""
    script = Script(broken(httpx.ReadError))
    with TimelineClient("t", httpx_args=script.httpx_args, sleep=lambda _: timeline.stop("enough")) as timeline:
        [failure] = timeline.send(numbered(1)).failures

    assert isinstance(failure, Unconfirmed)
    assert "broke before the response was complete" in str(failure.error)


ENDS = pytest.mark.parametrize("end", ["stop", "close"])


def require_one_outcome_each(outcomes: list[Outcome], script: Script, total: int) -> None:
    """Fail unless each event has one outcome, which is Created for those that were sent and Unsent for the others."""
    assert sorted(outcome.position for outcome in outcomes) == list(range(total))
    assert {type(outcome) for outcome in outcomes} == {Created, Unsent}
    sent = [each["id"] for request in script.requests for each in inputs(request)]
    assert sorted(outcome.id or "" for outcome in outcomes if isinstance(outcome, Created)) == sorted(sent)


@ENDS
@pytest.mark.parametrize("place", ["request", "source"])
def test_other_threads_may_end_a_client_while_it_sends(end: str, place: str) -> None:
    """Also several at once: while requests are in flight, and between reading an event and sending it."""
    threads, outcomes = list[Thread](), list[Outcome]()

    def start_threads() -> None:
        threads.extend(Thread(target=getattr(timeline, end)) for _ in range(3))
        for thread in threads:
            thread.start()

    def respond(request: httpx.Request) -> httpx.Response:
        start_threads()
        return created(request)

    def source() -> Iterator[TimelineEvent]:
        for number, each in enumerate(numbered(100)):
            if place == "source" and number == 31:
                start_threads()
                for thread in threads:
                    thread.join()
            yield each

    script = Script(*[created] * 9, respond if place == "request" else created)
    with TimelineClient("t", httpx_args=script.httpx_args, batch=BatchLimits(max_events=2)) as timeline:
        outcomes = list(timeline.stream(source()))
        for thread in threads:
            thread.join()

    assert threads
    require_one_outcome_each(outcomes, script, 100)


@ENDS
def test_another_task_may_end_a_client_while_it_sends(end: str) -> None:
    """Also several at once."""

    async def run() -> None:
        tasks, outcomes = list[asyncio.Task[None]](), list[Outcome]()

        async def end_client() -> None:
            if end == "close":
                await timeline.close()
            timeline.stop()

        def respond(request: httpx.Request) -> httpx.Response:
            tasks.extend(asyncio.create_task(end_client()) for _ in range(3))
            return created(request)

        script = Script(*[created] * 9, respond)
        async with AsyncTimelineClient("t", httpx_args=script.httpx_args, batch=BatchLimits(max_events=2)) as timeline:
            outcomes = [outcome async for outcome in timeline.stream(numbered(100))]
            await asyncio.gather(*tasks)

        assert tasks
        require_one_outcome_each(outcomes, script, 100)

    asyncio.run(run())


class Recorded(httpx.MockTransport):
    """A transport that appends its closing to a list."""

    def __init__(self, handler: Any, steps: list[str]) -> None:
        super().__init__(handler)
        self.steps = steps

    def close(self) -> None:
        """Record it."""
        self.steps.append("closed")

    async def aclose(self) -> None:
        """Record it."""
        self.close()


def test_closing_waits_for_the_requests_of_other_threads() -> None:
    """The connections are closed after the response."""
    stopped, steps, threads = Event(), list[str](), list[Thread]()

    class Client(TimelineClient):
        def stop(self, reason: str = "") -> None:
            super().stop(reason)
            stopped.set()

    def respond(request: httpx.Request) -> httpx.Response:
        threads.append(Thread(target=timeline.close))
        threads[0].start()
        stopped.wait(30)  # a test that fails must not hang
        steps.append("responded")
        return created(request)

    timeline = Client("t", httpx_args={"transport": Recorded(respond, steps)})
    assert timeline.send(numbered(1)).created == 1
    threads[0].join()
    assert steps == ["responded", "closed"]


def test_closing_waits_for_the_requests_of_other_tasks() -> None:
    """The connections are closed after the response."""
    steps: list[str] = []

    async def respond(request: httpx.Request) -> httpx.Response:
        closing.append(asyncio.create_task(timeline.close()))
        for _ in range(20):  # all other tasks have their turn
            await asyncio.sleep(0)
        steps.append("responded")
        return created(request)

    async def run() -> None:
        assert (await timeline.send(numbered(1))).created == 1
        await closing[0]

    closing: list[asyncio.Task[None]] = []
    timeline = AsyncTimelineClient("t", httpx_args={"transport": Recorded(respond, steps)})
    asyncio.run(run())
    assert steps == ["responded", "closed"]


@both_queues
async def test_events_of_a_closed_client_are_unsent(client: Any) -> None:
    """The error says that it is closed."""
    timeline, outcomes = client("t", httpx_args=Script().httpx_args), list[Outcome]()
    await done(timeline.close())
    await done(timeline.send(numbered(2), on_outcome=outcomes.append))

    assert [type(outcome) for outcome in outcomes] == [Unsent, Unsent]
    assert "the client is closed" in str(getattr(outcomes[0], "error", ""))


def test_an_asynchronous_run_waits_in_its_event_loop() -> None:
    """By default the waits are those of asyncio."""

    async def run() -> int:
        script, retry = Script(status(502)), RetryPolicy(wait_initial=0.001)
        async with AsyncTimelineClient("t", httpx_args=script.httpx_args, retry=retry) as timeline:
            report = await timeline.send(numbered(1))
        assert len(script.requests) == 2
        return report.created

    assert asyncio.run(run()) == 1


SENDS_AT_EXIT = """
import atexit
from hubspot_timeline import *
def send():
    with TimelineClient('t', base_url='http://127.0.0.1:9') as timeline:
        print(timeline.send(event(1, email='a@b') for _ in range(250)).unsent)
atexit.register(send)
"""

STOPS_IN_SIGNAL_HANDLER = """
import signal
from hubspot_timeline.errors import StoppedError
from hubspot_timeline.execution.sync_executor import Run
run, reason, signals = Run(), StoppedError('x'), []
def stop(*_):
    run.abort(reason)
    signals.append(1)
signal.signal(signal.SIGALRM, stop)
armed = 0
while len(signals) < 3_000:
    if armed == len(signals):  # on a slow machine a timer that repeats would leave no time for anything else
        armed += 1
        signal.setitimer(signal.ITIMER_REAL, 0.00003)
    run.abort(reason)
print('done')
"""


@pytest.mark.parametrize(
    ("code", "output"), [(SENDS_AT_EXIT, "250\n"), (STOPS_IN_SIGNAL_HANDLER, "done\n")], ids=["exit", "signal"]
)
def test_a_run_ends_at_interpreter_exit_and_in_a_signal_handler(code: str, output: str) -> None:
    """At exit no thread can be started; a signal handler may stop a run between any two steps of its own stop."""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert process.stdout == output


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork, which this system does not have")
def test_a_stream_that_is_continued_in_a_forked_child_ends() -> None:
    """Its deliveries belong to the parent; the child sends nothing more."""
    with TimelineClient("t", httpx_args=Script().httpx_args, batch=BatchLimits(max_events=2)) as timeline:
        outcomes = timeline.stream(numbered(20))
        next(outcomes)
        if (child := os.fork()) == 0:
            left = list(outcomes)
            os._exit(0 if {type(outcome) for outcome in left[2:]} <= {Created, Unsent} and len(left) < 20 else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert len(list(outcomes)) == 19


UNREADABLE = status(201, "<html>maintenance</html>")


@pytest.mark.parametrize("hopeless", [UNREADABLE, broken(httpx.ReadError)], ids=["unreadable", "lost"])
def test_a_run_stops_when_no_response_can_be_read(client: ClientRunner, hopeless: Handler) -> None:
    """After three batches of it, so that not every event ends without a certain outcome."""
    script = Script(*[hopeless] * 100)
    report = client.run(script, lambda timeline: timeline.send(numbered(100)), **PAIRS, retry=RetryPolicy(attempts=2))

    assert (report.unconfirmed, report.unsent, report.requests) == (6, 94, 6)
    assert "The first 3 batches all ended without a usable response" in str(report.failures[-1].error)


@pytest.mark.parametrize(
    "other", [created, status(400, {"message": "no such template"}), broken(httpx.ReadError)], ids=["ok", "no", "lost"]
)
def test_a_run_goes_on_if_the_service_responds(client: ClientRunner, other: Handler) -> None:
    """Or if the reasons differ."""
    script = Script(UNREADABLE, UNREADABLE, other, other, *[UNREADABLE] * 100)
    report = client.run(script, lambda timeline: timeline.send(numbered(20)), **PAIRS, retry=RetryPolicy(attempts=1))

    assert report.unsent == 0
