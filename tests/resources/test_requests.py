"""Plain words about templates and single events leave as requests of the document, and answers come as its models."""

import json
from functools import partial
from typing import Any

import pytest

from hubspot_timeline import OptionError, TimelineClient, event, template_token
from hubspot_timeline_api.models import (
    EventDetail,
    TimelineEventResult,
    TimelineEventTemplate,
    TimelineEventTemplateToken,
    TokenType,
)
from tests.helpers.both_clients import Words, both
from tests.helpers.document import operations, validator
from tests.helpers.documented_requests import operation_of
from tests.helpers.scripted_http import Answer, Script, status

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
ENTRY = event(12, {"seats": 2}, email="ada@example.com", id="a/1")

ok, gone = partial(status, 200), status(204, "")

# For each operation: the words, the answers, what stands in the path, the body that leaves, and what comes back.
WORDS: dict[str, tuple[Words, list[Answer], dict[str, str], Any, Any]] = {
    "list_templates": (
        lambda timeline: timeline.templates.list(),
        [ok({"results": [TEMPLATE]})],
        {"appId": "7"},
        None,
        [TimelineEventTemplate.from_dict(TEMPLATE)],
    ),
    "get_template": (
        lambda timeline: timeline.templates.get(12),
        [ok(TEMPLATE)],
        {"appId": "7", "eventTemplateId": "12"},
        None,
        TimelineEventTemplate.from_dict(TEMPLATE),
    ),
    "create_template": (
        lambda timeline: timeline.templates.create(
            "Webinar",
            "contacts",
            tokens=[template_token("seats", "number", "Seats")],
            header="{{seats}} seats",
            detail="",
        ),
        [status(201, TEMPLATE)],
        {"appId": "7"},
        {
            "name": "Webinar",
            "objectType": "contacts",
            "tokens": [SEATS],
            "headerTemplate": "{{seats}} seats",
            "detailTemplate": "",
        },
        TimelineEventTemplate.from_dict(TEMPLATE),
    ),
    "update_template": (
        lambda timeline: timeline.templates.update("12", name="Ü", tokens=[], header="h", detail="d"),
        [ok(TEMPLATE)],
        {"appId": "7", "eventTemplateId": "12"},
        {"id": "12", "name": "Ü", "tokens": [], "headerTemplate": "h", "detailTemplate": "d"},
        TimelineEventTemplate.from_dict(TEMPLATE),
    ),
    "delete_template": (
        lambda timeline: timeline.templates.delete("12"),
        [gone],
        {"appId": "7", "eventTemplateId": "12"},
        None,
        None,
    ),
    "create_token": (
        lambda timeline: timeline.templates.add_token(
            12, template_token("plan", "enumeration", "Plan", {"pro": "Professional"}, property_name="plan_of_record")
        ),
        [ok(PLAN)],
        {"appId": "7", "eventTemplateId": "12"},
        PLAN,
        TimelineEventTemplateToken.from_dict(PLAN),
    ),
    "update_token": (
        lambda timeline: timeline.templates.update_token(12, "plan", label="P", options=["a", "b"], property_name="p"),
        [ok(PLAN)],
        {"appId": "7", "eventTemplateId": "12", "tokenName": "plan"},
        {
            "label": "P",
            "options": [{"value": "a", "label": "a"}, {"value": "b", "label": "b"}],
            "objectPropertyName": "p",
        },
        TimelineEventTemplateToken.from_dict(PLAN),
    ),
    "delete_token": (
        lambda timeline: timeline.templates.delete_token(12, "plan"),
        [gone],
        {"appId": "7", "eventTemplateId": "12", "tokenName": "plan"},
        None,
        None,
    ),
    "create_event": (
        lambda timeline: timeline.events.create(ENTRY),
        [status(201, RESULT)],
        {},
        EVENT,
        TimelineEventResult.from_dict(RESULT),
    ),
    "get_event": (
        lambda timeline: timeline.events.get(12, "a/1 ü%2F?#"),
        [ok(RESULT)],
        {"eventTemplateId": "12", "eventId": "a/1 ü%2F?#"},
        None,
        TimelineEventResult.from_dict(RESULT),
    ),
    "get_event_detail": (
        lambda timeline: timeline.events.detail("12", "a/1"),
        [ok({"details": "two"})],
        {"eventTemplateId": "12", "eventId": "a/1"},
        None,
        EventDetail(details="two"),
    ),
    "render_event": (
        lambda timeline: timeline.events.render("12", "a/1", detail=True),
        [status(200, "<p>zwölf</p>")],
        {"eventTemplateId": "12", "eventId": "a/1"},
        None,
        "<p>zwölf</p>",
    ),
}


def test_there_are_words_for_each_operation() -> None:
    """All of the document but the batch, which is sent by send."""
    assert {operation["operationId"] for _, _, operation in operations()} == {*WORDS, "create_events"}


@both
@pytest.mark.parametrize("name", WORDS)
def test_words_become_the_request_and_the_answer_its_model(say: Any, name: str) -> None:
    """One request, valid against the document, with what was said in it; both clients alike."""
    words, answers, in_path, body, result = WORDS[name]
    script = Script(*answers)

    assert say(script, words) == result
    [request] = script.requests
    assert operation_of(request) == (name, in_path)
    assert (json.loads(request.content) if request.content else None) == body


@both
def test_the_page_of_an_event_is_its_header_unless_the_detail_is_asked_for(say: Any) -> None:
    """The query says which."""
    script = Script(*[status(200, "<p/>")] * 2)
    for detail in (False, True):
        say(script, lambda timeline, detail=detail: timeline.events.render(1, "a", detail=detail))

    assert [request.url.query for request in script.requests] == [b"detail=false", b"detail=true"]


@both
def test_a_change_keeps_what_it_does_not_name(say: Any) -> None:
    """The service replaces the whole template; so it is read first, and its other parts go back as they were."""
    script = Script(ok(TEMPLATE), ok(TEMPLATE))
    say(script, lambda timeline: timeline.templates.update(12, name="New"))

    assert [operation_of(request)[0] for request in script.requests] == ["get_template", "update_template"]
    sent = json.loads(script.requests[1].content)
    assert sent == {"id": "12", "name": "New", "tokens": [SEATS, PLAN], "headerTemplate": "{{seats}} seats"}


@both
def test_a_change_of_a_token_keeps_what_it_does_not_name(say: Any) -> None:
    """The same for label, options and property."""
    script = Script(ok(TEMPLATE), ok(PLAN))
    say(script, lambda timeline: timeline.templates.update_token(12, "plan", label="New"))

    assert [operation_of(request)[0] for request in script.requests] == ["get_template", "update_token"]
    sent = json.loads(script.requests[1].content)
    assert sent == {"label": "New", "options": PLAN["options"], "objectPropertyName": "plan_of_record"}


@both
def test_a_token_that_is_not_there_is_not_changed(say: Any) -> None:
    """The template that was read shows it, and names the nearest."""
    script = Script(ok(TEMPLATE))
    with pytest.raises(OptionError, match="template 12 has no such token; did you mean plan"):
        say(script, lambda timeline: timeline.templates.update_token(12, "plans", label="New"))

    assert len(script.requests) == 1


@both
def test_the_answer_of_a_success_is_read_whatever_its_status(say: Any) -> None:
    """The document has 201 for a template and 200 for a token; a service that mixes them up loses nothing."""
    words = WORDS["create_template"][0], WORDS["create_token"][0]
    script = Script(status(200, TEMPLATE), status(201, PLAN))

    assert say(script, words[0]).id == "12"
    assert say(script, words[1]).name == "plan"


WRONG: dict[str, Words] = {
    "template_id is ''": lambda timeline: timeline.templates.delete(""),
    "template_id is '..'": lambda timeline: timeline.templates.delete(".."),
    "template_id is None": lambda timeline: timeline.templates.get(None),
    "template_id holds half": lambda timeline: timeline.templates.get("\ud800"),
    "name is ''": lambda timeline: timeline.templates.create("", "contacts"),
    "object_type is 5": lambda timeline: timeline.templates.create("a", 5),
    "header is 5": lambda timeline: timeline.templates.create("a", "contacts", header=5),
    "name: holds half": lambda timeline: timeline.templates.create("\ud800", "contacts"),
    "tokens\\[0\\] is a dict; make one": lambda timeline: timeline.templates.create("a", "contacts", tokens=[SEATS]),
    "tokens has a twice": lambda timeline: timeline.templates.create(
        "a", "b", tokens=[template_token("a"), template_token("a")]
    ),
    "tokens has 501": lambda timeline: timeline.templates.create(
        "a", "b", tokens=[template_token(f"t{n}") for n in range(501)]
    ),
    "name is '.'": lambda timeline: timeline.templates.delete_token(1, "."),
    "event_id is ''": lambda timeline: timeline.events.get(1, ""),
}


@both
@pytest.mark.parametrize("message", WRONG)
def test_words_that_cannot_be_meant_are_sent_nowhere(say: Any, message: str) -> None:
    """An empty id would be another path, and could delete something else."""
    script = Script()
    with pytest.raises(OptionError, match=message):
        say(script, WRONG[message])
    assert script.requests == []


@both
def test_templates_need_an_app_and_events_do_not(say: Any) -> None:
    """What is missing is named, with where to give it."""
    script = Script(status(200, RESULT))
    for words in (WORDS[name][0] for name in WORDS if "event" not in name):
        with pytest.raises(OptionError, match="set HUBSPOT_TIMELINE_APP_ID, or pass app_id= to the client"):
            say(script, words, app_id=None)

    assert say(script, WORDS["get_event"][0], app_id=None).id == "a/1"


@pytest.mark.parametrize("wrong", [0, -1, True, "7", 2**31, 1.5])
def test_an_app_id_is_a_whole_number_of_32_bits(wrong: Any) -> None:
    """As the document has it."""
    with pytest.raises(OptionError, match="app_id is"):
        TimelineClient("t", app_id=wrong)


def test_the_app_is_found_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word of the caller's goes first, and what is no number is named."""
    monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", "t")
    monkeypatch.setenv("HUBSPOT_TIMELINE_APP_ID", " 2147483647 ")
    for given, path in (({}, 2147483647), ({"app_id": 8}, 8)):
        script = Script(ok({"results": []}))
        with TimelineClient.from_env(httpx_args=script.httpx_args, **given) as timeline:
            assert timeline.templates.list() == []
        assert operation_of(script.requests[0])[1] == {"appId": str(path)}

    monkeypatch.setenv("HUBSPOT_TIMELINE_APP_ID", "seven")
    with pytest.raises(OptionError, match="HUBSPOT_TIMELINE_APP_ID is 'seven'"):
        TimelineClient.from_env()
    with TimelineClient.from_env(app_id=8):
        pass


def test_a_token_is_what_the_document_wants() -> None:
    """Kinds by word or by the generated type; options as values or with labels, written as events write them."""
    made = [
        template_token("a"),
        template_token("b.c-D_9", TokenType.DATE, "B"),
        template_token("c", "enumeration", options=[1, True, "x"]),
        template_token("d", "enumeration", options={2.50: "two and a half"}),
    ]
    for one in made:
        validator("TimelineEventTemplateToken").validate(one.to_dict())
    assert [one.label for one in made] == ["a", "B", "c", "d"]
    assert [option["value"] for option in made[2].to_dict()["options"]] == ["1", "true", "x"]
    assert made[3].to_dict()["options"] == [{"value": "2.5", "label": "two and a half"}]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("a b",), "name is 'a b', which is not the name of a token"),
        (("log",), "a name that the service reserves"),
        (("a", "numbr"), "kind is 'numbr'; did you mean number"),
        (("a", 5), "kind is 5; there are"),
        (("a", "enumeration"), "needs the values"),
        (("a", "string", None, ["x"]), "but a is a string"),
        (("a", "enumeration", None, "xy"), "options is 'xy'; give a list"),
        (("a", "enumeration", None, [1, "1"]), "options has '1' twice"),
        (("a", "enumeration", None, [None]), "options: has no value"),
    ],
)
def test_a_token_that_cannot_be_is_refused(words: Any, message: str) -> None:
    """With the word that is wrong, and what would be right."""
    with pytest.raises(OptionError, match=message):
        template_token(*words)


def test_a_body_is_written_as_all_others_are() -> None:
    """UTF-8 without blanks and escapes."""
    script = Script(status(201, TEMPLATE))
    with TimelineClient("t", app_id=7, httpx_args=script.httpx_args) as timeline:
        timeline.templates.create("Ü", "contacts")

    written = script.requests[0].content.decode()
    assert '"name":"Ü"' in written
    assert " " not in written
