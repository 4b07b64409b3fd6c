"""The same script of answers gives the same requests and the same report, with threads and with coroutines (G9)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubspot_timeline import BatchLimits, Outcome, Progress, RateLimit, RetryPolicy, event
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.examples import examples
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import Answer, Script, batch_result, broken, created, inputs, status


def partial(request: httpx.Request) -> httpx.Response:
    """Answer that the first event was created and the last refused."""
    events = inputs(request)
    refused = {"message": "no", "category": "VALIDATION_ERROR", "context": {"id": [events[-1]["id"]]}}
    return httpx.Response(207, json=batch_result(events[:-1], errors=[refused], numErrors=1))


def misspelt(request: httpx.Request) -> httpx.Response:
    """Answer a success with a status word that the document does not know."""
    return httpx.Response(201, json=batch_result(inputs(request), status="DONE"))


ANSWERS: dict[str, Answer] = {
    "created": created,
    "partial": partial,
    "misspelt": misspelt,
    "empty": status(201, {"status": "COMPLETE", "results": []}),
    "nothing": lambda _: httpx.Response(204),
    "unreadable": status(201, "<html>fine</html>"),
    "400": status(400, {"message": "no", "category": "VALIDATION_ERROR"}),
    "401": status(401, {"message": "expired", "category": "EXPIRED_AUTHENTICATION"}),
    "403": status(403, {"message": "no", "errors": [{"context": {"requiredGranularScopes": ["timeline"]}}]}),
    "409": status(409, {"message": "exists", "category": "CONFLICT"}),
    "413": status(413),
    "429": status(429, {"message": "slow"}, Retry_After="3"),
    "477": status(477, None, Retry_After="7"),
    "502": status(502),
    "520": status(520),
    "refused": broken(httpx.ConnectError),
    "reset": broken(httpx.ReadError),
    "slow": broken(httpx.ReadTimeout),
}

OPTIONS: dict[str, Any] = {
    "max_in_flight": 1,
    "batch": BatchLimits(max_events=3),
    "retry": RetryPolicy(attempts=4),
    "chance": lambda: 0.5,
}


def told(outcome: Outcome) -> tuple[object, ...]:
    return outcome.position, type(outcome), outcome.id, outcome.attempts, str(getattr(outcome, "error", ""))


def in_threads(answers: list[str], count: int, **more: Any) -> list[object]:
    script, time, outcomes = Script(*map(ANSWERS.__getitem__, answers)), FakeTime(), list[object]()
    pictures: list[Progress] = []
    options = OPTIONS | more | {"httpx_args": script.httpx_args, "clock": time.clock}
    with TimelineClient("t", sleep=time.sleep, **options) as timeline:
        report = timeline.send(
            events(count), on_outcome=lambda outcome: outcomes.append(told(outcome)), on_progress=pictures.append
        )
    return [time.waits, outcomes, [request.content for request in script.requests], str(report), pictures]


def in_a_loop(answers: list[str], count: int, **more: Any) -> list[object]:
    script, time, outcomes = Script(*map(ANSWERS.__getitem__, answers)), FakeTime(), list[object]()
    pictures: list[Progress] = []
    options = OPTIONS | more | {"httpx_args": script.httpx_args, "clock": time.clock}

    async def send() -> str:
        async with AsyncTimelineClient("t", sleep=time.async_sleep, **options) as timeline:
            report = await timeline.send(
                events(count), on_outcome=lambda outcome: outcomes.append(told(outcome)), on_progress=pictures.append
            )
        return str(report)

    report = asyncio.run(send())
    return [time.waits, outcomes, [request.content for request in script.requests], report, pictures]


def events(count: int) -> list[Any]:
    good = [event(1, {"n": n}, email="ada@example.com", id=f"e{n}") for n in range(count)]
    return [*good, {"eventTemplateId": "1", "tokens": {}, "id": "nobody"}]


@given(answers=st.lists(st.sampled_from(sorted(ANSWERS)), max_size=8), count=st.integers(0, 7))
@settings(max_examples=examples(200, 2_000))
def test_both_drivers_do_the_same(answers: list[str], count: int) -> None:
    """Waits, outcomes, bodies, reports and progress are equal, and each event has one outcome."""
    threaded = in_threads(answers, count)

    assert threaded == in_a_loop(answers, count)
    assert isinstance(threaded[1], list)
    assert len(threaded[1]) == count + 1


def test_both_keep_the_same_pace() -> None:
    """Two requests in ten seconds: the waits are the same, and they are there."""
    threaded = in_threads([], 18, rate_limit=RateLimit(requests=2))

    assert threaded == in_a_loop([], 18, rate_limit=RateLimit(requests=2))
    assert threaded[0] == pytest.approx([10.2, 10.2], abs=0.01)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_every_answer_alone_is_survived_by_both(name: str) -> None:
    """No answer raises anything out of send."""
    assert in_threads([name] * 9, 5) == in_a_loop([name] * 9, 5)


def test_an_asynchronous_iterable_is_taken_as_well() -> None:
    """Events may come from an async generator."""
    script = Script()

    async def source() -> AsyncIterator[Any]:
        for one in events(5):
            await asyncio.sleep(0)
            yield one

    async def send() -> tuple[int, int]:
        async with AsyncTimelineClient("t", httpx_args=script.httpx_args) as timeline:
            report = await timeline.send(source())
            streamed = [outcome async for outcome in timeline.stream(source())]
        return report.created, len(streamed)

    assert asyncio.run(send()) == (5, 6)
