"""App events, the successor of version 3: batches as a whole, switches for what is undocumented, one state with v3."""

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import AppEventSettings, SandboxSettings
from hubspot_timeline_testing.strategies import from_schema
from tests.helpers.app_events import (
    DOCUMENT,
    app_event,
    call_app_events,
    event_type,
    send_app_events,
    with_types,
)
from tests.helpers.document import document
from tests.helpers.sandbox_calls import NOW_TEXT, Sandbox, event, opened

if TYPE_CHECKING:
    from hubspot_timeline_testing.sandbox.settings import TemplateCheckMode, TypeMode

FRAME = {"linkLabel": "a", "headerLabel": "b", "url": "https://c", "width": 1, "height": 2}
IDS = st.lists(st.sampled_from("abcdef"), max_size=6)
UNKNOWN_PROPERTY = {"nobody": "x"}


def settings(**changes: Any) -> SandboxSettings:
    """Return settings with others for app events."""
    return SandboxSettings(app_events=AppEventSettings(**changes))


@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
def test_a_batch_comes_back_as_sent(sandbox: Sandbox, version: str) -> None:
    """A 200 has every field that was sent, and nothing that the document does not name."""
    sent = app_event(
        properties={"name": "Launch"},
        timestamp="2026-03-10T23:04:41+02:00",
        extraData={"votes": [1, None]},
        timelineIFrame=FRAME,
        domain="example.com",
    )
    response = send_app_events(sandbox, sent, app_event("a2"), version=version)
    assert response.status_code == 200
    assert response.json() == {
        "status": "COMPLETE",
        "requestedAt": NOW_TEXT,
        "startedAt": NOW_TEXT,
        "completedAt": NOW_TEXT,
        "results": [sent, app_event("a2")],
    }


@pytest.mark.parametrize(
    "path", ["v4/events/batch", "2026-09/events/batch/create", "2026-09/events/webinar/a1", "v3/events/batch"]
)
def test_other_paths_do_not_exist(sandbox: Sandbox, path: str) -> None:
    """Neither another version, nor the paths of version 3 in a new one, nor a way to read an event."""
    assert sandbox.request("POST", f"/integrators/timeline/{path}", json={}).status_code == 404


def test_versions_are_a_setting() -> None:
    """Those that are served; v3 is not one of them."""
    with opened(settings(versions=["v4", "2027-03"])) as sandbox:
        statuses = {
            version: sandbox.request("POST", f"/integrators/timeline/{version}/events/batch").status_code
            for version in ("v4", "2027-03", "2026-09")
        }
        locations = [
            "location" in call_app_events(sandbox, "create_app_event", app_event(v), version=v).headers
            for v in ("v4", "2027-03")
        ]
    assert statuses == {"v4": 401, "2027-03": 401, "2026-09": 404}
    assert locations == [False, True]
    for version in ("v3", "", "a/b"):
        with pytest.raises(ValueError, match="versions"):
            AppEventSettings(versions=[version])


@pytest.mark.parametrize(
    ("version", "location"), [("2026-03", None), ("2026-09", "/integrators/timeline/2026-09/events/a%2F1")]
)
def test_a_single_event_is_created(sandbox: Sandbox, version: str, location: str | None) -> None:
    """A 201 with the event, and since 2026-09 a Location; the same id again is a 409."""
    responses = [call_app_events(sandbox, "create_app_event", app_event("a/1"), version=version) for _ in "12"]
    assert [response.status_code for response in responses] == [201, 409]
    assert responses[0].json() == app_event("a/1")
    assert responses[0].headers.get("location") == location


def test_a_single_response_can_be_empty() -> None:
    """The document has both; the event is created in either case."""
    with opened(settings(single_response="accepted")) as sandbox:
        response = call_app_events(sandbox, "create_app_event", app_event())
        assert (response.status_code, response.content, sandbox.store.count()) == (200, b"", 1)


@given(existing=st.sets(st.sampled_from("abcdef")), batch=IDS, invalid=st.sets(st.sampled_from("abcdef")))
def test_a_refused_batch_creates_nothing(existing: set[str], batch: list[str], invalid: set[str]) -> None:
    """For any batch and any existing ids: 400 for an invalid event, else 409 for an id in use or twice, else 200."""
    with opened(with_types()) as sandbox:
        send_app_events(sandbox, *map(app_event, sorted(existing)))
        events = [app_event(name, properties=UNKNOWN_PROPERTY if name in invalid else {}) for name in batch]
        expected = (
            400 if invalid & set(batch) else 409 if existing & set(batch) or len(set(batch)) < len(batch) else 200
        )
        assert send_app_events(sandbox, *events).status_code == expected
        created = existing | set(batch) if expected == 200 else existing
        assert {stored.id for stored in sandbox.store.page(0, 100)} == created
        assert set(sandbox.store.times_created("abcdef").values()) <= {0, 1}


@given(body=from_schema("AppEventBatch", document=document(DOCUMENT)))
def test_every_response_conforms_to_the_document(body: Any) -> None:
    """For every body that the document allows; one that is not created is a 400 or a 409."""
    with opened() as sandbox:
        response = call_app_events(sandbox, "create_app_events", body)
        is_created = response.status_code == 200
        assert is_created or response.status_code in (400, 409)
        assert sandbox.store.count() == (len(body["inputs"]) if is_created else 0)
        if is_created:
            assert [result["id"] for result in response.json()["results"]] == [each["id"] for each in body["inputs"]]


def test_a_refused_batch_names_its_invalid_events() -> None:
    """In `errors` of the 400, as in a sample of the vendor; or it names none."""
    events = [app_event("good"), *(app_event(name, properties=UNKNOWN_PROPERTY) for name in ("bad-1", "bad-2"))]
    for names, errors in [
        (True, ["Event bad-1 failed with validation error(s)", "Event bad-2 failed with validation error(s)"]),
        (False, []),
    ]:
        with opened(with_types(invalid_names=names)) as sandbox:
            body = send_app_events(sandbox, *events).json()
        assert body["category"] == "VALIDATION_ERROR"
        assert [each["message"] for each in body.get("errors", [])] == errors
        assert ("bad-1" in str(body)) is names


def test_a_conflict_can_name_its_ids() -> None:
    """By default it names none."""
    for names, context in [(False, None), (True, {"id": ["a"]})]:
        with opened(settings(conflict_names=names)) as sandbox:
            send_app_events(sandbox, app_event("a"))
            response = send_app_events(sandbox, app_event("b"), app_event("a"))
            assert (response.status_code, response.json()["category"]) == (409, "CONFLICT")
            assert response.json().get("context") == context
            assert sandbox.store.count() == 1


@pytest.mark.parametrize(("mode", "status"), [("conflict", 409), ("invalid", 400)])
def test_an_id_twice_in_a_batch_is_refused(mode: Any, status: int) -> None:
    """With 409 or 400; the same id of another event type is another event."""
    with opened(settings(repeated_ids=mode)) as sandbox:
        assert send_app_events(sandbox, app_event("a"), app_event("a")).status_code == status
        assert sandbox.store.count() == 0
        assert send_app_events(sandbox, app_event("a"), app_event("a", eventTypeName="other")).status_code == 200


def test_a_batch_can_be_created_in_part() -> None:
    """A 200 with `errors`, which the schema allows, names an event as `error_names` says."""
    with opened(with_types(invalid_events="partial")) as sandbox:
        body = send_app_events(sandbox, app_event("good"), app_event("bad", properties=UNKNOWN_PROPERTY)).json()
        assert ([each["id"] for each in body["results"]], body["numErrors"]) == (["good"], 1)
        assert body["errors"][0]["context"] == {"id": ["bad"]}
        assert sandbox.store.count() == 1


def test_a_batch_has_a_maximum() -> None:
    """The same setting as for version 3."""
    with opened(SandboxSettings(max_events=2)) as sandbox:
        assert send_app_events(sandbox, *map(app_event, "abc")).status_code == 400
        assert send_app_events(sandbox, *map(app_event, "ab")).status_code == 200


def test_numbers_in_properties_become_strings_or_are_refused() -> None:
    """As the setting `types` says; epoch milliseconds are refused in either case."""
    modes: list[tuple[TypeMode, int]] = [("lenient", 200), ("strict", 400)]
    for types, status in modes:
        with opened(SandboxSettings(types=types)) as sandbox:
            response = send_app_events(sandbox, app_event(properties={"n": 5, "b": True}))
            assert response.status_code == status
            if status == 200:
                assert response.json()["results"][0]["properties"] == {"n": "5", "b": "true"}
            assert send_app_events(sandbox, app_event("t", timestamp=1773183881164)).status_code == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"email": ""}, {"id": "é" * 251}, {"properties": {"long": "x" * 510_001}}, {"properties": {"nobody": "x"}},
        {"properties": {"seats": "two"}}, {"properties": {"on": "2026-03-10"}}, {"properties": {"plan": "none"}},
        {"objectTypeFullyQualifiedName": "p1_cars", "objectId": "5"},
        {"eventTypeName": "company"}, {"eventTypeName": "company", "utk": "u"},
        {"eventTypeName": "custom", "objectId": "5"},
    ],
)  # fmt: skip
def test_an_event_that_breaks_a_rule_is_refused(fields: dict[str, Any]) -> None:
    """No record, too long, not by its event type, or a record that this type of event cannot have."""
    types = [event_type(), event_type("company", objectType="COMPANY"), event_type("custom", supportsCustomObject=True)]
    with opened(with_types(*types)) as sandbox:
        response = send_app_events(sandbox, app_event("good"), app_event(**fields))
        assert (response.status_code, response.json()["category"]) == (400, "VALIDATION_ERROR")
        assert sandbox.store.count() == 0


def test_an_event_finds_its_record_by_its_type() -> None:
    """A contact, a company, or a custom object, whose name is in the event; contacts can need an objectId too."""
    types = [event_type(), event_type("company", objectType="COMPANY"), event_type("custom", supportsCustomObject=True)]
    events = [
        app_event("contact"),
        app_event("company", eventTypeName="company", objectId="7", domain="example.com"),
        app_event("custom", eventTypeName="custom", objectId="8", objectTypeFullyQualifiedName="p1_cars"),
    ]
    with opened(with_types(*types)) as sandbox:
        assert send_app_events(sandbox, *events).status_code == 200
        records = sandbox.get("/_sandbox/records").json()["records"]
    assert sorted(record["objectType"] for record in records) == ["COMPANY", "CONTACT", "p1_cars"]
    with opened(with_types(contacts_need_object_id=True)) as strict:
        assert send_app_events(strict, app_event()).status_code == 400
        assert send_app_events(strict, app_event(objectId="5")).status_code == 200


def test_an_unknown_event_type_is_accepted_or_refused() -> None:
    """As the setting `template_checks` says."""
    modes: list[tuple[TemplateCheckMode, int]] = [("lenient", 200), ("strict", 400)]
    for checks, status in modes:
        types = AppEventSettings(event_types=[event_type()])
        with opened(SandboxSettings(template_checks=checks, app_events=types)) as sandbox:
            assert send_app_events(sandbox, app_event(eventTypeName="other")).status_code == status


def test_an_event_type_has_two_names() -> None:
    """Its uid and the full name that the look-up returns; an id is unique for both together."""
    with opened(with_types(project="demo")) as sandbox:
        found = call_app_events(sandbox, "resolve_event_type", {"projectName": "demo", "developerSymbol": "webinar"})
        symbol = {"projectName": "demo", "developerSymbol": "webinar"}
        assert found.json()["developerQualifiedSymbol"] == symbol
        full = found.json()["fullyQualifiedName"]
        assert (
            send_app_events(sandbox, app_event("a", eventTypeName=full)).json()["results"][0]["eventTypeName"] == full
        )
        assert send_app_events(sandbox, app_event("a")).status_code == 409
        for body in (
            {"projectName": "demo", "developerSymbol": "x"},
            {"projectName": "x", "developerSymbol": "webinar"},
        ):
            assert call_app_events(sandbox, "resolve_event_type", body).status_code == 404


def test_both_apis_share_records_and_the_admin_api() -> None:
    """Events of both land on one contact; each is rendered by its own template or type, and read by its own key."""
    with opened(with_types()) as sandbox:
        sandbox.post(event("same", utk="visitor"))
        properties = {"webinarName": "Launch <b>", "seats": "2"}
        sent = app_event("same", utk="visitor", properties=properties, extraData={"source": "mail"})
        send_app_events(sandbox, sent)
        [record] = sandbox.get("/_sandbox/records").json()["records"]
        newer, older = sandbox.get("/_sandbox/timeline", record=record["record"]).json()["events"]
        assert (newer["api"], newer["template"], older["api"]) == ("app-events", "Webinar registration", "timeline-v3")
        assert newer["header_html"] == "Registered for <strong>Launch &lt;b&gt;</strong>"
        assert "Seats: 2, from mail" in newer["detail_html"]
        assert sandbox.get("/_sandbox/event", eventTypeName="webinar", id="same").json() == sent
        assert sandbox.get("/_sandbox/event", eventTemplateId="1000123", id="same").json()["objectType"] == "CONTACT"
        assert sandbox.counts()["events"] == 2


def test_an_id_of_version_3_can_count_as_used() -> None:
    """By default it does not."""
    for taken, status in [(False, 200), (True, 409)]:
        with opened(settings(v3_ids_are_taken=taken)) as sandbox:
            sandbox.post(event("a"))
            assert send_app_events(sandbox, app_event("a")).status_code == status
            assert send_app_events(sandbox, app_event("b")).status_code == 200
