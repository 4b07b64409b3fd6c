"""The contract sees that what a server says it did is not there afterwards, and that an answer is of another."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from contract_runs import Exchange, Flaw, contract, flawed

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
    is_event = done.method == "GET" and done.path.split("/")[-3] == "events" and done.status == 200
    return with_json(done, lambda body: body.update(tokens={})) if is_event else done


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


def error(event_id: str) -> dict[str, Any]:
    return {"status": "error", "category": "VALIDATION_ERROR", "message": "no", "context": {"id": [event_id]}}


BATCHES: dict[str, tuple[Flaw, str]] = {
    "an error about another event": (
        lambda done: batch(done, lambda body: body.update(results=[], errors=[error("other")], numErrors=1), 207),
        "create_events answered 207 with an error about an event that was not sent: 'other'",
    ),
    "neither result nor error": (
        lambda done: batch(
            done,
            lambda body: body.update(results=[], errors=[error(body["results"][0]["id"])], numErrors=1),
            207,
        ),
        "create_events answered 207 with neither a result nor an error for an event: 'contract-1-3'",
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
