"""The callbacks of `send`, and a queue of a client that is closed."""

from typing import Any

from hubspot_timeline import Created, Outcome, Unsent
from tests.helpers.both_queues import both_queues, done, entered
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, status


@both_queues
async def test_on_failure_is_called_with_the_outcomes_other_than_created(client: Any) -> None:
    """Events that are rejected before or after they are sent are among them."""
    outcomes, failures = list[Outcome](), list[Outcome]()
    script = Script(status(409, {"message": "exists", "context": {"ids": ["e1"]}}))
    async with entered(client("t", httpx_args=script.httpx_args, max_in_flight=1)) as timeline:
        events = [*numbered(3), {"id": "invalid"}]
        await done(timeline.send(events, on_outcome=outcomes.append, on_failure=failures.append))

    assert len(outcomes) == 4
    assert failures == [outcome for outcome in outcomes if not isinstance(outcome, Created)]
    assert {failure.id for failure in failures} >= {"invalid"}


@both_queues
async def test_events_in_a_queue_of_a_closed_client_are_unsent(client: Any) -> None:
    """Leaving the queue does not wait for a request that is never sent."""
    timeline, outcomes = client("t", httpx_args=Script().httpx_args), list[Outcome]()
    await done(timeline.close())
    async with entered(timeline.queue(on_outcome=outcomes.append)) as queue:
        await done(queue.put(next(numbered(1))))

    [outcome] = outcomes
    assert isinstance(outcome, Unsent)
    assert "the client is closed" in str(outcome.error)
