"""Which thread sends a batch: the calling thread while responses are fast, else several threads."""

from collections.abc import Callable
from threading import Event, current_thread, main_thread
from typing import Any

from hubspot_timeline import BatchLimits, Created, ErrorLimit, RetryPolicy
from hubspot_timeline.apis import open_apis
from hubspot_timeline.delivery.batches import Batch, Batcher
from hubspot_timeline.delivery.engine import DeliveryOptions
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.execution.reader import EventReader, Preparation
from hubspot_timeline.execution.run import ErrorCounter
from hubspot_timeline.execution.sync_executor import Run
from hubspot_timeline.execution.sync_run import SendRun
from tests.helpers.numbered_events import numbered

AT_ONCE, NEVER = 60.0, 0.0  # seconds of patience

APIS = open_apis("v3", None, None)


class FakeExecutor:
    """Delivers batches of one event without a request, and records whether the calling thread did."""

    def __init__(self, respond: Callable[[int], object] = lambda position: None, retried: int | None = None) -> None:
        self.in_calling_thread: dict[int, bool] = {}
        self._respond = respond
        self._retried = retried

    options = DeliveryOptions(APIS, RetryPolicy(), lambda: 0.0)

    def deliver(self, batch: Batch, _: Run) -> DeliveryResult:
        """Deliver a batch whole."""
        item = batch[0]
        self.in_calling_thread[item.position] = current_thread() is main_thread()
        self._respond(item.position)
        return DeliveryResult([Created(item.position, item.event, item.id, 1)], 1)

    def attempt(self, batch: Batch, run: Run) -> DeliveryResult | Callable[[], DeliveryResult]:
        """Deliver a batch, or return what delivers it if it is the one to retry."""
        if batch[0].position == self._retried:
            self._respond(-1)
            return lambda: self.deliver(batch, run)
        return self.deliver(batch, run)


def run_with(executor: Any) -> SendRun:
    return SendRun(
        executor,
        EventReader(Batcher(BatchLimits(1)), Preparation(APIS.primary)),
        ErrorCounter(ErrorLimit()),
        2,
        RunCounters(),
    )


def positions(run: SendRun, count: int) -> list[int]:
    return sorted(outcome.position for result in run.results(numbered(count)) for outcome in result.outcomes)


def test_the_calling_thread_sends_while_responses_are_fast() -> None:
    """All but the first request, whose response was not known to be fast."""
    executor = FakeExecutor()
    run = run_with(executor)
    run.patience = AT_ONCE
    assert positions(run, 10) == list(range(10))
    assert executor.in_calling_thread == {0: False} | dict.fromkeys(range(1, 10), True)


def test_a_slow_first_response_leaves_sending_to_threads() -> None:
    """The second request begins while the first is under way."""
    second, waits = Event(), list[bool]()
    executor = FakeExecutor(lambda position: second.set() if position else waits.append(second.wait(30)))
    run = run_with(executor)
    run.patience = NEVER
    assert positions(run, 10) == list(range(10))
    assert waits == [True]
    assert not any(executor.in_calling_thread.values())


def test_threads_take_over_after_several_slow_responses() -> None:
    """One alone may only have met a busy machine."""

    def respond(position: int) -> None:
        run.patience = AT_ONCE if position in (0, 2) else NEVER

    executor = FakeExecutor(respond)
    run = run_with(executor)
    run.patience = AT_ONCE
    assert positions(run, 10) == list(range(10))
    assert [executor.in_calling_thread[position] for position in range(10)] == [False] + [True] * 5 + [False] * 4


def test_a_retry_is_left_to_a_thread() -> None:
    """While it waits, other batches are sent."""
    later, waits = Event(), list[bool]()

    def respond(position: int) -> None:
        match position:
            case -1:  # the first attempt at the batch
                run.patience = NEVER
            case 1:
                waits.append(later.wait(30))
            case 2:
                later.set()

    executor = FakeExecutor(respond, retried=1)
    run = run_with(executor)
    run.patience = AT_ONCE
    assert positions(run, 4) == list(range(4))
    assert waits == [True]
    assert not executor.in_calling_thread[1]
