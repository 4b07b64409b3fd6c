"""A single request is retried after a temporary failure, never where it could succeed twice (G5, G9).

Its errors name the resource and say what to do.
"""

import asyncio
import os
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

from hubspot_timeline import (
    ApiError,
    AsyncTimelineClient,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionLostError,
    InvalidResponseError,
    NotConnectedError,
    NotFoundError,
    OAuthRefresh,
    RateLimit,
    RateLimitError,
    RetryPolicy,
    ServerError,
    StoppedError,
    TimelineClient,
    TimelineError,
    TokenRefreshError,
    event,
    template_token,
)
from hubspot_timeline.delivery.single_request import SendSingle, SingleRequest, deliver_single
from hubspot_timeline.errors import api_error
from tests.helpers.both_clients import Call, ClientRunner
from tests.helpers.documented_requests import operation_of
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import Handler, Script, broken, status

TEMPLATE = {"id": "12", "name": "Webinar", "objectType": "contacts", "tokens": []}
TOKEN = {"name": "seats", "label": "Seats", "type": "number", "options": []}
EVENT = event(12, {}, email="ada@example.com", id="a-1")
RESULT = EVENT.to_dict() | {"objectType": "CONTACT"}

CALLS: dict[str, Call] = {
    "list": lambda timeline: timeline.templates.list(),
    "get": lambda timeline: timeline.templates.get(12),
    "create": lambda timeline: timeline.templates.create("Webinar", "contacts"),
    "replace": lambda timeline: timeline.templates.update(12, name="n", tokens=[], header="", detail=""),
    "delete": lambda timeline: timeline.templates.delete(12),
    "add token": lambda timeline: timeline.templates.add_token(12, template_token("seats", "number")),
    "delete token": lambda timeline: timeline.templates.delete_token(12, "seats"),
    "create event": lambda timeline: timeline.events.create(EVENT),
    "get event": lambda timeline: timeline.events.get(12, "a-1"),
    "detail": lambda timeline: timeline.events.detail(12, "a-1"),
    "render": lambda timeline: timeline.events.render(12, "a-1"),
}
get = CALLS["get"]

LOST = broken(httpx.ReadError)
NOT_FOUND = status(404, {"message": "no such thing"})

# After these the request may have succeeded.
UNCONFIRMED: dict[str, tuple[Handler, type[TimelineError]]] = {
    "502": (status(502), ServerError),
    "reset": (LOST, ConnectionLostError),
    "unreadable": (status(200, "<html>edge</html>"), InvalidResponseError),
}
# After these it certainly has not.
NOT_DONE: dict[str, Handler] = {
    "429": status(429, {"message": "slow"}, Retry_After="3"),
    "423": status(423, {"message": "locked"}),
    "477": status(477, None, Retry_After="7"),
    "refused": broken(httpx.ConnectError),
}


@pytest.mark.parametrize("failure", UNCONFIRMED)
@pytest.mark.parametrize("name", ["get", "replace"])
def test_an_idempotent_request_is_retried(client: ClientRunner, failure: str, name: str) -> None:
    """The same request is sent each time, after a wait that grows."""
    time, script = FakeTime(), Script(*[UNCONFIRMED[failure][0]] * 3, status(200, TEMPLATE))

    assert client.run(script, CALLS[name], time).id == "12"
    assert time.waits == [0.25, 0.5, 1.0]
    assert len(script.requests) == 4
    assert len({(request.method, str(request.url), request.content) for request in script.requests}) == 1


@pytest.mark.parametrize("failure", UNCONFIRMED)
@pytest.mark.parametrize(("name", "verb"), [("create", "created"), ("add token", "added")])
def test_a_request_without_an_id_is_not_retried_after_a_lost_response(
    client: ClientRunner, failure: str, name: str, verb: str
) -> None:
    """It could succeed twice; the error says what to do first."""
    response, error = UNCONFIRMED[failure]
    script = Script(response)
    with pytest.raises(error, match=f"It may have been {verb}: (call|read)"):
        client.run(script, CALLS[name])
    assert len(script.requests) == 1


@pytest.mark.parametrize("failure", NOT_DONE)
@pytest.mark.parametrize(("name", "response"), [("create", TEMPLATE), ("add token", TOKEN), ("create event", RESULT)])
def test_every_request_is_retried_if_it_certainly_failed(
    client: ClientRunner, failure: str, name: str, response: Any
) -> None:
    """After a rate limit, a lock, a migration and a refused connection."""
    time, script = FakeTime(), Script(NOT_DONE[failure], status(201, response))

    assert client.run(script, CALLS[name], time).to_dict() == response
    assert len(script.requests) == 2
    assert sum(time.waits) > 0


@pytest.mark.parametrize("name", ["delete", "delete token"])
def test_not_found_after_a_lost_response_means_deleted(client: ClientRunner, name: str) -> None:
    """Otherwise it is an error, and so is the HTML of an edge server, which tells nothing about the resource."""
    assert client.run(Script(LOST, NOT_FOUND), CALLS[name]) is None
    for responses in ([NOT_FOUND], [LOST, status(404)]):
        with pytest.raises(NotFoundError):
            client.run(Script(*responses), CALLS[name])


def test_a_conflict_after_a_lost_response_means_created(client: ClientRunner) -> None:
    """The id prevents a second event, so that the request may be retried; then the record is read."""
    conflict = status(409, {"message": "exists", "category": "CONFLICT"})
    script = Script(LOST, conflict, status(502), status(200, RESULT))

    assert client.run(script, CALLS["create event"]).to_dict() == RESULT
    operations = [operation_of(request)[0] for request in script.requests]
    assert operations == ["create_event", "create_event", "get_event", "get_event"]

    with pytest.raises(ConflictError, match=r"event a-1 of template 12: 409 CONFLICT: exists\. An event with this id"):
        client.run(Script(conflict), CALLS["create event"])


def test_a_rejection_after_a_lost_response_has_a_note(client: ClientRunner) -> None:
    """The first request may have succeeded."""
    with pytest.raises(BadRequestError) as caught:
        client.run(Script(LOST, status(400, {"message": "no"})), CALLS["create event"])

    assert caught.value.__notes__ == [
        "An earlier response was lost. The event may have been created: create it again with the same id 'a-1'."
    ]


REJECTIONS: dict[str, tuple[Handler, type[ApiError], str]] = {
    "404": (
        status(404, {"message": "no", "correlationId": "c-1"}),
        NotFoundError,
        "template 12 of app 7: 404: no (correlationId c-1). Check the ids",
    ),
    "400": (
        status(400, {"message": "no", "category": "VALIDATION_ERROR"}),
        BadRequestError,
        "template 12 of app 7: 400 VALIDATION_ERROR: no. Correct the field",
    ),
    "409": (status(409, {"message": "name taken"}), ConflictError, "409: name taken. Correct the field"),
    "HTML": (status(404), NotFoundError, "template 12 of app 7: 404: not JSON but '<html>edge</html>'"),
}


@pytest.mark.parametrize("name", ["get", "replace", "delete"])
@pytest.mark.parametrize("rejection", REJECTIONS)
def test_a_rejection_is_raised_at_once(client: ClientRunner, name: str, rejection: str) -> None:
    """With the resource that it is about and what to do."""
    response, error, message = REJECTIONS[rejection]
    script = Script(response)
    with pytest.raises(error) as caught:
        client.run(script, CALLS[name])

    assert type(caught.value) is error
    assert message in str(caught.value)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("list", "the templates of app 7: 404"),
        ("delete token", "token seats of template 12 of app 7: 404"),
        ("get event", "event a-1 of template 12: 404"),
        ("detail", "the detail of event a-1 of template 12: 404"),
        ("render", "the HTML of event a-1 of template 12: 404"),
    ],
)
def test_an_error_names_its_resource(client: ClientRunner, name: str, subject: str) -> None:
    """The template, the token or the event."""
    with pytest.raises(NotFoundError, match=subject):
        client.run(Script(NOT_FOUND), CALLS[name])


@pytest.mark.parametrize(
    "body",
    [
        {"id": "12"},
        {**TEMPLATE, "tokens": 5},
        {**TEMPLATE, "tokens": [{**TOKEN, "type": "boolean"}]},
        {**TEMPLATE, "createdAt": "then"},
    ],
)
def test_json_that_does_not_match_the_document_is_not_retried(client: ClientRunner, body: Any) -> None:
    """The next response would be the same; the error says what is wrong."""
    script = Script(status(200, body))
    with pytest.raises(InvalidResponseError, match="template 12 of app 7: the response does not match the OpenAPI"):
        client.run(script, get)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("response", "policy", "error", "waits"),
    [
        (status(503), RetryPolicy(attempts=3), ServerError, [0.25, 0.5]),
        (status(503), RetryPolicy(wait_total=1), ServerError, [0.25, 0.5]),
        (status(429, None, Retry_After="100"), RetryPolicy(wait_total=99), RateLimitError, []),
        (broken(httpx.ConnectError), RetryPolicy(attempts=2), NotConnectedError, [0.25]),
    ],
)
def test_retries_are_bounded(
    client: ClientRunner, response: Handler, policy: RetryPolicy, error: type[TimelineError], waits: list[float]
) -> None:
    """By the attempts and the seconds of the policy."""
    time, script = FakeTime(), Script(*[response] * 9)
    with pytest.raises(error) as caught:
        client.run(script, get, time, retry=policy)

    assert (len(script.requests), time.waits) == (len(waits) + 1, waits)
    if error is ServerError:
        assert "The request changes nothing: send it again later" in str(caught.value)


def test_single_requests_keep_to_the_rate_limit(client: ClientRunner) -> None:
    """Two in ten seconds, so that the third waits."""
    time, script = FakeTime(), Script(*[status(200, TEMPLATE)] * 3)
    client.run_all(script, get, get, get, time=time, rate_limit=RateLimit(requests=2))

    assert time.waits == pytest.approx([10.2], abs=0.01)


def test_a_refused_access_token_is_replaced_once(client: ClientRunner) -> None:
    """A second refusal is raised."""
    tokens, expired = iter(["first", "second", "third"]), status(401, {"message": "expired"})
    script = Script(expired, status(200, TEMPLATE))

    assert client.run(script, get, token=lambda: next(tokens)).id == "12"
    assert [request.headers["Authorization"] for request in script.requests] == ["Bearer first", "Bearer second"]

    script = Script(expired, expired, expired)
    with pytest.raises(AuthenticationError, match="template 12 of app 7: 401: expired"):
        client.run(script, get, token=lambda: "a-token")
    assert len(script.requests) == 2


def test_a_refused_token_refresh_is_raised_as_such(client: ClientRunner) -> None:
    """Not as a run that was stopped."""
    script = Script(status(400, {"status": "BAD_REFRESH_TOKEN", "message": "no"}))
    with pytest.raises(TokenRefreshError):
        client.run(script, get, token=OAuthRefresh("id", "secret", "refresh"))


def test_a_closed_client_sends_nothing(client: ClientRunner) -> None:
    """The error says that the client is closed."""
    script = Script()
    kept: list[Any] = []
    client.run(script, kept.append)
    with pytest.raises(StoppedError, match="the client is closed"):
        closed = kept[0].templates.list()
        asyncio.run(closed) if isinstance(kept[0], AsyncTimelineClient) else closed
    assert script.requests == []


def test_stop_ends_the_wait_for_a_retry() -> None:
    """The request is not sent again."""
    timeline: TimelineClient

    def respond(_: httpx.Request) -> httpx.Response:
        timeline.stop()
        return httpx.Response(503, headers={"Retry-After": "100"})

    script = Script(respond)
    with TimelineClient("t", app_id=7, httpx_args=script.httpx_args) as timeline, pytest.raises(StoppedError):
        timeline.templates.list()
    assert len(script.requests) == 1


def test_close_waits_for_a_request_in_flight() -> None:
    """Its response is still returned."""
    started, released = threading.Event(), threading.Event()

    def respond(_: httpx.Request) -> httpx.Response:
        started.set()
        assert released.wait(60)
        return httpx.Response(200, json={"results": [TEMPLATE]})

    timeline = TimelineClient("t", app_id=7, httpx_args=Script(respond).httpx_args)
    results: list[Any] = []
    caller = threading.Thread(target=lambda: results.append(timeline.templates.list()))
    caller.start()
    assert started.wait(60)
    closer = threading.Thread(target=timeline.close)
    closer.start()
    assert closer.is_alive()
    released.set()
    closer.join(60)
    caller.join(60)
    assert [template.id for template in results[0]] == ["12"]


def test_close_awaits_a_request_in_flight() -> None:
    """The same with coroutines."""

    async def call_and_close() -> Any:
        started, released = asyncio.Event(), asyncio.Event()

        async def respond(_: httpx.Request) -> httpx.Response:
            started.set()
            await released.wait()
            return httpx.Response(200, json={"results": [TEMPLATE]})

        timeline = AsyncTimelineClient("t", app_id=7, httpx_args={"transport": httpx.MockTransport(respond)})
        call = asyncio.create_task(timeline.templates.list())
        await started.wait()
        closing = asyncio.create_task(timeline.close())
        await asyncio.sleep(0)
        assert not closing.done()
        released.set()
        await closing
        return await call

    assert [template.id for template in asyncio.run(call_and_close())] == ["12"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_does_not_wait_for_a_request_of_its_parent() -> None:
    """The thread that would finish it does not exist in the child."""
    code = (
        "import os, threading, httpx\n"
        "from hubspot_timeline import TimelineClient\n"
        "started, released = threading.Event(), threading.Event()\n"
        "def respond(_):\n"
        "    started.set()\n"
        "    released.wait()\n"
        "    return httpx.Response(200, json={'results': []})\n"
        "timeline = TimelineClient('t', app_id=7, httpx_args={'transport': httpx.MockTransport(respond)})\n"
        "call = threading.Thread(target=timeline.templates.list)\n"
        "call.start()\n"
        "started.wait()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    timeline.close()\n"
        "    os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "released.set()\n"
        "call.join()\n"
        "timeline.close()\n"
    )
    process = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.parametrize(("is_idempotent", "new_connections"), [(True, [False, True]), (False, [False])])
def test_a_refusal_that_may_be_unsolicited_is_verified(is_idempotent: bool, new_connections: list[bool]) -> None:
    """By the same request on a new connection, unless it could then succeed twice."""
    refusal, connections = api_error(400, {"message": "no"}), []
    request = SingleRequest({}, bytes.decode, "a template", is_idempotent=is_idempotent)
    steps = deliver_single(request, RetryPolicy(), lambda: 0.5)
    step = next(steps)
    with pytest.raises(BadRequestError):
        while isinstance(step, SendSingle):
            connections.append(step.new_connection)
            refusal.may_be_unsolicited = not step.new_connection
            step = steps.send(refusal)

    assert connections == new_connections
