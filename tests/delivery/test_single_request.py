"""A call is repeated where trouble passes, never where it could be done twice, and its errors say what it was about."""

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
    EventError,
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
from tests.helpers.both_clients import Words, both
from tests.helpers.documented_requests import operation_of
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import Answer, Script, broken, status

TEMPLATE = {"id": "12", "name": "Webinar", "objectType": "contacts", "tokens": []}
TOKEN = {"name": "seats", "label": "Seats", "type": "number", "options": []}
ENTRY = event(12, {}, email="ada@example.com", id="a-1")
RESULT = ENTRY.to_dict() | {"objectType": "CONTACT"}

get: Words = lambda timeline: timeline.templates.get(12)  # noqa: E731 - words are said, not defined
create: Words = lambda timeline: timeline.templates.create("Webinar", "contacts")  # noqa: E731
replace: Words = lambda timeline: timeline.templates.update(12, name="n", tokens=[], header="", detail="")  # noqa: E731
delete: Words = lambda timeline: timeline.templates.delete(12)  # noqa: E731
delete_token: Words = lambda timeline: timeline.templates.delete_token(12, "seats")  # noqa: E731
add: Words = lambda timeline: timeline.templates.add_token(12, template_token("seats", "number"))  # noqa: E731
create_event: Words = lambda timeline: timeline.events.create(ENTRY)  # noqa: E731

# What may have been done, for all that is known.
DOUBTS: dict[str, tuple[Answer, type[TimelineError]]] = {
    "502": (status(502), ServerError),
    "reset": (broken(httpx.ReadError), ConnectionLostError),
    "unreadable": (status(200, "<html>edge</html>"), InvalidResponseError),
}
# What certainly was not.
NOT_DONE: dict[str, Answer] = {
    "429": status(429, {"message": "slow"}, Retry_After="3"),
    "423": status(423, {"message": "locked"}),
    "477": status(477, None, Retry_After="7"),
    "refused": broken(httpx.ConnectError),
}


@both
@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize(("words", "answer"), [(get, TEMPLATE), (replace, TEMPLATE)])
def test_reads_and_replacements_are_repeated(say: Any, doubt: str, words: Words, answer: Any) -> None:
    """Twice is the same as once; the same request leaves each time, after a wait that grows."""
    time, script = FakeTime(), Script(*[DOUBTS[doubt][0]] * 3, status(200, answer))

    assert say(script, words, time).id == "12"
    assert time.waits == [0.25, 0.5, 1.0]
    assert len({(request.method, str(request.url), request.content) for request in script.requests}) == 1
    assert len(script.requests) == 4


@both
@pytest.mark.parametrize("words", [create, add])
@pytest.mark.parametrize("doubt", DOUBTS)
def test_what_no_id_protects_is_not_repeated_after_a_lost_answer(say: Any, words: Words, doubt: str) -> None:
    """It could be there twice; the error says to look."""
    answer, kind = DOUBTS[doubt]
    script = Script(answer)

    with pytest.raises(kind, match=r"may have been (created|added) all the same: look at"):
        say(script, words)
    assert len(script.requests) == 1


@both
@pytest.mark.parametrize("trouble", NOT_DONE)
@pytest.mark.parametrize(("words", "answer"), [(create, TEMPLATE), (add, TOKEN), (create_event, RESULT)])
def test_what_certainly_was_not_done_is_done_again(say: Any, trouble: str, words: Words, answer: Any) -> None:
    """A rate limit, a lock, a move and a connection that never was are waited for by all."""
    time, script = FakeTime(), Script(NOT_DONE[trouble], status(201, answer))

    assert say(script, words, time).to_dict() == answer
    assert len(script.requests) == 2
    assert sum(time.waits) > 0


@both
@pytest.mark.parametrize("words", [delete, delete_token])
def test_gone_after_a_lost_answer_is_deleted(say: Any, words: Words) -> None:
    """The service had done it, and only its answer was lost; without such an answer it is an error."""
    gone = status(404, {"message": "no such thing"})

    assert say(Script(broken(httpx.ReadError), gone), words) is None
    with pytest.raises(NotFoundError):
        say(Script(gone), words)
    with pytest.raises(NotFoundError):  # a page of an edge server says nothing of the template
        say(Script(broken(httpx.ReadError), status(404)), words)


@both
def test_an_event_that_exists_after_a_lost_answer_is_created_and_read(say: Any) -> None:
    """Its id protects it, so that the request may be repeated; the entry is asked for."""
    exists = status(409, {"message": "exists", "category": "CONFLICT"})
    script = Script(broken(httpx.ReadError), exists, status(502), status(200, RESULT))

    assert say(script, create_event).to_dict() == RESULT
    names = [operation_of(request)[0] for request in script.requests]
    assert names == ["create_event", "create_event", "get_event", "get_event"]

    with pytest.raises(
        ConflictError, match=r"event a-1 of template 12: 409 CONFLICT: exists\. Events cannot be changed"
    ):
        say(Script(exists), create_event)


@both
def test_a_refusal_after_a_lost_answer_leaves_a_doubt(say: Any) -> None:
    """What was refused the second time may have been done the first."""
    script = Script(broken(httpx.ReadError), status(400, {"message": "no"}))
    with pytest.raises(BadRequestError) as caught:
        say(script, create_event)

    assert caught.value.__notes__ == [
        "An answer before it was lost. The event may have been created: create it again with the same id 'a-1'."
    ]


@both
def test_an_event_that_cannot_be_sent_is_sent_nowhere(say: Any) -> None:
    """It is checked as by send."""
    script = Script()
    with pytest.raises(EventError, match="emial: is not a field"):
        say(script, lambda timeline: timeline.events.create({"emial": "a@example.com"}))
    assert script.requests == []


REFUSALS: dict[str, tuple[Answer, type[ApiError], str]] = {
    "404": (
        status(404, {"message": "no", "correlationId": "c-1"}),
        NotFoundError,
        "template 12 of app 7: 404: no (correlationId c-1). Check the ids",
    ),
    "400": (
        status(400, {"message": "no", "category": "VALIDATION_ERROR"}),
        BadRequestError,
        "template 12 of app 7: 400 VALIDATION_ERROR: no. Correct what it names",
    ),
    "409": (status(409, {"message": "name taken"}), ConflictError, "409: name taken. Correct what it names"),
    "html": (status(404), NotFoundError, "template 12 of app 7: 404: not JSON but '<html>edge</html>'"),
}


@both
@pytest.mark.parametrize("words", [get, replace, delete])
@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_says_what_it_is_about(say: Any, words: Words, name: str) -> None:
    """At once, as an error of ours, with the template in it and what to do."""
    answer, kind, message = REFUSALS[name]
    script = Script(answer)
    with pytest.raises(kind) as caught:
        say(script, words)

    assert type(caught.value) is kind
    assert message in str(caught.value)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        (lambda timeline: timeline.templates.list(), "the templates of app 7: 404"),
        (delete_token, "token seats of template 12 of app 7: 404"),
        (lambda timeline: timeline.events.get(12, "a-1"), "event a-1 of template 12: 404"),
        (lambda timeline: timeline.events.detail(12, "a-1"), "the detail of event a-1 of template 12: 404"),
        (lambda timeline: timeline.events.render(12, "a-1"), "the page of event a-1 of template 12: 404"),
    ],
)
@both
def test_what_is_not_there_is_named(say: Any, words: Words, subject: str) -> None:
    """The template, the token or the event."""
    with pytest.raises(NotFoundError, match=subject):
        say(Script(status(404, {"message": "no"})), words)


@both
@pytest.mark.parametrize(
    "body",
    [
        {"id": "12"},
        {**TEMPLATE, "tokens": 5},
        {**TEMPLATE, "tokens": [{**TOKEN, "type": "boolean"}]},
        {**TEMPLATE, "createdAt": "then"},
    ],
)
def test_an_answer_that_does_not_fit_is_not_asked_for_again(say: Any, body: Any) -> None:
    """It is JSON, so that the next would be the same; what is wrong is said."""
    script = Script(status(200, body))
    with pytest.raises(InvalidResponseError, match="template 12 of app 7: the answer does not fit the document"):
        say(script, get)
    assert len(script.requests) == 1


@both
def test_trouble_that_does_not_pass_ends(say: Any) -> None:
    """After as many attempts, or seconds, as the policy has."""
    time, script = FakeTime(), Script(*[status(503)] * 9)
    with pytest.raises(ServerError, match="Nothing was changed by it: ask again later"):
        say(script, get, time, retry=RetryPolicy(attempts=3))
    assert len(script.requests) == 3

    script = Script(*[status(429, None, Retry_After="100")] * 9)
    with pytest.raises(RateLimitError):
        say(script, get, time, retry=RetryPolicy(wait_total=99))
    assert len(script.requests) == 1

    script, time = Script(*[status(503)] * 9), FakeTime()
    with pytest.raises(ServerError):
        say(script, get, time, retry=RetryPolicy(wait_total=1))
    assert (len(script.requests), time.waits) == (3, [0.25, 0.5])

    with pytest.raises(NotConnectedError):
        say(Script(*[broken(httpx.ConnectError)] * 2), get, retry=RetryPolicy(attempts=2))


@both
def test_calls_keep_to_the_rate_limit(say: Any) -> None:
    """Two in ten seconds, so that the third waits."""
    time, script = FakeTime(), Script(*[status(200, TEMPLATE)] * 3)

    def thrice(timeline: Any) -> Any:
        if isinstance(timeline, TimelineClient):
            return [get(timeline) for _ in range(3)]

        async def awaited() -> list[Any]:
            return [await get(timeline) for _ in range(3)]

        return awaited()

    say(script, thrice, time, rate_limit=RateLimit(requests=2))
    assert time.waits == pytest.approx([10.2], abs=0.01)


@both
def test_a_refused_token_is_renewed_once(say: Any) -> None:
    """And a second refusal ends it."""
    tokens, expired = iter(["first", "second", "third"]), status(401, {"message": "expired"})
    script = Script(expired, status(200, TEMPLATE))

    assert say(script, get, token=lambda: next(tokens)).id == "12"
    assert [request.headers["Authorization"] for request in script.requests] == ["Bearer first", "Bearer second"]

    script = Script(expired, expired, expired)
    with pytest.raises(AuthenticationError, match="template 12 of app 7: 401: expired"):
        say(script, get, token=lambda: "a-token")
    assert len(script.requests) == 2


def test_a_token_endpoint_that_refuses_is_told_as_such() -> None:
    """Not as a run that had stopped."""
    script = Script(status(400, {"status": "BAD_REFRESH_TOKEN", "message": "no"}))
    with (
        TimelineClient(OAuthRefresh("id", "secret", "refresh"), app_id=7, httpx_args=script.httpx_args) as timeline,
        pytest.raises(TokenRefreshError),
    ):
        timeline.templates.list()


def test_a_closed_client_asks_nothing() -> None:
    """As with send, what was not sent is told as such."""
    script = Script()
    timeline = TimelineClient("t", app_id=7, httpx_args=script.httpx_args)
    timeline.close()
    with pytest.raises(StoppedError, match="the client is closed"):
        timeline.templates.list()

    async def same() -> None:
        late = AsyncTimelineClient("t", app_id=7, httpx_args=script.httpx_args)
        await late.close()
        await late.templates.list()

    with pytest.raises(StoppedError):
        asyncio.run(same())
    assert script.requests == []


def test_closing_waits_for_the_call_under_way() -> None:
    """Its answer still comes, and what was about to be repeated is not."""
    begun, gate = threading.Event(), threading.Event()

    def answer(_: httpx.Request) -> httpx.Response:
        begun.set()
        assert gate.wait(60)
        return httpx.Response(200, json={"results": [TEMPLATE]})

    timeline = TimelineClient("t", app_id=7, httpx_args=Script(answer).httpx_args)
    found: list[Any] = []
    caller = threading.Thread(target=lambda: found.append(timeline.templates.list()))
    caller.start()
    assert begun.wait(60)
    closer = threading.Thread(target=timeline.close)
    closer.start()
    assert closer.is_alive()
    gate.set()
    closer.join(60)
    caller.join(60)
    assert [template.id for template in found[0]] == ["12"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_waits_for_no_call_of_its_parent() -> None:
    """It has no thread that could end it, and calls on connections of its own."""
    code = (
        "import os, threading, httpx\n"
        "from hubspot_timeline import TimelineClient\n"
        "begun, gate = threading.Event(), threading.Event()\n"
        "def answer(_):\n"
        "    begun.set()\n"
        "    gate.wait()\n"
        "    return httpx.Response(200, json={'results': []})\n"
        "timeline = TimelineClient('t', app_id=7, httpx_args={'transport': httpx.MockTransport(answer)})\n"
        "call = threading.Thread(target=timeline.templates.list)\n"
        "call.start()\n"
        "begun.wait()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    timeline.close()\n"
        "    os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "gate.set()\n"
        "call.join()\n"
        "timeline.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_closing_awaits_the_call_under_way() -> None:
    """The same with coroutines."""

    async def both_at_once() -> Any:
        begun, gate = asyncio.Event(), asyncio.Event()

        async def answer(_: httpx.Request) -> httpx.Response:
            begun.set()
            await gate.wait()
            return httpx.Response(200, json={"results": [TEMPLATE]})

        timeline = AsyncTimelineClient("t", app_id=7, httpx_args={"transport": httpx.MockTransport(answer)})
        call = asyncio.create_task(timeline.templates.list())
        await begun.wait()
        closing = asyncio.create_task(timeline.close())
        await asyncio.sleep(0)
        assert not closing.done()
        gate.set()
        await closing
        return await call

    assert [template.id for template in asyncio.run(both_at_once())] == ["12"]


def test_stop_ends_the_wait_of_a_call() -> None:
    """What waits to be repeated is not, and says so."""
    timeline: TimelineClient

    def answer(_: httpx.Request) -> httpx.Response:
        timeline.stop()
        return httpx.Response(503, headers={"Retry-After": "100"})

    script = Script(answer)
    with TimelineClient("t", app_id=7, httpx_args=script.httpx_args) as timeline, pytest.raises(StoppedError):
        timeline.templates.list()
    assert len(script.requests) == 1
