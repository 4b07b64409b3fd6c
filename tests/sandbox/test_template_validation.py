"""An event has to fit its template: its tokens are known, of the right type, and the template is its own app's."""

from collections.abc import Iterator
from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import Account, SandboxSettings
from tests.helpers.sandbox_api import APP, call, new_template
from tests.helpers.sandbox_calls import HEADERS, PATH, Sandbox, event, opened


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with opened() as sandbox:
        yield sandbox


def problem(sandbox: Sandbox, template_id: str, tokens: dict[str, Any]) -> str:
    """Send an event with some tokens; return what is said against it, nothing if it is created."""
    response = sandbox.post(event(eventTemplateId=template_id, tokens=tokens))
    errors = response.json().get("errors", [])
    assert response.status_code == (207 if errors else 201)
    return errors[0]["message"] if errors else ""


@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        ({"unknown": "x"}, "no token unknown"),
        ({"seats": "many"}, "seats"),
        ({"seats": "inf"}, "seats"),
        ({"on": "2026-03-10"}, "epoch milliseconds"),
        ({"plan": "Professional"}, "pro"),
    ],
)
def test_what_does_not_fit_is_refused(sandbox: Sandbox, tokens: dict[str, Any], told: str) -> None:
    """An unknown token, a number that is none, a date in words, an option by its label."""
    assert told in problem(sandbox, new_template(sandbox), tokens)
    assert sandbox.store.count() == 0


def test_what_fits_is_created(sandbox: Sandbox) -> None:
    """Numbers as numbers or as text, dates in milliseconds, options by their value."""
    tokens = {"webinarName": "x", "seats": 2, "on": "1773184181164", "plan": "pro"}
    assert problem(sandbox, new_template(sandbox), tokens) == ""


def test_an_unknown_template_is_taken_leniently() -> None:
    """By default; a strict sandbox wants every template to be there."""
    with opened() as lenient:
        assert problem(lenient, "5", {"any": "x"}) == ""
    with opened(SandboxSettings(template_checks="strict")) as strict:
        assert "5" in problem(strict, "5", {})
        assert problem(strict, new_template(strict), {"webinarName": "x"}) == ""


def test_a_template_of_another_app_is_none() -> None:
    """Neither for its events nor by its path."""
    accounts = [Account(name="a", app=APP, access_token="token-a"), Account(name="b", app=78, access_token="token-b")]
    with opened(SandboxSettings(accounts=accounts)) as sandbox:
        created = call(sandbox, "create_template", 78, body={"name": "x", "objectType": "contacts", "tokens": []},
                       token="token-b").json()  # fmt: skip
        headers = HEADERS | {"Authorization": "Bearer token-a"}
        response = sandbox.request(
            "POST", PATH, headers=headers, json={"inputs": [event(eventTemplateId=created["id"])]}
        )
        assert (response.status_code, sandbox.store.count()) == (207, 0)
        assert call(sandbox, "get_template", 78, created["id"], token="token-a").status_code == 403


def test_the_type_of_the_record_is_the_templates(sandbox: Sandbox) -> None:
    """An event of a template for companies needs an objectId, and says in its answer what it landed on."""
    template_id = new_template(sandbox, objectType="companies", tokens=[])
    assert "objectId" in problem(sandbox, template_id, {})
    [result] = sandbox.post(event(eventTemplateId=template_id, objectId="9")).json()["results"]
    assert result["objectType"] == "COMPANY"
