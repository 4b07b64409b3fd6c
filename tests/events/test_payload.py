"""The quick way in gives the bytes of the slow one; where it cannot be sure of that, it stands aside."""

import pickle
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, SafeUUID

import pytest
from attrs import fields
from hypothesis import given

from hubspot_timeline import TimelineEvent, TimelineIFrame, event
from hubspot_timeline.errors import EventError
from hubspot_timeline.events import NewId
from hubspot_timeline.intake import prepare
from hubspot_timeline.plain import plain_item
from hubspot_timeline.wire import FIELDS as FIELDS_IN_WIRE_NAMES
from hubspot_timeline.wire import normalise
from hubspot_timeline_api.models import EventTokens, ExtraData
from hubspot_timeline_api.types import UNSET, Unset
from hubspot_timeline_testing.strategies import event_payloads

FIELDS = [field.name for field in fields(TimelineEvent)]


class Text(str):
    """Text of somebody's own kind."""

    __slots__ = ()


class Stamp(datetime):
    """A moment of somebody's own kind, as pandas has one."""


class Raises:
    """A value that cannot be looked at."""

    def __bool__(self) -> bool:
        raise ZeroDivisionError


def broken_tokens() -> EventTokens:
    tokens = EventTokens()
    tokens.additional_properties = None  # type: ignore[assignment]
    return tokens


ODD_VALUES: list[Any] = [
    Raises(),
    broken_tokens(),
    Stamp(2026, 3, 10, tzinfo=UTC),
    Unset(),
    datetime(2026, 3, 10, tzinfo=timezone(timedelta(microseconds=1))),
    UNSET,
    None,
    "",
    "x",
    "{{uuid}}",
    "\ud800",
    7,
    True,
    1.5,
    float("nan"),
    [],
    {},
    {"a": 1},
    ("x",),
    b"x",
    Text("x"),
    NewId("n"),
    "y" * 600,
    SafeUUID.safe,
    UUID(int=5),
    2**70,
    datetime(2026, 3, 10, tzinfo=UTC),
    datetime(2026, 3, 10),  # noqa: DTZ001
    datetime(2026, 3, 10, 1, 2, 3, 4000, timezone(timedelta(hours=5, minutes=30))),
    datetime(1890, 1, 1, tzinfo=timezone(timedelta(seconds=3208))),
    datetime(1, 1, 1, tzinfo=UTC),
    EventTokens(),
    EventTokens.from_dict({"n": 1}),
    EventTokens.from_dict({"log": "x"}),
    ExtraData(),
    ExtraData.from_dict({"n": [None, {"deep": float("inf")}]}),
    ExtraData.from_dict({"n": None, "m": 2**64, "k": 1e-7}),
    ExtraData.from_dict({1: 2}),  # type: ignore[dict-item]
    TimelineIFrame("a", "b", "c", 1, 2),
    TimelineIFrame("a", "b", "c", 2**31, 2),
    EventTokens.from_dict({"known": Text("x")}),
    EventTokens.from_dict({"known": "\ud800"}),
    EventTokens.from_dict({"known": "x" * 600_000}),
    EventTokens.from_dict({"no name": "x"}),
    ExtraData.from_dict({"a": {1, 2}}),
    ExtraData.from_dict({"a": "x" * 1_100_000}),
]

plain_models = event_payloads().map(TimelineEvent.from_dict)


def slow(model: object) -> tuple[str, bytes] | None:
    try:
        item = prepare(0, model)
    except EventError:
        return None
    return item.id, item.body


@given(plain_models)
def test_a_plain_event_has_the_same_bytes(model: TimelineEvent) -> None:
    """All fields of the document, as the schemas allow them; a token name is known once it was seen."""
    expected = slow(model)
    item = plain_item(0, model)
    assert item is None or (item.id, item.body) == expected


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("base", [{"email": "a@example.com"}, {"object_id": "7"}])
def test_an_event_that_is_odd_has_the_same_bytes_or_stands_aside(field: str, base: dict[str, Any]) -> None:
    """Any field may hold anything, since nothing checks what is assigned to a model."""
    for value in ODD_VALUES:
        odd = event(1, {"known": "x"}, id="a", **base)
        slow(odd)  # which makes its token name known
        setattr(odd, field, value)
        item = plain_item(0, odd)
        assert item is None or (item.id, item.body) == slow(odd), value


@pytest.mark.parametrize("name", [*FIELDS_IN_WIRE_NAMES, "emial"])
def test_a_row_that_was_changed_has_the_same_bytes_or_stands_aside(name: str) -> None:
    """What was read from a file may be corrected before it is sent, and is looked at again then."""
    values: list[Any] = [
        None,
        "",
        "x",
        "{{uuid}}",
        "2026-03-10T23:04:41",
        "y" * 600,
        7,
        {},
        {"known": 1},
        {"a": None},
        [],
    ]
    for value in values:
        for row in ({"email": "a@example.com"}, {"objectId": "7", "timestamp": "2026-03-10T23:04:41Z"}):
            read = normalise({"eventTemplateId": "1", "id": "a", "tokens": {"known": "x"}, **row})
            before = slow(read)
            unchanged = plain_item(0, read)
            assert unchanged
            assert (unchanged.id, unchanged.body) == before
            read[name] = value
            item = plain_item(0, read)
            assert item is None or (item.id, item.body) == slow(dict(read)), value


def test_the_quick_way_is_taken() -> None:
    """By an event with all fields, given as event() makes it; else the tests above would compare nothing."""
    frame = TimelineIFrame("Open", "Order", "https://example.com", 800, 600)
    moment = datetime(2026, 3, 10, 23, 4, 41, 164_000, UTC)
    ways: list[dict[str, Any]] = [
        {"email": "a@example.com", "utk": "u"},
        {"object_id": 7, "custom_object_type_id": "2-1"},
    ]
    for more in ways:
        one = event(1, {"known": "x"}, extra_data={"a": None}, iframe=frame, timestamp=moment, domain="d", **more)
        expected = slow(one)
        item = plain_item(0, one)
        assert item
        assert (item.id, item.body) == expected


@pytest.mark.parametrize("copied", [deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - its own
def test_a_copied_event_is_as_plain_as_its_original(copied: Any) -> None:
    """What is absent stays absent, which generated code knows by identity."""
    one = event(1, {"n": 1}, email="a@example.com", id="a")
    assert slow(copied(one)) == slow(one)
    assert copied(one).utk is UNSET


def test_a_moment_of_another_kind_is_written_all_the_same() -> None:
    """In a mapping and in a model."""
    stamp = Stamp(2026, 3, 10, 23, 4, 41, 164_000, tzinfo=UTC)
    one = event(1, email="a@example.com", id="a", timestamp=stamp)
    mapping = {"eventTemplateId": "1", "id": "a", "tokens": {}, "email": "a@example.com", "timestamp": stamp}
    assert slow(one) == slow(mapping)
