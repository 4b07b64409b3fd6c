"""The events of the engine, followed to the end of the run."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import define, field
from requests import RequestException
from schemathesis.engine import StopReason
from schemathesis.engine.errors import UnrecoverableNetworkError
from schemathesis.engine.events import EngineFinished, FatalError, Interrupted, NonFatalError, ScenarioFinished

from hubspot_timeline_testing.contract.results import Collector
from hubspot_timeline_testing.contract.hooks import operation_of, schema_for, start
from hubspot_timeline_testing.contract.report import OperationTally
from hubspot_timeline_testing.contract.walking import take_a_walk

_OF_THE_CONNECTION = (RequestException, UnrecoverableNetworkError)


@define
class Ended:
    """How a run ended: whether it was interrupted, and what could not be verified."""

    interrupted: bool = False
    problems: list[str] = field(factory=list)


def follow(url: str, collector: Collector, on_progress: Callable[[str, OperationTally], object]) -> Ended:
    """Run the engine, give the collector what it records, and return how it ended."""
    ended = Ended()
    line = collector.line
    schema = schema_for(url, collector.secret, collector.settings, line)
    stream = start(schema, collector.settings)
    try:
        take_a_walk(schema, collector)
    except KeyboardInterrupt:
        ended.interrupted = True
        stream.stop()
    event: Any = None
    while True:
        try:
            event = next(iter(stream), None)
            if event is None:
                return ended
            _take(event, ended, collector, on_progress)
        except KeyboardInterrupt:
            ended.interrupted = True
            stream.stop()
        if line.is_hopeless and not isinstance(event, NonFatalError):  # else what its scenario recorded would be lost
            stream.stop()


def _take(event: Any, ended: Ended, collector: Collector, on_progress: Callable[[str, OperationTally], object]) -> None:
    if isinstance(event, ScenarioFinished):
        collector.take(event.recorder, event.phase.value)
        _tell(event, collector, on_progress)
    elif isinstance(event, NonFatalError) and not isinstance(event.value, _OF_THE_CONNECTION):
        ended.problems.append(f"{event.label}: {event.info.title}: {event.info.message}")
    elif isinstance(event, FatalError):
        ended.problems.append(f"the run broke off: {event.exception!r}")
    elif isinstance(event, Interrupted):
        ended.interrupted = not collector.line.is_hopeless
    elif isinstance(event, EngineFinished):
        ended.problems.extend(_cut_short(event.stop_reason, collector))


def _cut_short(reason: StopReason, collector: Collector) -> Iterator[str]:
    if reason is StopReason.SERVER_UNAVAILABLE:
        yield "the server went away in the middle of the run"
    if reason is StopReason.MAX_TIME:
        for tally in collector.tallies.values():
            if not tally.generated:
                yield f"{tally.operation}: the time was over before its turn; give more with max_time"


def _tell(event: Any, collector: Collector, on_progress: Callable[[str, OperationTally], object]) -> None:
    method, _, path = (event.label or "").partition(" ")
    try:
        tally = collector.tallies[operation_of(method, path)]
    except (StopIteration, LookupError):
        return  # a chain of several operations
    on_progress(event.phase.value, tally)
