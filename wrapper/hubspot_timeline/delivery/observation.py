"""Calls the observer of a client with what its runs do; threads and coroutines have this in common."""

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import time_ns
from typing import ParamSpec, Self, TypeAlias, TypeVar

from msgspec import Struct

from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.outcomes import Created, Outcome, Rejected, Report, Unconfirmed, Unsent
from hubspot_timeline.delivery.steps import NO_CONTEXT, Delivery, DeliveryResult, Reply, Send, Step, Wait
from hubspot_timeline.errors import AccessTokenError, StoppedError, TimelineError
from hubspot_timeline.observability.observer import (
    EventCount,
    ObservedBatch,
    ObservedRequest,
    ObservedRun,
    Observer,
    WaitReason,
)

_log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_OTHER = "_OTHER"  # what OpenTelemetry calls an error without a type

_Kind: TypeAlias = tuple[str, bool, str | None]  # the outcome, whether its id existed, the type of its error


class Notifier(Struct):
    """Calls the observer of one client. What it raises is logged once, and harms no delivery."""

    observer: Observer
    clock: Callable[[], float]
    server_address: str
    server_port: int
    has_failed: bool = False

    def __call__(self, method: Callable[P, T], *args: P.args, **options: P.kwargs) -> T | None:
        """Call a method of the observer; return None if it raises."""
        try:
            return method(*args, **options)
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 - of the application; no event may be lost to it
            if not self.has_failed:
                self.has_failed = True
                _log.exception("The observer failed; the run goes on, and further errors of it are not logged")
            return None

    def token_renewed(self, error: TimelineError | None) -> None:
        """Report that an access token was fetched, or could not be."""
        self(self.observer.token_renewed, None if error is None else type(error).__name__)


class Observation(Struct):
    """Reports a run to the observer; a queue if `run` is None."""

    notify: Notifier
    run: ObservedRun | None = None

    @classmethod
    def of_run(cls, notify: Notifier, report: Report) -> Self:
        """Return the observation of a run."""
        return cls(notify, ObservedRun(notify.server_address, notify.server_port, report))

    def begin(self) -> None:
        """Report that the run begins."""
        if self.run:
            self.notify(self.notify.observer.run_began, self.run)

    def end(self, read: int, error: BaseException | None) -> None:
        """Report that the run ends after it has read so many events, with the error that it raises."""
        if run := self.run:
            run.read = max(read, run.report.total)
            run.error_type = type(error).__name__ if error else run.error_type
            self.notify(self.notify.observer.run_ended, run)

    def wait(self, seconds: float, error: TimelineError | None) -> None:
        """Report a wait: after an error, or for the rate limit."""
        self.notify(self.notify.observer.waited, seconds, _reason(error))

    def count(self, result: DeliveryResult) -> None:
        """Report the outcomes of events, except those that an earlier run has reported."""
        if result.is_resumed:
            return
        account = result.account
        for (outcome, is_duplicate, error_type), count in _counts(result).items():
            counted = EventCount(outcome, count, is_duplicate, error_type, account)
            self.notify(self.notify.observer.events_ended, counted)
            if self.run and outcome == "unsent":
                self.run.error_type = self.run.error_type or error_type

    def delivery(self, batch: Batch, steps: Delivery) -> Delivery:
        """Return the delivery of a batch, whose steps are reported."""
        notify, observer = self.notify, self.notify.observer
        observed = ObservedBatch(self.run, batch[0].account, len(batch), sum([len(item.body) for item in batch]))
        began, counts = notify.clock(), None
        notify(observer.batch_began, observed)
        try:
            result = yield from self._reported(observed, steps)
            counts = _counts(result)
        finally:
            observed.seconds = notify.clock() - began
            observed.outcomes, observed.error_type = ({}, _OTHER) if counts is None else _summary(counts)
            notify(observer.batch_ended, observed)
        return result

    def _reported(self, batch: ObservedBatch, steps: Delivery) -> Delivery:
        notify, observer = self.notify, self.notify.observer
        reply: Reply = None
        error_type, waited, began = None, 0.0, 0
        while True:
            try:
                step: Step = steps.send(reply)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return] # StopIteration is not generic
            match step:
                case Wait(seconds, error):
                    error_type, waited = type(error).__name__, seconds
                case Send(items, api, new):
                    context = notify(observer.request_context, batch)
                    guarded = _Guarded(notify, NO_CONTEXT if context is None else context)
                    step, began = Send(items, api, new, guarded), time_ns()
            reply = yield step
            if isinstance(step, Send) and not isinstance(reply, StoppedError):
                retry_of = (error_type or _OTHER) if batch.requests and step.items else None
                batch.requests += 1
                error_type = _error_type(reply)
                request = ObservedRequest(getattr(reply, "status", None), error_type, retry_of, waited, began)
                notify(observer.request_ended, batch, request)
                waited = 0.0


class _Guarded(Struct):
    """A context manager that raises nothing."""

    notify: Notifier
    context: AbstractContextManager[object]

    def __enter__(self) -> None:
        self.notify(_enter, self.context)

    def __exit__(self, *error: object) -> None:
        self.notify(_leave, self.context)


def _enter(context: AbstractContextManager[object]) -> None:
    context.__enter__()


def _leave(context: AbstractContextManager[object]) -> None:
    context.__exit__(None, None, None)


def _error_type(reply: Reply) -> str | None:
    error = reply if isinstance(reply, TimelineError) else reply and reply.error
    return type(error).__name__ if error else None


def _reason(error: TimelineError | None) -> WaitReason:
    if error is None:
        return "rate_limit"
    if isinstance(error, AccessTokenError):
        return "token"
    return "backoff" if getattr(error, "retry_after", None) is None else "retry_after"


def _counts(result: DeliveryResult) -> Counter[_Kind]:
    counts: Counter[_Kind] = Counter(map(_kind, result.others)) if result.others else Counter()
    if created := sum(map(len, result.created_batches)):
        counts["created", False, None] += created
    return counts


def _kind(outcome: Outcome) -> _Kind:
    name = type(outcome).__name__.lower()
    if not isinstance(outcome, Rejected | Unconfirmed | Unsent):
        return name, isinstance(outcome, Created) and outcome.existed, None
    error: BaseException = outcome.error
    if isinstance(error, StoppedError) and error.__cause__:
        error = error.__cause__
    return name, isinstance(outcome, Rejected) and outcome.is_duplicate, type(error).__name__


def _summary(counts: Counter[_Kind]) -> tuple[dict[str, int], str | None]:
    """Return how many events have each outcome, and the error if some may have to be sent again."""
    outcomes: Counter[str] = Counter()
    for (outcome, _, _), count in counts.items():
        outcomes[outcome] += count
    errors = (error_type for outcome, _, error_type in counts if outcome in ("unconfirmed", "unsent"))
    return dict(outcomes), next(errors, None)
