"""The sandbox serves every operation of the document, and each answers as the document says."""

from collections.abc import Iterator

import pytest

from hubspot_timeline_testing.openapi import operations
from hubspot_timeline_testing.sandbox import SandboxSettings
from hubspot_timeline_testing.sandbox.operations.registry import OPERATIONS
from tests.helpers.sandbox_api import APP, TEMPLATE, TOKENS, call, new_template
from tests.helpers.sandbox_calls import HEADERS, Sandbox, event, opened


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with opened() as sandbox:
        yield sandbox


def test_the_table_is_that_of_the_document() -> None:
    """No operation is missing, and none is made up."""
    assert set(OPERATIONS) == set(operations())


def test_a_single_event_is_created_and_read_back(sandbox: Sandbox) -> None:
    """What a 201 answers is what is read back, under any id."""
    for event_id in ("a", "a/b?c#d%2F&=+ ", "naïve 😀"):
        created = call(sandbox, "create_event", body=event(event_id))
        assert created.status_code == 201
        assert call(sandbox, "get_event", "1000123", event_id).json() == created.json()


def test_a_single_event_that_breaks_a_rule_is_refused(sandbox: Sandbox) -> None:
    """With 400, or 409 where its id is taken, and nothing is created."""
    assert call(sandbox, "create_event", body={**event(), "email": ""}).status_code == 400
    assert call(sandbox, "create_event", body={"id": "a"}).status_code == 400
    assert sandbox.store.count() == 0
    assert call(sandbox, "create_event", body=event("twice")).status_code == 201
    assert call(sandbox, "create_event", body=event("twice")).status_code == 409


def test_templates_are_kept_by_app(sandbox: Sandbox) -> None:
    """What was created is listed, read, changed and deleted, by its own app alone."""
    first, second = new_template(sandbox), new_template(sandbox, name="Other")
    other = new_template(sandbox, app=78)
    listed = call(sandbox, "list_templates", APP).json()["results"]
    assert [template["id"] for template in listed] == [first, second]
    assert call(sandbox, "get_template", APP, first).json() == listed[0]
    assert call(sandbox, "get_template", APP, other).status_code == 404
    assert call(sandbox, "delete_template", APP, first).status_code == 204
    assert call(sandbox, "get_template", APP, first).status_code == 404


def test_an_update_replaces_what_it_names(sandbox: Sandbox) -> None:
    """Name, texts and tokens are those of the update; type and time of creation stay."""
    template_id = new_template(sandbox)
    before = call(sandbox, "get_template", APP, template_id).json()
    body = {"id": template_id, "name": "New", "tokens": TOKENS[:1]}
    after = call(sandbox, "update_template", APP, template_id, body=body).json()
    assert (after["name"], after["objectType"], after["createdAt"]) == ("New", "contacts", before["createdAt"])
    assert [token["name"] for token in after["tokens"]] == ["webinarName"]
    assert "headerTemplate" not in after
    assert call(sandbox, "update_template", APP, template_id, body=body | {"id": "5"}).status_code == 400


def test_tokens_are_added_changed_and_taken_away(sandbox: Sandbox) -> None:
    """Each by its name, which a template has once."""
    template_id = new_template(sandbox, tokens=[])
    assert call(sandbox, "create_token", APP, template_id, body=TOKENS[3]).status_code == 200
    assert call(sandbox, "create_token", APP, template_id, body=TOKENS[3]).status_code == 409
    changed = {"label": "Tariff", "options": []}
    answered = call(sandbox, "update_token", APP, template_id, "plan", body=changed).json()
    assert (answered["name"], answered["type"], answered["label"]) == ("plan", "enumeration", "Tariff")
    assert call(sandbox, "get_template", APP, template_id).json()["tokens"] == [answered]
    assert call(sandbox, "delete_token", APP, template_id, "plan").status_code == 204
    assert call(sandbox, "delete_token", APP, template_id, "plan").status_code == 404


def test_a_token_is_in_a_template_once(sandbox: Sandbox) -> None:
    """A template that names one twice is refused, and so is the 501st."""
    twice = call(sandbox, "create_template", APP, body=TEMPLATE | {"tokens": [TOKENS[0], TOKENS[0]]})
    assert (twice.status_code, "webinarName" in twice.json()["message"]) == (400, True)
    many = [TOKENS[0] | {"name": f"t{number}"} for number in range(500)]
    template_id = new_template(sandbox, tokens=many)
    assert call(sandbox, "create_token", APP, template_id, body=TOKENS[1]).status_code == 400


@pytest.mark.parametrize("app", ["x", "1.5", 2**31, -(2**31) - 1, "٣", ""])
def test_an_app_is_a_number_of_32_bits(sandbox: Sandbox, app: object) -> None:
    """Anything else in its place is refused."""
    assert call(sandbox, "list_templates", app).status_code in (400, 404)


def test_detail_and_header_are_rendered(sandbox: Sandbox) -> None:
    """The template's texts with the event's values in them; of an unknown template nothing."""
    template_id = new_template(sandbox)
    sandbox.post(event("a", eventTemplateId=template_id, tokens={"webinarName": "Launch", "seats": "2"}), event("b"))
    assert "2" in call(sandbox, "get_event_detail", template_id, "a").json()["details"]
    assert "Launch" in call(sandbox, "render_event", template_id, "a").text
    assert "Launch" not in call(sandbox, "render_event", template_id, "a", query={"detail": "true"}).text
    assert call(sandbox, "render_event", template_id, "a", query={"detail": "yes"}).status_code == 400
    assert call(sandbox, "get_event_detail", "1000123", "b").json() == {"details": ""}


def test_fixed_words_in_a_path_go_before_values(sandbox: Sandbox) -> None:
    """GET on the batch is a wrong method, not the event `create` of the template `batch`."""
    response = sandbox.request("GET", "/integrators/timeline/v3/events/batch/create", headers=HEADERS)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_an_app_has_at_most_750_templates() -> None:
    """As the vendor documents it; what is deleted makes room."""
    held = [{**TEMPLATE, "id": str(number), "tokens": []} for number in range(1, 751)]
    with opened(SandboxSettings(app=APP, templates=held)) as sandbox:
        refused = call(sandbox, "create_template", APP, body=TEMPLATE)
        assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")
        assert "750 templates already" in refused.json()["message"]
        assert call(sandbox, "delete_template", APP, "1").status_code == 204
        new_template(sandbox)
