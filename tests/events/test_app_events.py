"""App events: how they are built, validated and written, and how events of v3 become app events (G10)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from hubspot_app_events_api.models import AppEvent
from hubspot_timeline import EventError, app_event, event
from hubspot_timeline.apis import open_apis
from hubspot_timeline.events.ids import NewId
from hubspot_timeline.events.payload import APP_EVENTS, V3, prepare_event, prepare_line
from hubspot_timeline.events.schemas import AppEventPayload, EventPayload, json_names
from hubspot_timeline_testing.openapi import document, schemas
from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.strategies import event_payloads, from_schema
from tests.helpers.payloads import IFRAME, VALID, payload_of

APP_DOCUMENT = document("app-events")
VALIDATOR = make_validator("AppEvent", APP_DOCUMENT)
VALID_APP: dict[str, Any] = {"eventTypeName": "webinar", "id": "a", "properties": {}, "email": "ada@example.com"}


def converted(value: object, event_types: dict[str, str] | None) -> dict[str, Any]:
    """Return the app event that is sent for an event of v3."""
    api = open_apis("2026-09", None, event_types).primary
    payload: dict[str, Any] = json.loads(api.accept(prepare_event(value)).body)
    return payload


def test_the_fields_are_those_of_the_document() -> None:
    """Each with the name of the attribute that the generated model has."""
    assert set(APP_EVENTS.fields) == set(schemas(APP_DOCUMENT)["AppEvent"]["properties"])
    attributes = set(AppEvent.__annotations__) - {"additional_properties"}
    assert set(json_names(AppEventPayload)) == attributes
    assert set(EventPayload.OWN_FIELDS) | set(AppEventPayload.OWN_FIELDS) == set(V3.fields) ^ set(APP_EVENTS.fields)


@given(from_schema("AppEvent", document=APP_DOCUMENT))
def test_a_model_a_mapping_and_a_line_give_the_same_payload(mapping: dict[str, Any]) -> None:
    """The payload is valid by the document (G10)."""
    try:
        payload = payload_of(mapping)
    except EventError:
        return
    assert payload_of(AppEvent.from_dict(mapping)) == payload
    line = prepare_line(json.dumps(mapping).encode())
    assert line is None or json.loads(line.body) == payload
    VALIDATOR.validate(payload)


def test_app_event_builds_all_fields() -> None:
    """Values are converted as those of event() are."""
    built = app_event(
        "webinar",
        {"seats": 2, "paid": True, "when": datetime(2026, 1, 2, tzinfo=UTC)},
        email=" ada@example.com ",
        object_id=4711.0,
        utk="u",
        id="w-1",
        timestamp=1_700_000_000_000,
        extra_data={"plan": ["pro"]},
        domain="example.com",
        object_type="p1_car",
    )

    assert payload_of(built) == {
        "eventTypeName": "webinar",
        "id": "w-1",
        "properties": {"seats": "2", "paid": "true", "when": "1767312000000"},
        "email": "ada@example.com",
        "objectId": "4711",
        "utk": "u",
        "timestamp": "2023-11-14T22:13:20Z",
        "extraData": {"plan": ["pro"]},
        "domain": "example.com",
        "objectTypeFullyQualifiedName": "p1_car",
    }


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"eventTypeName": ""}, "eventTypeName: is empty"),
        ({"eventTypeName": None}, "eventTypeName: is null, not a string"),
        ({"properties": {"a b": "x"}}, "properties.a b: the name of a token may hold"),
        ({"properties": {"log": "x"}}, "properties.log: the name log is reserved"),
        ({"properties": {"a": None}}, "properties.a: has no value"),
        ({"email": ""}, "identifies no record; give objectId, utk or email"),
        ({"objectTypeFullyQualifiedName": "p1_car"}, "objectId: is missing; a custom object"),
        ({"emial": "x"}, 'unknown field "emial"; did you mean "email"?'),
        ({"id": "x" * 501}, "id: is 501 bytes long"),
    ],
)
def test_an_invalid_app_event_names_its_field(fields: dict[str, Any], message: str) -> None:
    """In the names of app events."""
    with pytest.raises(EventError) as caught:
        prepare_event(VALID_APP | fields)

    assert str(caught.value).startswith(message)


def test_the_kind_of_an_event_decides_about_its_other_names() -> None:
    """So that the error is about the field that belongs to the other API."""
    with pytest.raises(EventError, match='unknown field "tokens"'):
        prepare_event(VALID_APP | {"tokens": {}})
    with pytest.raises(EventError, match='unknown field "properties"'):
        prepare_event(VALID | {"properties": {}})


@pytest.mark.parametrize(
    ("name", "found"), [("", "is empty"), (" ", "is empty"), (1000123, "is an int"), (None, "is a NoneType")]
)
def test_an_event_type_is_a_name(name: Any, found: str) -> None:
    """The id of a template is not one."""
    with pytest.raises(EventError, match=f"eventTypeName: {found}.*give the uid of an event type"):
        app_event(name, email="a@b.c")


def test_a_mapping_without_names_of_its_own_is_read_as_the_client_expects() -> None:
    """So that the error names the field that is missing there."""
    with pytest.raises(EventError, match="eventTypeName: is missing"):
        prepare_event({"email": "ada@example.com"}, APP_EVENTS)
    with pytest.raises(EventError, match="eventTemplateId: is missing"):
        prepare_event({"email": "ada@example.com"})


@given(event_payloads())
def test_an_event_of_v3_becomes_a_valid_app_event(mapping: dict[str, Any]) -> None:
    """Only the names of three fields differ (G10)."""
    try:
        payload = payload_of(mapping)
    except EventError:
        return
    app = converted(mapping, {payload["eventTemplateId"]: "webinar"})

    VALIDATOR.validate(app)
    del payload["eventTemplateId"]
    assert app.pop("eventTypeName") == "webinar"
    assert app.pop("properties") == payload.pop("tokens")
    assert app.pop("objectTypeFullyQualifiedName", "") == payload.pop("customObjectTypeId", "")
    assert app == payload


@pytest.mark.parametrize("custom_type", ["", "CONTACT", "0-1"])
def test_the_type_of_a_contact_is_left_out(custom_type: str) -> None:
    """App events name the type of custom objects only."""
    app = converted(VALID | {"customObjectTypeId": custom_type}, {"1": "webinar"})
    assert app == VALID_APP


def test_a_field_that_no_document_has_is_converted_too() -> None:
    """A caller may add one to a model, and it is sent through both APIs."""
    model = event(1, email="ada@example.com", id="a", iframe=None)
    model.additional_properties["new"] = {"deep": [1]}

    assert converted(model, {"1": "webinar"}) == VALID_APP | {"new": {"deep": [1]}}
    assert converted(VALID | {"timelineIFrame": IFRAME}, {"1": "webinar"})["timelineIFrame"] == IFRAME


def test_a_generated_id_stays_one() -> None:
    """It is known to be fresh after a lost response, which settles a batch with one request."""
    api = open_apis("2026-09", None, {"1": "webinar"}).primary
    assert isinstance(api.accept(prepare_event(event(1, email="a@b.c"))).payload.id, NewId)


@pytest.mark.parametrize(
    ("value", "event_types", "message"),
    [
        (
            VALID,
            {"2": "webinar"},
            "eventTemplateId: template 1 has no event type in event_types (--event-types); add it",
        ),
        (VALID, None, "is an event of v3; name the event types of templates by event_types (--event-types)"),
    ],
)
def test_an_event_of_v3_without_an_event_type_is_an_error(
    value: object, event_types: dict[str, str] | None, message: str
) -> None:
    """Which names the template."""
    with pytest.raises(EventError) as caught:
        converted(value, event_types)
    assert str(caught.value) == message


def test_v3_does_not_take_an_app_event() -> None:
    """The error says which client does."""
    with pytest.raises(EventError, match="send it with api='2026-09'"):
        open_apis("v3", None, None).primary.accept(prepare_event(VALID_APP))
