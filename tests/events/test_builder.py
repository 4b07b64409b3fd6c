"""event(): builds a TimelineEvent from Python values, with an id that is fixed before the first request."""

from collections.abc import Callable
from copy import copy, deepcopy
from decimal import Decimal
from pickle import dumps, loads
from typing import Any
from uuid import UUID

import pytest

from hubspot_timeline import EventError, TimelineIFrame, event
from hubspot_timeline.events.ids import NewId
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


def pickled(original: TimelineEvent) -> TimelineEvent:
    """Return what a queue of jobs makes of an event."""
    copied: TimelineEvent = loads(dumps(original))  # noqa: S301 - made here
    return copied


@pytest.mark.parametrize(("duplicate", "kind"), [(copy, NewId), (deepcopy, NewId), (pickled, str)])
def test_a_copy_of_an_event_has_no_id_that_counts_as_never_sent(
    duplicate: Callable[[TimelineEvent], TimelineEvent], kind: type
) -> None:
    """A copy has the id itself, and what was pickled may be sent by several processes."""
    original = event(1)
    copied = duplicate(original)

    assert (copied.id, type(copied.id)) == (original.id, kind)
    assert kind is str or copied.id is original.id


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


@pytest.mark.parametrize("build", [lambda i: event(1, email="a@b", id=i), lambda i: VALID | {"id": i}, with_id])
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


class Int64:
    """A number as numpy.int64 is: it has an index, and is not an int."""

    def __index__(self) -> int:
        return 4711


@pytest.mark.parametrize("value", ["4711", 4711, 4711.0, Decimal("4711.0"), Int64()])
def test_the_id_of_a_template_or_a_record_is_text_or_a_whole_number(value: Any) -> None:
    """A whole float is an integer: pandas makes floats of a column in which a value is missing."""
    built = event(value, object_id=value)

    assert (built.event_template_id, built.object_id) == ("4711", "4711")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "is empty"),
        (" ", "is empty"),
        (float("nan"), "is nan; give a whole number or text"),
        (float("-inf"), "is -inf;"),
        (Decimal("sNaN"), "is sNaN;"),
        (4711.5, r"is 4711\.5;"),
        (True, "is a bool;"),
        (b"4711", "is a bytes;"),
    ],
)
def test_an_id_that_is_missing_or_not_whole_is_an_error(value: Any, message: str) -> None:
    """Its text would be sent as the id of something that does not exist."""
    for field, arguments in {"eventTemplateId": (value, None), "objectId": (1, value)}.items():
        template_id, object_id = arguments
        with pytest.raises(EventError, match=f"^{field}: {message}"):
            event(template_id, object_id=object_id, email="ada@example.com")


def test_an_event_without_a_template_is_an_error() -> None:
    """None leaves optional fields out, and the template is not optional."""
    with pytest.raises(EventError, match=r"^eventTemplateId: is None; give a whole number or text"):
        event(None, email="ada@example.com")  # type: ignore[arg-type]


def test_white_space_around_an_email_is_removed() -> None:
    """Cells of spreadsheets have it."""
    assert event(1, email=" ada@example.com\t\n").email == "ada@example.com"


@pytest.mark.parametrize("text", ["", "  ", "n/a", "@", "ada@", "@example.com", " ada@ ", "ada@example@com", "a@@b"])
def test_an_email_needs_one_at_sign_with_text_on_both_sides(text: str) -> None:
    """The service would make a contact of a placeholder such as n/a, or of two addresses in one cell."""
    with pytest.raises(EventError, match=r"^email: '.*' is not an email address"):
        event(1, email=text, object_id=7)


@pytest.mark.parametrize("value", [float("nan"), 5])
def test_an_email_that_is_not_text_is_an_error(value: Any) -> None:
    """NaN is what pandas has for a missing value."""
    with pytest.raises(EventError, match=r"^email: is an? (float|int), not text; give None to leave it out"):
        event(1, email=value)


@pytest.mark.parametrize("argument", ["id", "utk", "domain", "custom_object_type_id"])
def test_nan_in_another_argument_is_an_error_when_the_event_is_sent(argument: str) -> None:
    """As any value of a wrong type in a model."""
    arguments: dict[str, Any] = {argument: float("nan")}
    with pytest.raises(EventError, match="is a number, not a string"):
        payload_of(event(1, object_id=7, **arguments))
