"""event(): builds a TimelineEvent from Python values, with an id that is fixed before the first request."""

from typing import Any
from uuid import UUID

import pytest

from hubspot_timeline import EventError, TimelineIFrame, event
from hubspot_timeline_api.models import TimelineEvent
from tests.helpers.payloads import IFRAME, VALID, payload_of


def test_every_argument_is_sent_under_its_json_name() -> None:
    """Numbers are sent as text where the document has strings."""
    full = event(
        1000123,
        {"plan": "pro"},
        email="ada@example.com",
        object_id=42,
        utk="u",
        id="a",
        timestamp=1773183881164,
        extra_data={"a": [1]},
        iframe=TimelineIFrame("l", "h", "https://example.com", 1, 2),
        domain="example.com",
        custom_object_type_id="2-1",
    )

    assert payload_of(full) == {
        "eventTemplateId": "1000123",
        "id": "a",
        "tokens": {"plan": "pro"},
        "email": "ada@example.com",
        "objectId": "42",
        "utk": "u",
        "timestamp": "2026-03-10T23:04:41.164000Z",
        "extraData": {"a": [1]},
        "timelineIFrame": IFRAME,
        "domain": "example.com",
        "customObjectTypeId": "2-1",
    }


def test_a_field_that_the_document_does_not_have_can_be_sent_on_purpose() -> None:
    """The additional_properties of a model are sent as they are."""
    model = event(1, email="a@example.com")
    model["newField"] = [1]

    assert payload_of(model)["newField"] == [1]


def test_an_event_without_an_id_gets_a_new_one() -> None:
    """Each time another UUID; an id that is given is kept."""
    assert UUID(event(1).id) != UUID(event(1).id)
    assert event(1, id="b").id == "b"
    without_id = {name: VALID[name] for name in VALID if name != "id"}
    event_id = payload_of(without_id)["id"]
    assert event_id == str(UUID(event_id))


def with_id(event_id: str) -> TimelineEvent:
    model = event(1, email="a@example.com")
    model.id = event_id
    return model


@pytest.mark.parametrize("build", [lambda i: event(1, email="a", id=i), lambda i: VALID | {"id": i}, with_id])
def test_a_uuid_placeholder_in_an_id_is_replaced_before_the_event_is_sent(build: Any) -> None:
    """The service would replace it, and its response could not be matched."""
    event_id = payload_of(build("a-{{uuid}}-{{uuid}}"))["id"]

    first, second = event_id[2:38], event_id[39:]
    assert event_id == f"a-{UUID(first)}-{UUID(second)}"
    assert first != second


def test_extra_data_that_is_not_a_mapping_is_an_error() -> None:
    """Before anything is made of it."""
    with pytest.raises(EventError, match=r"^extraData: is a list, not a mapping"):
        event(1, extra_data=["a"])  # type: ignore[arg-type]
