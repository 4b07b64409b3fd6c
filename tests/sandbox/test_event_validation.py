"""Validation of events beyond the document: sizes, templates, duplicates, and the settings for what is undocumented."""

from collections.abc import Sequence
from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import Account, DuplicateMode, SandboxSettings
from tests.helpers.sandbox_api import APP, call, new_template
from tests.helpers.sandbox_calls import Sandbox, event, opened, without


def filled(size: int) -> dict[str, Any]:
    """Return an event with so many bytes as compact JSON."""
    empty = '{"eventTemplateId":"1000123","id":"e1","tokens":{},"email":"ada@example.com","extraData":{"x":""}}'
    return event(extraData={"x": "x" * (size - len(empty))})


INVALID = {
    "no record": without("email"),
    "an empty record": event(email="", utk="", objectId=""),
    "a custom object without its id": event(customObjectTypeId="2-345"),
    "a long id": event("é" * 250 + "x"),
    "a long token": event(tokens={"a": "é" * 255_000 + "x"}),
    "a long event": filled(1_000_001),
}
VALID = {
    "the longest id": event("é" * 250),
    "the longest token": event(tokens={"a": "é" * 255_000}),
    "the longest event": filled(1_000_000),
    "a contact by utk": without("email", utk="cookie"),
    "a custom object": without("email", customObjectTypeId="2-345", objectId="7"),
}


@pytest.mark.parametrize("invalid", INVALID.values(), ids=INVALID)
def test_an_invalid_event_is_rejected_alone(sandbox: Sandbox, invalid: dict[str, Any]) -> None:
    """A 207 has the results of the others, and an error that names it."""
    response = sandbox.post(event("good"), invalid, event("fine"))
    body = response.json()
    assert (response.status_code, body["numErrors"]) == (207, 1)
    assert [result["id"] for result in body["results"]] == ["good", "fine"]
    [error] = body["errors"]
    assert error["context"] == {"id": [invalid["id"]]}
    assert (error["status"], error["category"]) == ("error", "VALIDATION_ERROR")
    assert error["message"]
    assert sandbox.store.count() == 2
    assert sandbox.store.get("1000123", invalid["id"]) is None


@pytest.mark.parametrize("valid", VALID.values(), ids=VALID)
def test_limits_are_inclusive(sandbox: Sandbox, valid: dict[str, Any]) -> None:
    """They are counted in bytes of UTF-8."""
    assert sandbox.post(valid).status_code == 201


def test_a_batch_of_invalid_events_is_a_207(sandbox: Sandbox) -> None:
    """It has errors only, which name the ids as they were sent."""
    response = sandbox.post(without("email"), without("email", id="{{uuid}}"))
    assert (response.status_code, response.json()["results"]) == (207, [])
    assert [error["context"]["id"] for error in response.json()["errors"]] == [["e1"], ["{{uuid}}"]]


def post_mixed(settings: SandboxSettings) -> tuple[int, dict[str, Any], int]:
    """Send a valid and an invalid event; return the status, the body, and the number of events."""
    with opened(settings) as sandbox:
        response = sandbox.post(event("good"), event("wrong", email=""))
        return response.status_code, response.json(), sandbox.store.count()


def test_an_invalid_event_can_reject_its_batch() -> None:
    """With a 400 that does not name it."""
    status, body, count = post_mixed(SandboxSettings(invalid_events="refuse-batch"))
    assert (status, body["category"], count) == (400, "VALIDATION_ERROR", 0)
    assert "wrong" not in str(body)


@pytest.mark.parametrize(
    ("mode", "is_named"),
    [
        ("context", lambda error: error["context"] == {"id": ["wrong"]}),
        ("id", lambda error: error["id"] == "wrong" and "context" not in error),
        (
            "message",
            lambda error: error["message"].endswith("wrong.") and set(error) == {"status", "category", "message"},
        ),
        ("nothing", lambda error: "wrong" not in str(error)),
    ],
)
def test_an_error_names_its_event_by_the_setting(mode: Any, is_named: Any) -> None:
    """In its context, as its id, in its message, or not at all."""
    [error] = post_mixed(SandboxSettings(error_names=mode))[1]["errors"]
    assert is_named(error)


def test_a_batch_has_at_most_100_events() -> None:
    """More are a 400, unless the setting allows any number."""

    def status(sandbox: Sandbox, count: int) -> int:
        return sandbox.post(*(event(f"{count}-{number}") for number in range(count))).status_code

    with opened() as limited, opened(SandboxSettings(max_events=None)) as unlimited:
        assert [status(limited, count) for count in (100, 101)] == [201, 400]
        assert (status(unlimited, 501), limited.store.count()) == (201, 100)


def test_types_can_be_strict() -> None:
    """Then numbers in tokens and epoch timestamps are rejected."""
    changes: list[dict[str, Any]] = [{"tokens": {"seats": 2}}, {"timestamp": 1773184181164}]
    with opened() as lenient, opened(SandboxSettings(types="strict")) as strict:
        for fields in changes:
            assert lenient.post(event(f"{fields}", **fields)).status_code == 201
            assert strict.post(event(**fields)).status_code == 400


@pytest.mark.parametrize(
    "name", ["max_events", "duplicates", "invalid_events", "error_names", "template_checks", "records", "types"]
)
def test_an_invalid_setting_is_rejected(name: str) -> None:
    """When it is made; the error names it."""
    settings: dict[str, Any] = {name: 0 if name == "max_events" else "whatever"}
    with pytest.raises(ValueError, match=name):
        SandboxSettings(**settings)


STORED = event("old", domain="first.example")
DUPLICATES = pytest.mark.parametrize(
    ("batch", "duplicate"),
    [
        ([event("new"), event("old", domain="second.example")], "old"),
        ([event("two", domain="first.example"), event("two", domain="second.example")], "two"),
    ],
    ids=["stored before", "twice in the batch"],
)


@DUPLICATES
@pytest.mark.parametrize(
    ("mode", "status", "message"), [("conflict", 409, "exist already"), ("in-use", 400, "Event ID already in use")]
)
def test_a_duplicate_rejects_its_batch(
    mode: DuplicateMode, status: int, message: str, batch: Sequence[dict[str, Any]], duplicate: str
) -> None:
    """As in the successor of v3, or as in v1; the error names the ids, and nothing is created."""
    with opened(SandboxSettings(duplicates=mode)) as sandbox:
        sandbox.post(STORED)
        response = sandbox.post(*batch)
        assert (response.status_code, response.json()["context"]) == (status, {"id": [duplicate]})
        assert response.json()["category"] == ("CONFLICT" if status == 409 else "VALIDATION_ERROR")
        assert message in response.json()["message"]
        assert sandbox.get("/_sandbox/events").json()["events"][0]["domain"] == "first.example"
        assert sandbox.store.count() == 1


@DUPLICATES
def test_a_duplicate_can_replace_the_older_event(batch: Sequence[dict[str, Any]], duplicate: str) -> None:
    """As an old text of the vendor describes."""
    with opened(SandboxSettings(duplicates="last-wins")) as sandbox:
        sandbox.post(STORED)
        response = sandbox.post(*batch)
        assert response.status_code == 201
        assert [result["id"] for result in response.json()["results"]] == [each["id"] for each in batch]
        stored = sandbox.get("/_sandbox/event", eventTemplateId="1000123", id=duplicate)
        assert (stored.json()["domain"], sandbox.store.count()) == ("second.example", 2)


def test_an_id_is_unique_within_its_template(sandbox: Sandbox) -> None:
    """Another template can have it too, and a rejected event does not use it up; the default is a conflict."""
    assert SandboxSettings().duplicates == "conflict"
    assert sandbox.post(STORED).status_code == 201
    assert sandbox.post(STORED | {"eventTemplateId": "other"}).status_code == 201
    assert sandbox.post(without("email", id="free"), event("free")).status_code == 207
    assert sandbox.store.count() == 3


def template_error(sandbox: Sandbox, template_id: str, tokens: dict[str, Any]) -> str:
    """Send an event with some tokens; return the message of its error, empty if it is created."""
    response = sandbox.post(event(eventTemplateId=template_id, tokens=tokens))
    errors = response.json().get("errors", [])
    assert response.status_code == (207 if errors else 201)
    return errors[0]["message"] if errors else ""


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ({"unknown": "x"}, "no token unknown"), ({"seats": "many"}, "seats"), ({"seats": "inf"}, "seats"),
        ({"on": "2026-03-10"}, "epoch milliseconds"), ({"plan": "Professional"}, "pro"),
    ],
)  # fmt: skip
def test_a_token_that_does_not_fit_the_template_is_rejected(
    sandbox: Sandbox, tokens: dict[str, Any], message: str
) -> None:
    """An unknown one, an invalid number, a date as text, an option by its label."""
    assert message in template_error(sandbox, new_template(sandbox), tokens)
    assert sandbox.store.count() == 0


def test_tokens_that_fit_the_template_are_accepted(sandbox: Sandbox) -> None:
    """Numbers also as JSON numbers, dates in milliseconds, options by their value."""
    tokens = {"webinarName": "x", "seats": 2, "on": "1773184181164", "plan": "pro"}
    assert template_error(sandbox, new_template(sandbox), tokens) == ""


def test_an_unknown_template_is_accepted_by_default() -> None:
    """A strict sandbox requires the template of each event."""
    with opened() as lenient:
        assert template_error(lenient, "5", {"any": "x"}) == ""
    with opened(SandboxSettings(template_checks="strict")) as strict:
        assert "5" in template_error(strict, "5", {})
        assert template_error(strict, new_template(strict), {"webinarName": "x"}) == ""


def test_a_template_of_another_app_is_unknown() -> None:
    """For events, and in a path."""
    accounts = [Account(name="a", app=APP, access_token="token-a"), Account(name="b", app=78, access_token="token-b")]
    body = {"name": "x", "objectType": "contacts", "tokens": []}
    with opened(SandboxSettings(accounts=accounts)) as sandbox:
        created = call(sandbox, "create_template", 78, body=body, token="token-b").json()
        response = sandbox.send(event(eventTemplateId=created["id"]), token="token-a")
        assert (response.status_code, sandbox.store.count()) == (207, 0)
        assert call(sandbox, "get_template", 78, created["id"], token="token-a").status_code == 403


def test_the_template_has_the_type_of_the_record(sandbox: Sandbox) -> None:
    """An event of a template for companies needs an objectId, and has their type in its result."""
    template_id = new_template(sandbox, objectType="companies", tokens=[])
    assert "objectId" in template_error(sandbox, template_id, {})
    [result] = sandbox.post(event(eventTemplateId=template_id, objectId="9")).json()["results"]
    assert result["objectType"] == "COMPANY"
