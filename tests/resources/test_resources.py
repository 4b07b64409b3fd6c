"""Methods for templates and single events send requests of the OpenAPI document and return its models (G9, G10)."""

import inspect
import json
from functools import partial
from typing import Any

import pytest

from hubspot_timeline import EventError, OptionError, TimelineClient, event, template_token
from hubspot_timeline.resources import AsyncEvents, AsyncTemplates, Events, Templates
from hubspot_timeline_api.models import (
    EventDetail,
    TimelineEventResult,
    TimelineEventTemplate,
    TimelineEventTemplateToken,
)
from tests.helpers.both_clients import Call, ClientRunner
from tests.helpers.document import operations
from tests.helpers.documented_requests import operation_of
from tests.helpers.scripted_http import Handler, Script, status

SEATS = {"name": "seats", "label": "Seats", "type": "number", "options": []}
PLAN = {
    "name": "plan",
    "label": "Plan",
    "type": "enumeration",
    "options": [{"value": "pro", "label": "Professional"}],
    "objectPropertyName": "plan_of_record",
}
TEMPLATE = {
    "id": "12",
    "name": "Webinar",
    "objectType": "contacts",
    "headerTemplate": "{{seats}} seats",
    "tokens": [SEATS, PLAN],
    "createdAt": "2026-03-10T23:04:41.164Z",
}
EVENT = {"eventTemplateId": "12", "id": "a/1", "tokens": {"seats": "2"}, "email": "ada@example.com"}
RESULT = EVENT | {"objectType": "CONTACT"}

TEMPLATE_MODEL = TimelineEventTemplate.from_dict(TEMPLATE)
PLAN_MODEL = TimelineEventTemplateToken.from_dict(PLAN)
RESULT_MODEL = TimelineEventResult.from_dict(RESULT)
PLAN_TOKEN = template_token("plan", "enumeration", "Plan", {"pro": "Professional"}, property_name="plan_of_record")

UNUSED: Any = None  # no request is sent
ok, deleted = partial(status, 200), status(204, "")
APP, OF_TEMPLATE = {"appId": "7"}, {"appId": "7", "eventTemplateId": "12"}
OF_TOKEN, OF_EVENT = OF_TEMPLATE | {"tokenName": "plan"}, {"eventTemplateId": "12", "eventId": "a/1 ü%2F?#"}

# For each operation: the call, the response, the values in the path, the body of the request, and the result.
CALLS: dict[str, tuple[Call, Handler, dict[str, str], Any, Any]] = {
    "list_templates": (
        lambda timeline: timeline.templates.list(),
        ok({"results": [TEMPLATE]}),
        APP,
        None,
        [TEMPLATE_MODEL],
    ),
    "get_template": (lambda timeline: timeline.templates.get(12), ok(TEMPLATE), OF_TEMPLATE, None, TEMPLATE_MODEL),
    "create_template": (
        lambda timeline: timeline.templates.create(
            "Webinar", "contacts", tokens=[template_token("seats", "number", "Seats")], header="Ü {{seats}}", detail=""
        ),
        status(201, TEMPLATE),
        APP,
        {
            "name": "Webinar",
            "objectType": "contacts",
            "tokens": [SEATS],
            "headerTemplate": "Ü {{seats}}",
            "detailTemplate": "",
        },
        TEMPLATE_MODEL,
    ),
    "update_template": (
        lambda timeline: timeline.templates.update("12", name="Ü", tokens=[], header="h", detail="d"),
        ok(TEMPLATE),
        OF_TEMPLATE,
        {"id": "12", "name": "Ü", "tokens": [], "headerTemplate": "h", "detailTemplate": "d"},
        TEMPLATE_MODEL,
    ),
    "delete_template": (lambda timeline: timeline.templates.delete("12"), deleted, OF_TEMPLATE, None, None),
    "create_token": (
        lambda timeline: timeline.templates.add_token(12, PLAN_TOKEN),
        ok(PLAN),
        OF_TEMPLATE,
        PLAN,
        PLAN_MODEL,
    ),
    "update_token": (
        lambda timeline: timeline.templates.update_token(12, "plan", label="P", options=["a"], property_name="p"),
        ok(PLAN),
        OF_TOKEN,
        {"label": "P", "options": [{"value": "a", "label": "a"}], "objectPropertyName": "p"},
        PLAN_MODEL,
    ),
    "delete_token": (lambda timeline: timeline.templates.delete_token(12, "plan"), deleted, OF_TOKEN, None, None),
    "create_event": (
        lambda timeline: timeline.events.create(event(12, {"seats": 2}, email="ada@example.com", id="a/1")),
        status(201, RESULT),
        {},
        EVENT,
        RESULT_MODEL,
    ),
    "get_event": (lambda timeline: timeline.events.get(12, "a/1 ü%2F?#"), ok(RESULT), OF_EVENT, None, RESULT_MODEL),
    "get_event_detail": (
        lambda timeline: timeline.events.detail("12", "a/1 ü%2F?#"),
        ok({"details": "two"}),
        OF_EVENT,
        None,
        EventDetail(details="two"),
    ),
    "render_event": (
        lambda timeline: timeline.events.render("12", "a/1 ü%2F?#", detail=True),
        status(200, "<p>zwölf</p>"),
        OF_EVENT,
        None,
        "<p>zwölf</p>",
    ),
}


def test_each_operation_has_a_method() -> None:
    """All operations of the document but the batch, which `send` uses."""
    assert {operation["operationId"] for _, _, operation in operations()} == {*CALLS, "create_events"}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_sends_one_documented_request_and_returns_the_model(client: ClientRunner, name: str) -> None:
    """With its arguments in path and body, which is compact JSON in UTF-8."""
    call, response, path, body, result = CALLS[name]
    script = Script(response)

    assert client.run(script, call) == result
    [request] = script.requests
    assert operation_of(request) == (name, path)
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() if body else b""
    assert (json.loads(request.content) if request.content else None) == body
    assert len(request.content) == len(content)  # whatever the order of the fields


def test_the_header_of_an_event_is_rendered_by_default(client: ClientRunner) -> None:
    """The query selects header or detail."""
    script = Script(*[status(200, "<p/>")] * 2)
    client.run_all(
        script,
        lambda timeline: timeline.events.render(1, "a"),
        lambda timeline: timeline.events.render(1, "a", detail=True),
    )
    assert [request.url.query for request in script.requests] == [b"detail=false", b"detail=true"]


@pytest.mark.parametrize(
    ("call", "operation", "response", "body"),
    [
        (
            lambda timeline: timeline.templates.update(12, name="New"),
            "update_template",
            TEMPLATE,
            {"id": "12", "name": "New", "tokens": [SEATS, PLAN], "headerTemplate": "{{seats}} seats"},
        ),
        (
            lambda timeline: timeline.templates.update_token(12, "plan", label="New"),
            "update_token",
            PLAN,
            {"label": "New", "options": PLAN["options"], "objectPropertyName": "plan_of_record"},
        ),
    ],
)
def test_an_update_keeps_what_it_does_not_change(
    client: ClientRunner, call: Call, operation: str, response: Any, body: Any
) -> None:
    """The service replaces everything; so the template is read first, and its other fields are sent as they were."""
    script = Script(ok(TEMPLATE), ok(response))
    client.run(script, call)

    assert [operation_of(request)[0] for request in script.requests] == ["get_template", operation]
    assert json.loads(script.requests[1].content) == body


def test_an_unknown_token_is_not_updated(client: ClientRunner) -> None:
    """The error names the nearest token of the template."""
    script = Script(ok(TEMPLATE))
    with pytest.raises(OptionError, match="template 12 has no such token; did you mean plan"):
        client.run(script, lambda timeline: timeline.templates.update_token(12, "plans", label="New"))
    assert len(script.requests) == 1


def test_any_successful_status_is_accepted(client: ClientRunner) -> None:
    """The document has 201 for a template and 200 for a token; a service that confuses them loses nothing."""
    script = Script(status(200, TEMPLATE), status(201, PLAN))
    template, token = client.run_all(script, CALLS["create_template"][0], CALLS["create_token"][0])

    assert (template.id, token.name) == ("12", "plan")


INVALID: dict[str, Call] = {
    "template_id is ''": lambda timeline: timeline.templates.delete(""),
    "template_id is '..'": lambda timeline: timeline.templates.delete(".."),
    "template_id is None": lambda timeline: timeline.templates.get(None),
    "template_id contains a lone surrogate": lambda timeline: timeline.templates.get("\ud800"),
    "name is ''": lambda timeline: timeline.templates.create("", "contacts"),
    "object_type is 5": lambda timeline: timeline.templates.create("a", 5),
    "header is 5": lambda timeline: timeline.templates.create("a", "contacts", header=5),
    "name contains a lone surrogate": lambda timeline: timeline.templates.create("\ud800", "contacts"),
    "cannot be written as JSON": lambda timeline: timeline.templates.add_token(1, template_token("a", label="\ud800")),
    r"tokens\[0\] is a dict; create it with": lambda timeline: timeline.templates.create("a", "b", tokens=[SEATS]),
    "tokens contains plan twice": lambda timeline: timeline.templates.create("a", "b", tokens=[PLAN_TOKEN] * 2),
    "tokens contains 501": lambda timeline: timeline.templates.create(
        "a", "b", tokens=[template_token(f"t{n}") for n in range(501)]
    ),
    "name is '.'": lambda timeline: timeline.templates.delete_token(1, "."),
    "event_id is ''": lambda timeline: timeline.events.get(1, ""),
    'unknown field "emial"; did you mean "email"': lambda timeline: timeline.events.create({"emial": "a@example.com"}),
}


@pytest.mark.parametrize("message", INVALID)
def test_an_invalid_argument_is_refused_before_sending(client: ClientRunner, message: str) -> None:
    """An empty id would be another path, and could delete something else."""
    script = Script()
    with pytest.raises((OptionError, EventError), match=message):
        client.run(script, INVALID[message])
    assert script.requests == []


def test_templates_need_an_app_id_and_events_do_not(client: ClientRunner) -> None:
    """The error says where to set it."""
    for name in CALLS:
        if "event" not in name:
            with pytest.raises(OptionError, match="set HUBSPOT_TIMELINE_APP_ID, or pass app_id= to the client"):
                client.run(Script(), CALLS[name][0], app_id=None)

    assert client.run(Script(ok(RESULT)), CALLS["get_event"][0], app_id=None).id == "a/1"


@pytest.mark.parametrize("app_id", [0, -1, True, "7", 2**31, 1.5])
def test_an_app_id_is_an_integer_of_32_bits(app_id: Any) -> None:
    """As in the document."""
    with pytest.raises(OptionError, match="app_id is"):
        TimelineClient("t", app_id=app_id)


def test_the_app_id_can_be_set_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument takes precedence, and an invalid value is named."""
    monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", "t")
    monkeypatch.setenv("HUBSPOT_TIMELINE_APP_ID", " 2147483647 ")
    cases: list[tuple[dict[str, Any], str]] = [({}, "2147483647"), ({"app_id": 8}, "8")]
    for options, app_id in cases:
        script = Script(ok({"results": []}))
        with TimelineClient.from_env(**options, httpx_args=script.httpx_args) as timeline:
            assert timeline.templates.list() == []
        assert operation_of(script.requests[0])[1] == {"appId": app_id}

    monkeypatch.setenv("HUBSPOT_TIMELINE_APP_ID", "seven")
    with pytest.raises(OptionError, match="HUBSPOT_TIMELINE_APP_ID is 'seven'"):
        TimelineClient.from_env()
    TimelineClient.from_env(app_id=8).close()


@pytest.mark.parametrize(
    ("blocking", "awaited"),
    [(Templates(UNUSED, 7), AsyncTemplates(UNUSED, 7)), (Events(UNUSED), AsyncEvents(UNUSED))],
)
def test_both_clients_have_the_same_methods(blocking: object, awaited: object) -> None:
    """With the same signatures and docstrings; those of the asynchronous client are coroutine functions."""
    names = {name for name in dir(blocking) if not name.startswith("_")} - {"send", "app_id", "api_version"}
    assert len(names) >= 4
    for name in names:
        methods = getattr(blocking, name), getattr(awaited, name)
        assert inspect.signature(methods[0]) == inspect.signature(methods[1])
        assert methods[0].__doc__ == methods[1].__doc__
        assert methods[0].__doc__
        assert [*map(inspect.iscoroutinefunction, methods)] == [False, True]
