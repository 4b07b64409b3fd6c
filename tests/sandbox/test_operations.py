"""The operations of the document: all are served, and each response conforms to it."""

from typing import Any

import pytest

from hubspot_timeline_testing.openapi import document, operation_objects
from hubspot_timeline_testing.sandbox import SandboxSettings
from hubspot_timeline_testing.sandbox.apis import APIS
from hubspot_timeline_testing.sandbox.operations.registry import OPERATIONS
from tests.helpers.sandbox_api import APP, TEMPLATE, TOKENS, call, new_template
from tests.helpers.sandbox_calls import Sandbox, event, opened


def test_the_registry_has_the_operations_of_the_documents() -> None:
    """All of them, and no other."""
    assert set(OPERATIONS) == {name for api in APIS for name in operation_objects(document(api))}


def test_a_single_event_is_created_and_read(sandbox: Sandbox) -> None:
    """With any id; what was created is what is read."""
    for event_id in ("a", "a/b?c#d%2F&=+ ", "naïve 😀"):
        created = call(sandbox, "create_event", body=event(event_id))
        assert created.status_code == 201
        assert call(sandbox, "get_event", "1000123", event_id).json() == created.json()


def test_an_invalid_single_event_is_rejected(sandbox: Sandbox) -> None:
    """With 400, or 409 for a duplicate, and nothing is created."""
    bodies = [event(email=""), {"id": "a"}, event("twice"), event("twice")]
    assert [call(sandbox, "create_event", body=body).status_code for body in bodies] == [400, 400, 201, 409]
    assert sandbox.store.count() == 1


def test_templates_belong_to_an_app(sandbox: Sandbox) -> None:
    """They are listed in the order of their creation, read, changed and deleted, by their own app only."""
    first, second = new_template(sandbox), new_template(sandbox, name="Other")
    other = new_template(sandbox, app=78)
    body: dict[str, Any] = {**TEMPLATE, "id": first, "name": "changed"}
    assert call(sandbox, "update_template", APP, first, body=body).status_code == 200
    templates = call(sandbox, "list_templates", APP).json()["results"]
    assert [template["id"] for template in templates] == [first, second]
    assert call(sandbox, "get_template", APP, first).json() == templates[0]
    assert call(sandbox, "get_template", APP, other).status_code == 404
    assert call(sandbox, "delete_template", APP, first).status_code == 204
    assert call(sandbox, "get_template", APP, first).status_code == 404


def test_an_update_replaces_a_template(sandbox: Sandbox) -> None:
    """Its name, texts and tokens; its type and time of creation are constant."""
    template_id = new_template(sandbox)
    before = call(sandbox, "get_template", APP, template_id).json()
    body = {"id": template_id, "name": "New", "tokens": TOKENS[:1]}
    after = call(sandbox, "update_template", APP, template_id, body=body).json()
    assert (after["name"], after["objectType"], after["createdAt"]) == ("New", "contacts", before["createdAt"])
    assert [token["name"] for token in after["tokens"]] == ["webinarName"]
    assert "headerTemplate" not in after
    assert call(sandbox, "update_template", APP, template_id, body=body | {"id": "5"}).status_code == 400


def test_tokens_are_created_changed_and_deleted(sandbox: Sandbox) -> None:
    """By their name, which is unique within a template."""
    template_id = new_template(sandbox, tokens=[])
    assert call(sandbox, "create_token", APP, template_id, body=TOKENS[3]).status_code == 200
    assert call(sandbox, "create_token", APP, template_id, body=TOKENS[3]).status_code == 409
    changed = call(sandbox, "update_token", APP, template_id, "plan", body={"label": "Tariff", "options": []}).json()
    assert (changed["name"], changed["type"], changed["label"]) == ("plan", "enumeration", "Tariff")
    assert call(sandbox, "get_template", APP, template_id).json()["tokens"] == [changed]
    assert call(sandbox, "delete_token", APP, template_id, "plan").status_code == 204
    assert call(sandbox, "delete_token", APP, template_id, "plan").status_code == 404


def test_the_number_of_tokens_and_templates_is_limited(sandbox: Sandbox) -> None:
    """To 500 unique tokens in a template, and 750 templates of an app, as documented; a deleted one makes room."""
    repeated = call(sandbox, "create_template", APP, body=TEMPLATE | {"tokens": [TOKENS[0], TOKENS[0]]})
    assert (repeated.status_code, "webinarName" in repeated.json()["message"]) == (400, True)
    template_id = new_template(sandbox, tokens=[TOKENS[0] | {"name": f"t{number}"} for number in range(500)])
    assert call(sandbox, "create_token", APP, template_id, body=TOKENS[1]).status_code == 400
    templates = [{**TEMPLATE, "id": str(number), "tokens": []} for number in range(1, 751)]
    with opened(SandboxSettings(app=APP, templates=templates)) as full:
        response = call(full, "create_template", APP, body=TEMPLATE)
        assert (response.status_code, response.json()["category"]) == (400, "VALIDATION_ERROR")
        assert "750 templates already" in response.json()["message"]
        assert call(full, "delete_template", APP, "1").status_code == 204
        new_template(full)


@pytest.mark.parametrize("app", ["x", "1.5", 2**31, -(2**31) - 1, "٣", ""])
def test_an_app_is_a_number_of_32_bits(sandbox: Sandbox, app: object) -> None:
    """Anything else in the path is rejected."""
    assert call(sandbox, "list_templates", app).status_code in (400, 404)


def test_header_and_detail_are_rendered(sandbox: Sandbox) -> None:
    """With the values of the event; those of an unknown template are empty."""
    template_id = new_template(sandbox)
    sandbox.post(event("a", eventTemplateId=template_id, tokens={"webinarName": "Launch", "seats": "2"}), event("b"))
    assert "2" in call(sandbox, "get_event_detail", template_id, "a").json()["details"]
    assert "Launch" in call(sandbox, "render_event", template_id, "a").text
    assert "Launch" not in call(sandbox, "render_event", template_id, "a", query={"detail": "true"}).text
    assert call(sandbox, "render_event", template_id, "a", query={"detail": "yes"}).status_code == 400
    assert call(sandbox, "get_event_detail", "1000123", "b").json() == {"details": ""}
