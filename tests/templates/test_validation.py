"""A template says which token of an event is wrong, and what to do, before anything of the event is sent."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline import (
    BatchLimits,
    Created,
    EventError,
    NotFoundError,
    OptionError,
    Rejected,
    Report,
    TimelineClient,
    TimelineEventTemplate,
    event,
    template_token,
)
from hubspot_timeline.events.payload import prepare_event
from hubspot_timeline.templates.validation import TemplateRules
from tests.helpers.both_clients import both, in_a_loop, in_threads
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


def found(tokens: dict[str, Any], template: object = "12") -> str | None:
    """Return what is wrong with an event of these tokens."""
    try:
        payload = prepare_event(event(str(template), tokens, email="ada@example.com")).payload
        RULES.check(payload.event_template_id, payload.tokens)
    except EventError as error:
        return str(error)
    return None


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
def test_what_fits_is_taken(tokens: dict[str, Any]) -> None:
    """Any text is a string, and no token has to be there; early dates are dates, however like seconds they look."""
    assert found(tokens) is None


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ({"seat": "1"}, "tokens.seat: is no token of template 12; did you mean seats?"),
        ({"q": "1"}, "tokens.q: is no token of template 12; it has name, seats, plan, when"),
        ({"seats": "two"}, "tokens.seats: 'two' is no number; give one such as 12.5, or leave the token out"),
        ({"seats": ""}, "tokens.seats: '' is no number"),
        ({"seats": "1,5"}, "tokens.seats: '1,5' is no number"),
        ({"seats": " 1"}, "tokens.seats: ' 1' is no number"),
        ({"seats": "NaN"}, "tokens.seats: 'NaN' is no number"),
        ({"seats": "\u0661"}, "tokens.seats: '\u0661' is no number"),
        ({"seats": True}, "tokens.seats: 'true' is no number"),
        ({"plan": "prö"}, "tokens.plan: 'prö' is no option; did you mean 'pro'?"),
        ({"plan": "basic"}, "tokens.plan: 'basic' is no option; did you mean 'BASIC'?"),
        ({"plan": "Professional"}, "tokens.plan: 'Professional' is no option; did you mean 'pro'?"),
        ({"plan": "x"}, "tokens.plan: 'x' is no option; there are 'pro', 'BASIC', '7'"),
        ({"plan": ""}, "tokens.plan: '' is no option"),
        ({"when": "2026-03-10"}, "tokens.when: '2026-03-10' is no time in epoch milliseconds; event() makes one"),
        ({"when": "1773183881.5"}, "tokens.when: '1773183881.5' is no time in epoch milliseconds"),
        ({"when": 1773183881}, "tokens.when: '1773183881' looks like epoch seconds; epoch milliseconds are taken"),
        ({"when": 1773183881164000}, "tokens.when: '1773183881164000' is beyond the year 9999"),
        ({"when": "9" * 5000}, "tokens.when: '99999"),
        ({"seats": "1", "when": "x"}, "tokens.when: 'x' is no time"),
    ],
)
def test_what_does_not_fit_is_named(tokens: dict[str, Any], message: str) -> None:
    """The token, its value, and what would be right; long values are cut."""
    told = found(tokens)

    assert told is not None
    assert told.startswith(message)
    assert len(told) < 200


@pytest.mark.parametrize(
    ("template", "message"),
    [(121, "did you mean 12?"), ("q", "there are 12")],
)
def test_an_unknown_template_is_named(template: object, message: str) -> None:
    """With the nearest, or those that there are."""
    assert found({}, template) == f"eventTemplateId: '{template}' is no known template; {message}"


def test_of_many_only_some_are_listed() -> None:
    """A template may have 500 tokens, and a token more options than anybody wants to read."""
    tokens = [
        template_token("z", "enumeration", options=[f"option {n}" for n in range(99)]),
        *[template_token(f"t{n}") for n in range(99)],
    ]
    rules = TemplateRules.of([TimelineEventTemplate(id="1", name="a", object_type="contacts", tokens=tokens)])
    for name, value in (("quite another", "x"), ("z", "quite another")):
        wire = {"eventTemplateId": "1", "tokens": {name: value}}
        with pytest.raises(EventError, match=r", …") as caught:
            rules.check(str(wire["eventTemplateId"]), wire["tokens"])  # type: ignore[arg-type]
        assert len(str(caught.value)) < 250


def test_wire_mappings_are_templates_too() -> None:
    """With no more in them than the rules need."""
    rules = TemplateRules.of([{"id": "1", "tokens": [{"name": "a", "type": "number"}]}])
    rules.check("1", {"a": "1"})
    with pytest.raises(EventError, match=r"tokens\.a: 'x' is no number"):
        rules.check("1", {"a": "x"})


ENUMERATION = {"name": "a", "type": "enumeration"}


@pytest.mark.parametrize(
    ("templates", "message"),
    [
        ("templates", "validate is 'templates'; give 'templates', or a list"),
        ({"id": "1"}, "validate is {'id': '1'}; give 'templates', or a list"),
        (TEMPLATE, "validate is TimelineEventTemplate"),
        (5, "validate is 5"),
        ([5], "check[0]: is 5; it must be an object"),
        ([{"tokens": []}], "check[0].id: is missing"),
        ([{"id": 1, "tokens": []}], "check[0].id: is 1; it must be text"),
        ([{"id": "1", "tokens": {}}], "check[0].tokens: is {}; it must be a list"),
        ([{"id": "1", "tokens": [{}]}], "check[0].tokens[0].name: is missing"),
        ([{"id": "1", "tokens": [{"name": "a"}]}], "check[0].tokens[0].type: is missing"),
        (
            [{"id": "1", "tokens": [{"name": "a", "type": "numbr"}]}],
            "check[0].tokens[0].type: 'numbr' is no type; did you",
        ),
        ([{"id": "1", "tokens": [ENUMERATION]}], "check[0].tokens[0].options: is missing"),
        (
            [{"id": "1", "tokens": [{**ENUMERATION, "options": [{}]}]}],
            "check[0].tokens[0].options[0].value: is missing",
        ),
        ([TimelineEventTemplate("1", "a", "contacts", [{}])], "check[0]: a field has the wrong type"),  # type: ignore[list-item]
    ],
)
def test_what_is_no_template_is_refused(templates: Any, message: str) -> None:
    """By the path to what is wrong in it."""
    with pytest.raises(OptionError) as caught:
        TemplateRules.of(templates)
    assert str(caught.value).startswith(message)


def answers() -> Script:
    """Return a service with one template, that creates everything."""
    return Script(status(200, {"results": [TEMPLATE.to_dict()]}))


def entries() -> Iterator[Any]:
    """Yield events of which every third does not fit, as models and as mappings."""
    for number in range(9):
        tokens = {"seats": "two" if number % 3 == 1 else str(number)}
        one = event(12, tokens, id=f"e{number}", email="ada@example.com")
        yield one.to_dict() if number % 2 else one


SMALL = BatchLimits(max_events=3)


@both
@pytest.mark.parametrize("check", ["templates", [TEMPLATE], [TEMPLATE.to_dict()], iter([TEMPLATE])])
def test_send_rejects_what_does_not_fit_before_it_is_sent(say: Any, check: Any) -> None:
    """The templates are fetched once for the run, or given; nothing of the rejected events leaves."""
    check = iter([TEMPLATE]) if isinstance(check, Iterator) else check  # one for each client
    script = answers() if check == "templates" else Script()
    report: Report = say(
        script, lambda timeline: timeline.send(entries(), validate=check), batch=SMALL, max_in_flight=1
    )

    assert (report.created, report.rejected) == (6, 3)
    assert [failure.position for failure in report.failures] == [1, 4, 7]
    assert all(
        failure.error.field == "tokens.seats" for failure in report.failures if isinstance(failure.error, EventError)
    )
    assert all(failure.event == one for failure, one in zip(report.failures, list(entries())[1::3], strict=True))
    names = [operation_of(request)[0] for request in script.requests]
    assert names == ["list_templates"] * (check == "templates") + ["create_events"] * 2
    sent = [one["id"] for request in script.requests[-2:] for one in inputs(request)]
    assert sent == ["e0", "e2", "e3", "e5", "e6", "e8"]


def test_stream_does_the_same() -> None:
    """With both clients, and with coroutines as well."""
    with TimelineClient("t", app_id=7, httpx_args=answers().httpx_args) as timeline:
        kinds = [type(outcome) for outcome in timeline.stream(entries(), validate="templates")]
    assert sorted(kind.__name__ for kind in kinds) == ["Created"] * 6 + ["Rejected"] * 3

    async def streamed(timeline: Any) -> list[Any]:
        return [outcome async for outcome in timeline.stream(entries(), validate="templates")]

    assert {type(outcome) for outcome in in_a_loop(answers(), streamed)} == {Created, Rejected}


@both
def test_without_a_check_no_template_is_asked_for(say: Any) -> None:
    """Nothing changes."""
    script = Script()
    assert say(script, lambda timeline: timeline.send(entries())).created == 9
    assert {operation_of(request)[0] for request in script.requests} == {"create_events"}


@both
def test_templates_that_cannot_be_had_end_the_run_before_it_begins(say: Any) -> None:
    """No event is read from the source, none is sent."""
    source = entries()
    for options, answer, kind in (
        ({"app_id": None}, None, OptionError),
        ({}, status(404, {"message": "no such app"}), NotFoundError),
    ):
        script = Script(*[answer] if answer else [])
        with pytest.raises(kind):
            say(script, lambda timeline: timeline.send(source, validate="templates"), **options)
        assert len(script.requests) == (answer is not None)
    with pytest.raises(OptionError, match="validate is 'template'"):
        say(Script(), lambda timeline: timeline.send(source, validate="template"))
    assert len(list(source)) == 9


def test_a_passing_trouble_with_the_templates_is_waited_for() -> None:
    """As with all else that is asked."""
    time, script = FakeTime(), Script(status(502), status(200, {"results": [TEMPLATE.to_dict()]}))
    assert in_threads(script, lambda timeline: timeline.send(entries(), validate="templates"), time).created == 6
    assert time.waits == [0.25]


def test_what_an_earlier_run_has_sent_is_not_judged_anew(tmp_path: Path) -> None:
    """A token that was deleted meanwhile must not turn a created event into a rejected one."""
    journal = tmp_path / "run.journal"
    given = list(entries())
    in_threads(Script(), lambda timeline: timeline.send(given, journal=journal))
    narrow = {"id": "12", "tokens": [{"name": "other", "type": "string"}]}
    again = Script()
    report = in_threads(again, lambda timeline: timeline.send(given, journal=journal, validate=[narrow]))

    assert (report.created, report.resumed, report.rejected) == (9, 9, 0)
    assert again.requests == []

    with pytest.raises(OptionError):
        in_threads(again, lambda timeline: timeline.send(given, journal=journal, validate=[{}]))
    assert in_threads(again, lambda timeline: timeline.send(given, journal=journal)).resumed == 9  # it was let go of


def test_a_journal_leaves_what_was_rejected_to_the_next_run(tmp_path: Path) -> None:
    """It was never sent; once the template has the token, the same run sends it."""
    journal = tmp_path / "run.journal"
    one = list(entries())
    report = in_threads(Script(), lambda timeline: timeline.send(one, journal=journal, validate=[TEMPLATE]))
    assert (report.created, report.rejected) == (6, 3)

    wider = {"id": "12", "tokens": [{"name": "seats", "type": "string"}]}
    report = in_threads(Script(), lambda timeline: timeline.send(one, journal=journal, validate=[wider]))
    assert (report.created, report.resumed, report.rejected) == (9, 6, 0)
