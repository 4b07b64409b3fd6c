"""An event is built from plain words, and one that cannot be sent says which field is wrong and why."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import EventError, TimelineEvent, TimelineIFrame, event
from hubspot_timeline.events.payload import prepare_event
from hubspot_timeline_api.models import EventTokens

GOOD: dict[str, Any] = {"eventTemplateId": "1", "id": "a", "tokens": {}, "email": "ada@example.com"}
IFRAME = {"linkLabel": "l", "headerLabel": "h", "url": "https://example.com", "width": 1, "height": 2}


def sent(value: object) -> Any:
    """Return the JSON object that is sent for an event."""
    return json.loads(prepare_event(value).body)


class Plan(Enum):
    PRO = "pro"


class Word(StrEnum):
    ID = "word"


class Size(IntEnum):
    WIDE = 800


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        (5, "5"),
        (-(10**30), "-1" + "0" * 30),
        (1.5, "1.5"),
        (1e21, "1000000000000000000000"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (True, "true"),
        (False, "false"),
        (Plan.PRO, "pro"),
        (date(2026, 3, 10), "1773100800000"),
        (datetime(2026, 3, 10, 0, 0, 0, 164_000, UTC), "1773100800164"),
        (datetime(2026, 3, 10, 2, tzinfo=timezone(timedelta(hours=2))), "1773100800000"),
    ],
)
def test_token_values_become_the_strings_that_are_sent(value: Any, text: str) -> None:
    """Dates are epoch milliseconds, numbers have no exponent, words of truth are lower case."""
    assert event(1, {"token": value}).tokens["token"] == text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "leave the token out"),
        (float("nan"), "not a finite number"),
        (Decimal("Infinity"), "not a finite number"),
        (datetime(2026, 3, 10), "no time zone"),  # noqa: DTZ001 - naive on purpose
        ([1], "is a list"),
    ],
)
def test_a_token_that_has_no_text_is_refused_by_name(value: Any, words: str) -> None:
    """The error names the token."""
    with pytest.raises(EventError, match=rf"tokens\.seats: .*{words}"):
        event(1, {"seats": value})


def test_an_id_is_fixed_before_the_first_send() -> None:
    """Without an id there is a fresh UUID; each {{uuid}} inside one is replaced here, not by the service."""
    assert UUID(event(1).id) != UUID(event(1).id)
    first, second = event(1, id="a-{{uuid}}-{{uuid}}").id.removeprefix("a-")[:36], event(1, id="b").id
    assert str(UUID(first)) == first
    assert second == "b"
    assert "{{uuid}}" not in sent({**GOOD, "id": "{{uuid}}"})["id"]
    late = event(1, email="a@example.com")
    late.id = "c-{{uuid}}"
    assert "{{uuid}}" not in prepare_event(late).payload.id


@pytest.mark.parametrize(
    ("given_as", "sent_as"),
    [
        ("2026-03-10T23:04:41Z", "2026-03-10T23:04:41Z"),
        ("2026-03-10T23:04:41.164Z", "2026-03-10T23:04:41.164000Z"),
        ("2026-03-10T23:04:41.164211+02:00", "2026-03-10T23:04:41.164211+02:00"),
        (1773183881164, "2026-03-10T23:04:41.164000Z"),
        ("1773183881164", "2026-03-10T23:04:41.164000Z"),
        (datetime(1890, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")), "1889-12-31T23:06:32Z"),
    ],
)
def test_a_timestamp_is_sent_as_the_same_instant(given_as: Any, sent_as: str) -> None:
    """Text, epoch milliseconds and aware datetimes, in objects and in mappings alike."""
    assert sent(event(1, email="a@example.com", timestamp=given_as))["timestamp"] == sent_as
    assert sent({**GOOD, "timestamp": given_as})["timestamp"] == sent_as


@pytest.mark.parametrize(
    ("given_as", "words"),
    [
        ("2026-03-10T23:04:41", "no time zone"),
        ("2026-03-10", "no time zone"),
        ("yesterday", "is not a time such as"),
        ("", "is not a time such as"),
        (1773183881, "looks like epoch seconds"),
        (10**30, "is not a time such as"),
        (True, "is a bool"),
        (1.5, "is a float"),
        (None, "NoneType"),
    ],
)
def test_a_timestamp_that_is_no_instant_is_refused(given_as: Any, words: str) -> None:
    """A naive time would mean another instant on another machine."""
    with pytest.raises(EventError, match=f"timestamp: .*{words}"):
        sent({**GOOD, "timestamp": given_as})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"eventTemplateId": ""}, "eventTemplateId: is empty"),
        ({"eventTemplateId": 7}, "eventTemplateId: is a whole number, not a string"),
        ({"id": ""}, "id: is empty"),
        ({"id": 7}, "id: is a whole number, not a string"),
        ({"id": "ü" * 251}, "id: is 502 bytes long; at most 500 are allowed"),
        ({"email": None}, "email: is null, not a string"),
        ({"email": ""}, "identifies no record; give objectId, utk or email"),
        ({"customObjectTypeId": "2-1"}, "objectId: is missing; a custom object is identified by it alone"),
        ({"emial": "x"}, r"emial: is not a field of the OpenAPI document; did you mean email\?"),
        ({"tokens": []}, "tokens: is a list, not an object"),
        ({"tokens": {"a b": "x"}}, "tokens.a b: is not the name of a token"),
        ({"tokens": {"x" * 501: "x"}}, "tokens.x+: is too long for the name of a token"),
        ({"tokens": {"t": {"x"}}}, "tokens.t: is a set; an event token is text, a number or a date"),
        ({"tokens": {"log": "x"}}, "tokens.log: is a name that the service reserves"),
        ({"tokens": {"t": "x" * 510_001}}, "tokens.t: is 510001 bytes long"),
        ({"tokens": {"t": "\ud83d"}}, "tokens.t: holds half of a surrogate pair"),
        ({"tokens": {f"t{n}": "x" * 400_000 for n in range(3)}}, "is 12000.. bytes long as JSON; at most 1000000"),
        ({"extraData": []}, "extraData: is a list, not an object"),
        ({"extraData": {"a": [1, {"b": float("nan")}]}}, r"extraData.a\[1\].b: is nan, which JSON does not have"),
        ({"extraData": {"a": object()}}, "extraData.a: is a object, which has no JSON"),
        ({"extraData": {"a": ["x" * 400_000] * 3}}, "is 12000.. bytes long as JSON; at most 1000000"),
        ({"timelineIFrame": {**IFRAME, "width": True}}, "timelineIFrame.width: is a boolean, not a whole number"),
        (
            {"timelineIFrame": {**IFRAME, "width": 2**31}},
            "timelineIFrame.width: is out of range; it must be <= 2147483647",
        ),
        ({"timelineIFrame": {"url": "x"}}, "timelineIFrame.linkLabel: is missing"),
        ({"timelineIFrame": {**IFRAME, "hieght": 1}}, r"timelineIFrame.hieght: .*did you mean height\?"),
        ({"timelineIFrame": 5}, "timelineIFrame: is a whole number, not an object"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_the_service_would_refuse_is_refused_here_by_field(change: dict[str, Any], words: str) -> None:
    """The error says which field, what is there, and what is taken."""
    with pytest.raises(EventError, match=f"^{words}"):
        prepare_event({**GOOD, **change})


@pytest.mark.parametrize("missing", ["eventTemplateId", "tokens", "email"])
def test_a_missing_field_is_named(missing: str) -> None:
    """Without the template, the tokens or any identity there is no event."""
    with pytest.raises(EventError, match=r"missing|no record"):
        prepare_event({name: value for name, value in GOOD.items() if name != missing})


def test_kinds_of_strings_and_numbers_are_taken() -> None:
    """A StrEnum is a string, an IntEnum a whole number; what is sent is their value."""
    frame = {**IFRAME, "width": Size.WIDE}
    item = prepare_event({**GOOD, "id": Word.ID, "tokens": {"t": Word.ID}, "timelineIFrame": frame})

    assert json.loads(item.body) == {
        **GOOD,
        "id": "word",
        "tokens": {"t": "word"},
        "timelineIFrame": {**frame, "width": 800},
    }


def test_an_object_that_holds_itself_is_refused() -> None:
    """Neither endless nor a RecursionError."""
    loop: dict[str, Any] = {}
    loop["self"] = loop

    with pytest.raises(EventError, match="nested too deeply, or contains itself"):
        prepare_event({**GOOD, "extraData": loop})


def test_a_model_with_wrong_types_is_refused() -> None:
    """The generated models check nothing when they are made."""
    with pytest.raises(EventError, match=r"tokens: is null, not an object|cannot be read"):
        prepare_event(TimelineEvent("1", "a", None, email="a@example.com"))  # type: ignore[arg-type]
    naive = datetime(2026, 3, 10)  # noqa: DTZ001 - naive on purpose
    with pytest.raises(EventError, match=r"timestamp: .*no time zone"):
        prepare_event(TimelineEvent("1", "a", EventTokens(), email="a@example.com", timestamp=naive))


@given(value=st.one_of(st.none(), st.integers(), st.text(), st.lists(st.integers()), st.binary()))
def test_what_is_no_event_is_refused(value: object) -> None:
    """Whatever else is in the iterable becomes an EventError, not a crash."""
    with pytest.raises(EventError, match="an event is a TimelineEvent or a mapping"):
        prepare_event(value)


def test_fields_unknown_to_the_document_can_be_sent_on_purpose() -> None:
    """A model's additional_properties go out as they are."""
    new = event(1, email="a@example.com")
    new["newField"] = [1]

    assert sent(new)["newField"] == [1]


def test_everything_that_event_takes_arrives_in_wire_names() -> None:
    """One event with all fields."""
    full = event(
        1000123,
        {"plan": Plan.PRO},
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

    assert sent(full) == {
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


def test_several_tokens_may_be_larger_together_than_one_may_be() -> None:
    """Half a megabyte is the limit of a token, and a whole one that of an event."""
    tokens = {"one": "x" * 400_000, "two": "x" * 400_000}

    assert json.loads(prepare_event({**GOOD, "tokens": tokens}).body)["tokens"] == tokens


def test_extra_data_that_is_no_mapping_is_refused_by_event() -> None:
    """Before anything is made of it."""
    with pytest.raises(EventError, match=r"^extraData: is a list, not a mapping"):
        event(1, extra_data=["a"])  # type: ignore[arg-type]


def test_a_token_of_a_model_is_normalised_as_in_a_mapping() -> None:
    """Numbers become strings; a value that has no text is refused by name."""
    model = TimelineEvent("1", "a", EventTokens.from_dict({"seats": 5}), email="ada@example.com")
    assert sent(model)["tokens"] == {"seats": "5"}
    model.tokens.additional_properties = {"seats": None}  # type: ignore[dict-item]
    with pytest.raises(EventError, match=r"^tokens\.seats: has no value"):
        prepare_event(model)
