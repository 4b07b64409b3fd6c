"""A function as the source of access tokens: it is called for each request, and alone decides how long one is used."""

import asyncio
import json
import traceback
from typing import Any

import httpx
import pytest

from hubspot_timeline import AccessTokenError, BatchLimits, RetryPolicy
from tests.helpers.both_clients import Call, ClientRunner
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, status

send_two: Call = lambda timeline: timeline.send(numbered(2))  # noqa: E731
ONE_BY_ONE: dict[str, Any] = {"batch": BatchLimits(max_events=1), "max_in_flight": 1, "retry": RetryPolicy(attempts=3)}


def test_the_function_is_called_for_each_request(client: ClientRunner) -> None:
    """Each request has the access token that the function returned for it."""
    tokens, script = iter(["first", "second"]), Script()
    client.run(script, send_two, token=lambda: next(tokens), **ONE_BY_ONE)

    assert [request.headers["Authorization"] for request in script.requests] == ["Bearer first", "Bearer second"]


def test_the_function_is_called_again_when_its_token_is_refused(client: ClientRunner) -> None:
    """The request is repeated once with the second access token."""
    script = Script(status(401, {"message": "expired"}))

    assert client.run(script, send_two, token=lambda: "own-token", **ONE_BY_ONE).created == 2
    assert len(script.requests) == 3


def test_a_coroutine_function_is_awaited_by_the_asynchronous_client() -> None:
    """The other client reports that it cannot."""

    async def token() -> str:
        await asyncio.sleep(0)
        return "own-token"

    async def send() -> int:
        async with AsyncTimelineClient(token, httpx_args=Script().httpx_args) as timeline:
            return (await timeline.send(numbered(1))).created

    assert asyncio.run(send()) == 1
    with TimelineClient(token, httpx_args=Script().httpx_args) as timeline:
        [failure] = timeline.send(numbered(1)).failures
    assert "only AsyncTimelineClient can await" in str(failure.error)


def failing() -> str:
    raise KeyError("the-password-of-the-vault")


@pytest.mark.parametrize(("token", "kind"), [(failing, "KeyError"), (iter([""][1:]).__next__, "RuntimeError")])
def test_a_function_that_fails_leaves_the_events_unsent(
    client: ClientRunner, token: object, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Type and place of its exception are named, its text is not; an exhausted iterator does not end a coroutine."""
    script = Script(*[lambda _: httpx.Response(500)] * 9)
    report = client.run(script, send_two, token=token, **ONE_BY_ONE)

    assert (report.unsent, script.requests) == (2, [])
    assert isinstance(report.failures[0].error, AccessTokenError)
    assert f"the function that returns it raised {kind} in " in str(report.failures[0].error)
    assert ".py:" in str(report.failures[0].error)
    assert {record.levelname for record in caplog.records if "Sending again" in record.message} == {"WARNING"}
    assert "password" not in "".join(traceback.format_exception(report.failures[0].error))


def test_the_place_of_a_failure_is_in_the_file_of_the_function(client: ClientRunner) -> None:
    """Not in a library that it calls; the exception itself is the context of the error, which no traceback shows."""
    report = client.run(Script(), send_two, token=lambda: json.loads("no JSON"), **ONE_BY_ONE)
    error = report.failures[0].error

    assert f"raised JSONDecodeError in <lambda>() ({__file__}:" in str(error)
    assert isinstance(error.__context__, json.JSONDecodeError)
    assert "Expecting value" not in "".join(traceback.format_exception(error))
