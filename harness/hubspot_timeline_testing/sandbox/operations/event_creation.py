"""create_events: a batch in, a 201 or a 207 out."""

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.bodies import batch_error, batch_result, encode
from hubspot_timeline_testing.sandbox.context import Answer, Call, World
from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid
from hubspot_timeline_testing.sandbox.operations.persistence import Sent, keep, made_ready, told_to_refuse
from hubspot_timeline_testing.sandbox.storage.store import StoredEvent
from hubspot_timeline_testing.sandbox.validation.event_rules import Problem
from hubspot_timeline_testing.sandbox.validation.event_validator import Judge
from hubspot_timeline_testing.sandbox.validation.request_body import read_body


@frozen
class _Sorted:
    """The events of a batch: those to create, and the others with what is wrong with them."""

    accepted: list[StoredEvent] = field(factory=list)
    refused: list[tuple[Problem, str]] = field(factory=list)


def create_events(world: World, call: Call) -> Answer:
    """Create the events of a request body: 201, or 207 if some or all of them break a rule.

    Raises RefusedError, with nothing created, for a body that breaks the document or holds too many events (400), for
    an event that breaks a rule where settings say so (400), and for an id that is taken (409 or 400).
    """
    started = world.clock.now()
    events = read_body(call.raw, "TimelineEventBatch", lenient=world.settings.types == "lenient")["inputs"]
    _refuse_too_many(events, world.settings.max_events)
    batch = _sort(events, world, call)
    if batch.refused and world.settings.invalid_events == "refuse-batch":
        raise _refusal_of_all(batch.refused[0][0])
    keep(batch.accepted, world)
    errors = [batch_error(problem, event_id, world.settings.error_names) for problem, event_id in batch.refused]
    body = batch_result([event.result for event in batch.accepted], errors, started, completed=world.clock.now())
    return Answer(207 if errors else 201, body, events=len(events))


def _refuse_too_many(events: Sequence[Any], most: int | None) -> None:
    if most is not None and len(events) > most:
        raise invalid(f"The batch holds {len(events)} events; at most {most} are allowed")


def _refusal_of_all(problem: Problem) -> RefusedError:
    return RefusedError(400, problem.message, problem.category)


def _sort(events: Sequence[dict[str, Any]], world: World, call: Call) -> _Sorted:
    batch = _Sorted()
    judge = Judge(world.store, world.settings, call.caller)
    now = world.clock.now()
    for event in events:
        sent = Sent(event, encode(event), judge.landing(event))
        problem = judge.find_problem(event, sent.text, sent.landing) or told_to_refuse(world, event["id"])
        if problem:
            batch.refused.append((problem, event["id"]))
        else:
            batch.accepted.append(made_ready(sent, now, call.number))
    return batch
