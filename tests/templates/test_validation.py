"""Events are validated against their templates before they are sent: names and values of their tokens."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline import (
    BatchLimits,
    EventError,
    NotFoundError,
    OptionError,
    TimelineEventTemplate,
    event,
    template_token,
)
from hubspot_timeline.templates.validation import TemplateRules
from tests.helpers.both_clients import ClientRunner
from tests.helpers.documented_requests import operation_of
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import Script, inputs, status

TEMPLATE = TimelineEventTemplate(
    id="12",
    name="Webinar",
    object_type="contacts",
    tokens=[
        template_token("name"),
        template_token("seats", "number"),
        template_token("plan", "enumeration", options={"pro": "Professional", "BASIC": "Basic", "7": "Seven"}),
        template_token("when", "date"),
    ],
)
RULES = TemplateRules.of([TEMPLATE])
LISTED = status(200, {"results": [TEMPLATE.to_dict()]})


def check(tokens: dict[str, Any], rules: TemplateRules = RULES, template_id: str = "12") -> None:
    """Validate the tokens of an event."""
    rules.check(template_id, event(template_id, tokens, email="ada@example.com").tokens.to_dict())


@pytest.mark.parametrize(
    "tokens",
    [
        {},
        {"name": "", "seats": "12", "plan": "pro", "when": "1773183881164"},
        {"name": 5, "seats": -1.5, "plan": 7, "when": datetime(2026, 3, 10, tzinfo=UTC)},
        {"seats": "+.5"},
        {"seats": "5."},
        {"seats": "1e-3"},
        {"seats": 10**30},
        {"when": "0"},
        {"when": date(1970, 2, 1)},
        {"when": date(1815, 12, 10)},
        {"when": date(9999, 12, 31)},
    ],
)
def test_matching_tokens_are_accepted(tokens: dict[str, Any]) -> None:
    """Any text is a string, and no token is required; early dates are dates, however much they look like seconds."""
    check(tokens)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ({"seat": "1"}, "tokens.seat: is not a token of template 12; did you mean seats?"),
        ({"q": "1"}, "tokens.q: is not a token of template 12; it has name, seats, plan, when"),
        ({"seats": "two"}, "tokens.seats: 'two' is not a number; use one such as 12.5, or omit the token"),
        ({"seats": ""}, "tokens.seats: '' is not a number"),
        ({"seats": "1,5"}, "tokens.seats: '1,5' is not a number"),
        ({"seats": " 1"}, "tokens.seats: ' 1' is not a number"),
        ({"seats": "NaN"}, "tokens.seats: 'NaN' is not a number"),
        ({"seats": "\u0661"}, "tokens.seats: '\u0661' is not a number"),
        ({"seats": True}, "tokens.seats: 'true' is not a number"),
        ({"plan": "prö"}, "tokens.plan: 'prö' is not an option; did you mean 'pro'?"),
        ({"plan": "basic"}, "tokens.plan: 'basic' is not an option; did you mean 'BASIC'?"),
        ({"plan": "Professional"}, "tokens.plan: 'Professional' is not an option; did you mean 'pro'?"),
        ({"plan": "x"}, "tokens.plan: 'x' is not an option; use 'pro', 'BASIC', '7'"),
        ({"plan": ""}, "tokens.plan: '' is not an option"),
        ({"when": "2026-03-10"}, "tokens.when: '2026-03-10' is not a time in epoch milliseconds; event() converts"),
        ({"when": "1773183881.5"}, "tokens.when: '1773183881.5' is not a time in epoch milliseconds"),
        ({"when": 1773183881}, "tokens.when: '1773183881' looks like epoch seconds; use epoch milliseconds"),
        ({"when": 1773183881164000}, "tokens.when: '1773183881164000' is after the year 9999"),
        ({"when": "9" * 5000}, "tokens.when: '99999"),
        ({"seats": "1", "when": "x"}, "tokens.when: 'x' is not a time"),
    ],
)
def test_the_first_wrong_token_is_named(tokens: dict[str, Any], message: str) -> None:
    """With its value, shortened, and what would be right."""
    with pytest.raises(EventError) as caught:
        check(tokens)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(("template_id", "hint"), [("121", "did you mean 12?"), ("q", "the known ones are 12")])
def test_an_unknown_template_is_named(template_id: str, hint: str) -> None:
    """With the nearest, or the known ones."""
    with pytest.raises(EventError) as caught:
        check({}, template_id=template_id)
    assert str(caught.value) == f"eventTemplateId: '{template_id}' is not a known template; {hint}"


@pytest.mark.parametrize("tokens", [{"unknown": "x"}, {"z": "quite another"}])
def test_long_lists_are_cut(tokens: dict[str, str]) -> None:
    """A template may have 500 tokens, and an enumeration many options."""
    options = [f"option {n}" for n in range(99)]
    many = [template_token("z", "enumeration", options=options), *[template_token(f"t{n}") for n in range(99)]]
    rules = TemplateRules.of([TimelineEventTemplate(id="1", name="a", object_type="contacts", tokens=many)])
    with pytest.raises(EventError, match=r", …") as caught:
        check(tokens, rules, "1")
    assert len(str(caught.value)) < 250


def test_mappings_are_templates_too() -> None:
    """With no more fields than the rules need."""
    rules = TemplateRules.of([{"id": "1", "tokens": [{"name": "a", "type": "number"}]}])
    check({"a": "1"}, rules, "1")
    with pytest.raises(EventError, match=r"tokens\.a: 'x' is not a number"):
        check({"a": "x"}, rules, "1")


ENUMERATION = {"name": "a", "type": "enumeration"}


@pytest.mark.parametrize(
    ("templates", "message"),
    [
        ("template", "validate is 'template'; use 'templates', or a list"),
        ({"id": "1"}, "validate is {'id': '1'}; use 'templates', or a list"),
        (TEMPLATE, "validate is TimelineEventTemplate"),
        (5, "validate is 5"),
        ([5], "validate[0]: is a whole number, not an object"),
        ([{"tokens": []}], "validate[0].id: is missing"),
        ([{"id": 1, "tokens": []}], "validate[0].id: is a whole number, not a string"),
        ([{"id": "", "tokens": []}], "validate[0].id: is empty"),
        ([{"id": "1", "tokens": {}}], "validate[0].tokens: is an object, not a list"),
        ([{"id": "1", "tokens": [{}]}], "validate[0].tokens[0].name: is missing"),
        ([{"id": "1", "tokens": [{"name": "a"}]}], "validate[0].tokens[0].type: is missing"),
        (
            [{"id": "1", "tokens": [{"name": "a", "type": "numbr"}]}],
            "validate[0].tokens[0].type: 'numbr' is not a type; did you mean number?",
        ),
        ([{"id": "1", "tokens": [ENUMERATION]}], "validate[0].tokens[0].options: is missing"),
        (
            [{"id": "1", "tokens": [{**ENUMERATION, "options": [{}]}]}],
            "validate[0].tokens[0].options[0].value: is missing",
        ),
        ([TimelineEventTemplate("1", "a", "contacts", [{}])], "validate[0]: a field has the wrong type"),  # type: ignore[list-item]
    ],
)
def test_an_object_that_is_not_a_template_is_refused(templates: Any, message: str) -> None:
    """With the path to what is wrong."""
    with pytest.raises(OptionError) as caught:
        TemplateRules.of(templates)
    assert str(caught.value).startswith(message)


def nine_events() -> Iterator[Any]:
    """Yield events of which every third has a wrong token, as models and as mappings."""
    for number in range(9):
        tokens = {"seats": "two" if number % 3 == 1 else str(number)}
        model = event(12, tokens, id=f"e{number}", email="ada@example.com")
        yield model.to_dict() if number % 2 else model


@pytest.mark.parametrize("templates", ["templates", [TEMPLATE], (TEMPLATE.to_dict(),), RULES])
def test_send_rejects_events_that_do_not_match(client: ClientRunner, templates: Any) -> None:
    """The templates are passed in, or fetched once for the run; no rejected event is sent."""
    script = Script(LISTED) if templates == "templates" else Script()
    report = client.run(
        script,
        lambda timeline: timeline.send(nine_events(), validate=templates),
        batch=BatchLimits(max_events=3),
        max_in_flight=1,
    )

    assert (report.created, report.rejected) == (6, 3)
    assert [(failure.position, failure.error.field) for failure in report.failures] == [
        (position, "tokens.seats") for position in (1, 4, 7)
    ]
    assert [failure.event for failure in report.failures] == list(nine_events())[1::3]
    operations = [operation_of(request)[0] for request in script.requests]
    assert operations == ["list_templates"] * (templates == "templates") + ["create_events"] * 2
    sent = [event["id"] for request in script.requests[-2:] for event in inputs(request)]
    assert sent == ["e0", "e2", "e3", "e5", "e6", "e8"]


def test_stream_rejects_events_that_do_not_match(client: ClientRunner) -> None:
    """As `send` does."""
    outcomes = client.run(Script(LISTED), lambda timeline: timeline.stream(nine_events(), validate="templates"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Created"] * 6 + ["Rejected"] * 3


@pytest.mark.parametrize(
    ("validate", "options", "responses", "error"),
    [
        ("templates", {"app_id": None}, [], OptionError),
        ("templates", {}, [status(404, {"message": "no such app"})], NotFoundError),
        ("template", {}, [], OptionError),
    ],
)
def test_without_templates_no_event_is_read(
    client: ClientRunner, validate: Any, options: Any, responses: Any, error: type[Exception]
) -> None:
    """The run ends before it starts."""
    events, script = nine_events(), Script(*responses)
    with pytest.raises(error):
        client.run(script, lambda timeline: timeline.send(events, validate=validate), **options)

    assert len(script.requests) == len(responses)
    assert len(list(events)) == 9


def test_fetching_the_templates_is_retried(client: ClientRunner) -> None:
    """As every other request is."""
    time, script = FakeTime(), Script(status(502), LISTED)
    assert client.run(script, lambda timeline: timeline.send(nine_events(), validate="templates"), time).created == 6
    assert time.waits == [0.25]


def test_events_of_an_earlier_run_are_not_validated_again(client: ClientRunner, tmp_path: Path) -> None:
    """A token that was deleted meanwhile must not turn a created event into a rejected one."""
    journal, events = tmp_path / "run.journal", list(nine_events())
    other = {"id": "12", "tokens": [{"name": "other", "type": "string"}]}
    client.run(Script(), lambda timeline: timeline.send(events, journal=journal))
    script = Script()
    report = client.run(script, lambda timeline: timeline.send(events, journal=journal, validate=[other]))

    assert (report.created, report.resumed, report.rejected) == (9, 9, 0)
    assert script.requests == []


def test_rejected_events_are_validated_again_by_the_next_run(client: ClientRunner, tmp_path: Path) -> None:
    """They were never sent; once their template has the token, the same run sends them."""
    journal, events = tmp_path / "run.journal", list(nine_events())
    text = {"id": "12", "tokens": [{"name": "seats", "type": "string"}]}
    report = client.run(Script(), lambda timeline: timeline.send(events, journal=journal, validate=[TEMPLATE]))
    assert (report.created, report.rejected) == (6, 3)

    with pytest.raises(OptionError):  # and the journal is closed
        client.run(Script(), lambda timeline: timeline.send(events, journal=journal, validate=[{}]))
    report = client.run(Script(), lambda timeline: timeline.send(events, journal=journal, validate=[text]))
    assert (report.created, report.resumed, report.rejected) == (9, 6, 0)
