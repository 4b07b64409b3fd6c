"""App events, the successor of version 3: atomic batches, on the same state and the same records."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_timeline_testing.openapi import document
from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.sandbox import Account, AppEventSettings, SandboxSettings
from hubspot_timeline_testing.sandbox.cli_options import FaultOptions, settings_from_options
from hubspot_timeline_testing.sandbox.settings_json import settings_from_json, settings_to_json
from tests.helpers.sandbox_calls import PATH, Sandbox, bearer, event, opened

WEBINAR = {
    "uid": "webinar",
    "type": "app-event",
    "config": {
        "name": "Webinar",
        "objectType": "CONTACT",
        "headerTemplate": "Seats: {{seats}}",
        "properties": [{"name": "seats", "label": "Seats", "type": "number"}],
    },
}


def app_event(event_id: str = "a1", **fields: Any) -> dict[str, Any]:
    """Return a valid app event, with some fields changed."""
    defaults = {"eventTypeName": "webinar", "id": event_id, "properties": {"seats": "2"}, "email": "ada@example.com"}
    return defaults | fields


def settings(**fields: Any) -> SandboxSettings:
    """Return settings with an event type."""
    return SandboxSettings(app_events=AppEventSettings(event_types=[WEBINAR], **fields))


def send(sandbox: Sandbox, *events: Any, version: str = "2026-09", token: str = "any") -> httpx.Response:
    """Send a batch, whose response is checked against the document."""
    path = f"/integrators/timeline/{version}/events/batch"
    response = sandbox.request("POST", path, json={"inputs": events}, headers=bearer(token))
    name = "AppEventBatchResult" if response.is_success else "ErrorBody"
    make_validator(name, document("app-events")).validate(response.json())
    return response


def create(sandbox: Sandbox, body: Any, version: str = "2026-09") -> httpx.Response:
    return sandbox.request("POST", f"/integrators/timeline/{version}/events", json=body, headers=bearer("any"))


@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
def test_a_batch_is_created_beside_version_3(version: str) -> None:
    """A 200 with the events as they were sent, on the record that version 3 uses too."""
    with opened(settings()) as sandbox:
        assert sandbox.post(event("v3")).status_code == 201
        response = send(sandbox, app_event(), app_event("a2", properties={"seats": 3}), version=version)
        assert response.status_code == 200
        assert response.json()["results"] == [app_event(), app_event("a2", properties={"seats": "3"})]
        [record] = sandbox.get("/_sandbox/records").json()["records"]
        events = sandbox.get("/_sandbox/timeline", record=record["record"]).json()["events"]
    assert [each["header_html"] for each in events] == ["Seats: 3", "Seats: 2", ""]


@pytest.mark.parametrize(
    ("invalid", "status", "category"),
    [
        (app_event("bad", properties={"nobody": "1"}), 400, "VALIDATION_ERROR"),
        (app_event("bad", properties={"seats": "x"}), 400, "VALIDATION_ERROR"),
        (app_event("bad", timestamp=0), 400, "VALIDATION_ERROR"), (app_event("old"), 409, "CONFLICT"),
        (app_event("old", eventTypeName="ae1_webinar"), 409, "CONFLICT"), (app_event("new"), 409, "CONFLICT"),
    ],
)  # fmt: skip
def test_a_refused_batch_creates_nothing(invalid: Any, status: int, category: str) -> None:
    """For an unknown property, an invalid value, an id that exists under either name, and one that occurs twice."""
    with opened(settings()) as sandbox:
        send(sandbox, app_event("old"))
        response = send(sandbox, app_event("new"), invalid)
        assert (response.status_code, response.json()["category"]) == (status, category)
        assert sandbox.store.count() == 1


def test_the_switches() -> None:
    """Each setting changes what it is for."""
    bad = app_event("bad", properties={"nobody": "1"})
    with opened(settings(invalid_events="partial", repeated_ids="invalid", conflict_names=True)) as sandbox:
        partial = send(sandbox, app_event(), bad).json()
        assert ([each["id"] for each in partial["results"]], partial["numErrors"]) == (["a1"], 1)
        assert send(sandbox, app_event()).json()["context"] == {"id": ["a1"]}
        assert send(sandbox, app_event("b"), app_event("b")).status_code == 400
    with opened(settings(invalid_names=False, single_response="accepted", contacts_need_object_id=True)) as sandbox:
        assert "errors" not in send(sandbox, bad).json()
        assert create(sandbox, app_event()).status_code == 400
        accepted = create(sandbox, app_event(objectId="7"))
        assert (accepted.status_code, accepted.content) == (200, b"")
    with opened(settings(v3_ids_are_taken=True)) as sandbox:
        sandbox.post(event("a1"))
        assert send(sandbox, app_event()).status_code == 409
    with opened(settings()) as sandbox:
        errors = send(sandbox, app_event(), bad).json()["errors"]
        assert errors == [{"message": "Event bad failed with validation error(s)"}]
        sandbox.post(event("a1"))
        created = [create(sandbox, app_event(name), name_version) for name, name_version in VERSIONS]
        assert [(each.status_code, "location" in each.headers) for each in created] == [(201, False), (201, True)]


VERSIONS = [("a1", "2026-03"), ("a2", "2026-09")]


def test_after_the_migration_version_3_answers_401() -> None:
    """From the moment of the settings or of the admin API on; app events go on; a reset undoes the latter."""
    with opened(SandboxSettings(migrated_after=10)) as sandbox:
        assert sandbox.post(event()).status_code == 201
        sandbox.time.sleep(10)
        refused = sandbox.post(event("e2"))
        assert (refused.status_code, refused.json()["category"]) == (401, "INVALID_AUTHENTICATION")
        assert send(sandbox, app_event()).status_code == 200
    with opened() as sandbox:
        sandbox.request("POST", "/_sandbox/migrate")
        assert sandbox.post(event()).status_code == 401
        sandbox.request("POST", "/_sandbox/reset")
        assert sandbox.post(event()).status_code == 201


@pytest.mark.parametrize(
    ("scope", "version", "status"),
    [("timeline.write", "2026-03", 403), ("timeline.write", "2026-09", 200), ("tickets", "2026-03", 200)],
)
def test_one_of_the_scopes_is_enough(scope: str, version: str, status: int) -> None:
    """A 403, which comes after the 400 for the body, lists every scope of which one would do."""
    with opened(SandboxSettings(accounts=[Account(name="a", access_token="t", scopes=[scope])])) as sandbox:
        response = send(sandbox, app_event(), version=version, token="t")
        assert response.status_code == status
        if status == 403:
            scopes = response.json()["errors"][0]["context"]["requiredGranularScopes"]
            assert scopes[0] == "timeline"
            assert len(scopes) == 5
        invalid = sandbox.request("POST", PATH, json={}, headers=bearer("t"))
        assert invalid.json()["message"].endswith("column 2. Some required fields were not set: [inputs]")


def test_another_media_type_is_not_acceptable(sandbox: Sandbox) -> None:
    """It is a 406, before the token is looked at."""
    assert sandbox.request("POST", PATH, json={}, headers={"Accept": "image/png"}).status_code == 406


def test_event_types_come_from_the_files_of_a_project(tmp_path: Path) -> None:
    """Those in a folder, without its other files; they survive settings as JSON, and an invalid one is an error."""
    for name, content in (("webinar", WEBINAR), ("app", {"uid": "app", "type": "app"})):
        (tmp_path / f"{name}-hsmeta.json").write_text(json.dumps(content))
    loaded = settings_from_options(None, FaultOptions(), None, event_types=[tmp_path], modes={})
    assert loaded.app_events.event_types == (WEBINAR,)
    assert settings_from_json(settings_to_json(loaded)) == loaded
    invalid = WEBINAR | {"config": {"name": "x" * 51, "objectType": "CONTACT"}}
    with (
        pytest.raises(ValueError, match=r"config\.name has 51"),
        opened(SandboxSettings(app_events=AppEventSettings(event_types=[invalid]))),
    ):
        pass


def test_an_event_type_is_resolved() -> None:
    """By its uid; another one is a 404."""
    with opened(settings()) as sandbox:
        path = "/integrators/timeline/2026-09/types/projects"
        for uid, status in (("webinar", 200), ("other", 404)):
            body = {"projectName": "p", "developerSymbol": uid}
            response = sandbox.request("POST", path, json=body, headers=bearer("any"))
            assert response.status_code == status
            assert response.json().get("fullyQualifiedName") == ("ae1_webinar" if status == 200 else None)
