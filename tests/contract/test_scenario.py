"""The contract sees that what a server says it did is not there afterwards, and that an answer is of another."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from hubspot_timeline_testing.contract.batch_completeness import unaccounted
from hubspot_timeline_testing.contract.seen import SeenAnswer, SeenRequest
from tests.helpers.contract_runs import Exchange, Flaw, contract, flawed

TEMPLATES = ["list_templates", "get_template", "update_template", "create_token", "update_token", "delete_token"]
EVENTS = ["get_event", "get_event_detail", "render_event"]


def of(done: Exchange, method: str, end: str) -> bool:
    """Tell whether an exchange is a success with this method, and a path without its ids that ends so."""
    return done.method == method and done.path.partition("?")[0].endswith(end) and done.status < 300


def with_json(done: Exchange, change: Callable[[Any], object]) -> Exchange:
    body = json.loads(done.body)
    change(body)
    return evolve(done, body=json.dumps(body).encode())


def frozen_at(number: int) -> Callable[[], Flaw]:
    """Answer the GET of a template after the one with this number as that, however the template has changed since."""

    def make() -> Flaw:
        seen: list[Exchange] = []

        def flaw(done: Exchange) -> Exchange:
            if done.method != "GET" or done.path.split("/")[-2] != "event-templates":
                return done
            seen.append(done)
            return seen[number - 1] if len(seen) == number + 1 else done

        return flaw

    return make


def always(flaw: Flaw) -> Callable[[], Flaw]:
    return lambda: flaw


def other_event(done: Exchange) -> Exchange:
    is_event = done.method == "GET" and done.path.split("/")[-3] == "events" and done.status == 200
    return with_json(done, lambda body: body.update(id="other")) if is_event else done


def no_tokens(done: Exchange) -> Exchange:
    is_event = done.method == "GET" and done.path.endswith("contract-1-1") and done.status == 200
    return with_json(done, lambda body: body.update(tokens={})) if is_event else done


def lost_of_batch(done: Exchange) -> Exchange:
    """Lose the tokens of the second event of a batch."""
    is_event = done.method == "GET" and done.path.endswith("contract-1-3") and done.status == 200
    return with_json(done, lambda body: body.update(tokens={})) if is_event else done


def still_listed() -> Flaw:
    """List what was listed first."""
    seen: list[Exchange] = []

    def flaw(done: Exchange) -> Exchange:
        if of(done, "GET", "event-templates"):
            seen.append(done)
            return seen[0]
        return done

    return flaw


def none_listed(done: Exchange) -> Exchange:
    return evolve(done, body=b'{"results": []}') if of(done, "GET", "event-templates") else done


def nothing_rendered(done: Exchange) -> Exchange:
    return evolve(done, body=b"") if of(done, "GET", "/render") else done


def no_detail(done: Exchange) -> Exchange:
    return evolve(done, body=b'{"details": ""}') if of(done, "GET", "/detail") else done


def other_token(done: Exchange) -> Exchange:
    return with_json(done, lambda body: body.update(name="other")) if of(done, "PUT", "tokens/plan") else done


FLAWS: dict[str, tuple[Callable[[], Flaw], list[str], str]] = {
    "no template is listed": (
        always(none_listed),
        ["list_templates"],
        "list_templates answered 200 without the template that create_template made",
    ),
    "an update is lost": (
        frozen_at(1),
        ["get_template"],
        "get_template answered 200 with the name 'Contract 1', which update_template made another",
    ),
    "a new token is lost": (
        frozen_at(2),
        ["get_template"],
        "get_template answered 200 without the token plan as create_token left it",
    ),
    "an update of a token is lost": (
        frozen_at(3),
        ["get_template"],
        "get_template answered 200 without the token plan as update_token left it",
    ),
    "a token is not deleted": (
        frozen_at(4),
        ["get_template"],
        "get_template answered 200 with the token plan, which delete_token deleted",
    ),
    "a template is not deleted": (
        frozen_at(5),
        ["get_template"],
        "get_template answered 200 for a template that delete_template deleted",
    ),
    "another event is read": (
        always(other_event),
        ["get_event"],
        "get_event answered 200 with another id than was asked for: 'other'",
    ),
    "the tokens of an event are lost": (
        always(no_tokens),
        ["get_event"],
        "get_event answered 200 without the tokens of the event that create_event sent",
    ),
    "the tokens of an event of a batch are lost": (
        always(lost_of_batch),
        ["get_event"],
        "get_event answered 200 without the tokens of the event that create_events sent",
    ),
    "a deleted template is listed": (
        still_listed,
        ["list_templates"],
        "list_templates answered 200 with the template that delete_template deleted",
    ),
    "nothing is rendered": (
        always(nothing_rendered),
        ["render_event"],
        "render_event answered 200 without the values of the event that create_event sent",
    ),
    "the detail is empty": (
        always(no_detail),
        ["get_event_detail"],
        "get_event_detail answered 200 without the values of the event that create_event sent",
    ),
    "another token is updated": (
        always(other_token),
        ["update_token"],
        "update_token answered 200 with another name than was asked for: 'other'",
    ),
}


@pytest.mark.parametrize("name", FLAWS)
def test_the_walk_sees_it(name: str) -> None:
    """Without chance, in every run, and nothing else is said."""
    make, operations, message = FLAWS[name]
    with flawed(make()) as url:
        report = contract(url, operations=operations)
    assert [failure.message for failure in report.failures] == [message]


def test_what_was_done_before_is_told_with_it() -> None:
    """As a line that repeats it."""
    with flawed(frozen_at(5)()) as url:
        report = contract(url, operations=["get_template"])
    assert ["-X 'DELETE'" in line for line in report.failures[0].earlier] == [True]


def batch(done: Exchange, change: Callable[[Any], object], status: int = 201) -> Exchange:
    if not of(done, "POST", "batch/create") or not json.loads(done.body).get("results"):
        return done
    return evolve(with_json(done, change), status=status)


BATCHES: dict[str, tuple[Flaw, str]] = {
    "neither result nor error": (
        lambda done: batch(done, lambda body: body.update(results=body["results"][:-1])),
        "create_events answered 201 with results for 0 of 1 events, and no error for the others",
    ),
    "a result twice": (
        lambda done: batch(done, lambda body: body.update(results=body["results"] * 2)),
        "create_events answered 201 with 2 results for one event: ",
    ),
    "another template": (
        lambda done: batch(done, lambda body: body["results"][0].update(eventTemplateId="9")),
        "create_events answered 201 with another eventTemplateId than was sent: '9'",
    ),
}


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_is_accounted_for_by_ids(name: str) -> None:
    """Each event by a result of its own, or by an error."""
    flaw, message = BATCHES[name]
    with flawed(flaw) as url:
        report = contract(url, operations=["create_events"])
    assert any(failure.message.startswith(message) for failure in report.failures), report.failures


@pytest.mark.parametrize(
    "change",
    [
        {"errors": [{"message": "no", "context": {"id": ["of the template"]}}], "numErrors": 2},
        {"errors": [{"message": "no"}], "numErrors": 2},
        {"status": "PENDING"},
        {"status": "PROCESSING"},
    ],
    ids=str,
)
def test_what_is_undocumented_of_a_batch_is_no_defect(change: dict[str, Any]) -> None:
    """How an error names its events, and when the results come."""
    body = b'{"results": [], "startedAt": "2026-03-10T23:04:41Z", "completedAt": "2026-03-10T23:04:41Z"}'
    answer = SeenAnswer(207, {}, json.dumps(json.loads(body) | {"status": "COMPLETE"} | change).encode())
    sent: Any = {"inputs": [{"eventTemplateId": "1", "id": name, "tokens": {}} for name in ("a", "b")]}
    request = SeenRequest("POST", "http://127.0.0.1/", {}, json.dumps(sent).encode(), with_token=True)
    assert unaccounted(request, answer) is None


@pytest.mark.parametrize("errors", [5, True, "no", {"a": 1}, [5]])
def test_errors_that_are_no_list_do_no_harm(errors: Any) -> None:
    """What they are is for the schema to say."""
    answer = SeenAnswer(207, {}, json.dumps({"results": [], "errors": errors}).encode())
    sent = b'{"inputs": [{"eventTemplateId": "1", "id": "a", "tokens": {}}]}'
    assert unaccounted(SeenRequest("POST", "http://127.0.0.1/", {}, sent, with_token=True), answer) is None
