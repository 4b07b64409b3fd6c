"""The payload: one way to validate and serialise an event, given as a model, as a mapping or as a line of JSON."""

import ast
import json
import pickle
from collections import OrderedDict, UserDict
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any
from uuid import UUID, SafeUUID

import msgspec
import pytest
from attrs import fields
from hypothesis import example, given
from hypothesis import strategies as st

from hubspot_timeline import EventError, TimelineEvent, TimelineIFrame, event
from hubspot_timeline.events.ids import NewId
from hubspot_timeline.events.payload import V3, prepare_event, prepare_line
from hubspot_timeline.events.schemas import IFRAME_FIELDS, EventPayload
from hubspot_timeline_api.models import EventTokens, ExtraData
from hubspot_timeline_api.types import UNSET, Unset
from hubspot_timeline_testing.strategies import event_payloads
from tests.helpers.document import ROOT, schemas, validator
from tests.helpers.payloads import VALID, payload_of


def payload_or_none(value: object) -> dict[str, Any] | None:
    """Return the JSON object that is sent for an event, None if it is invalid."""
    try:
        return payload_of(value)
    except EventError:
        return None


@given(event_payloads())
def test_a_model_a_mapping_and_a_line_give_the_same_payload(mapping: dict[str, Any]) -> None:
    """The payload is valid by the document (G10)."""
    payload = payload_or_none(mapping)

    assert payload_or_none(TimelineEvent.from_dict(mapping)) == payload
    line = prepare_line(json.dumps(mapping).encode())
    assert line is None or json.loads(line.body) == payload
    if payload:
        validator("TimelineEvent").validate(payload)


class OwnText(str):
    """A subclass of str."""

    __slots__ = ()


class OwnDatetime(datetime):
    """A subclass of datetime, such as that of pandas."""


class Raises:
    """A value that raises when it is used."""

    def __bool__(self) -> bool:
        raise ZeroDivisionError


ODD_VALUES: list[Any] = [
    Raises(), Unset(), UNSET, None, "", "x", "{{uuid}}", "\ud800", 7, True, 1.5, float("nan"), [], {}, {"a": 1}, ("x",),
    b"x", OwnText("x"), NewId("n"), "y" * 600, SafeUUID.safe, UUID(int=5), 2**70,
    OwnDatetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 10),  # noqa: DTZ001 - naive
    datetime(2026, 3, 10, tzinfo=timezone(timedelta(microseconds=1))),
    datetime(2026, 3, 10, 1, 2, 3, 4000, timezone(timedelta(hours=5, minutes=30))),
    datetime(1890, 1, 1, tzinfo=timezone(timedelta(seconds=3208))), datetime(1, 1, 1, tzinfo=UTC),
    EventTokens(), EventTokens.from_dict({"n": 1}), EventTokens.from_dict({"log": "x"}),
    EventTokens.from_dict({"known": OwnText("x")}), EventTokens.from_dict({"known": "\ud800"}),
    EventTokens.from_dict({"known": "x" * 600_000}), EventTokens.from_dict({"no name": "x"}),
    ExtraData(), ExtraData.from_dict({"n": [None, {"deep": float("inf")}]}),
    ExtraData.from_dict({"n": None, "m": 2**64, "k": 1e-7}), ExtraData.from_dict({1: 2}),  # type: ignore[dict-item]
    ExtraData.from_dict({"a": object()}), ExtraData.from_dict({"a": "x" * 1_100_000}),
    TimelineIFrame("a", "b", "c", 1, 2), TimelineIFrame("a", "b", "c", 2**31, 2),
]  # fmt: skip


@pytest.mark.parametrize("field", [field.name for field in fields(TimelineEvent)])
@pytest.mark.parametrize("record", [{"email": "a@example.com"}, {"object_id": "7"}])
def test_any_value_in_any_field_of_a_model_gives_a_valid_payload_or_an_error(
    field: str, record: dict[str, Any]
) -> None:
    """Models do not validate what is assigned to them."""
    for value in ODD_VALUES:
        model = event(1, {"known": "x"}, id="a", **record)
        setattr(model, field, value)
        payload = payload_or_none(model)
        if payload is not None and field != "additional_properties":
            validator("TimelineEvent").validate(payload)


@pytest.mark.parametrize(
    ("extra", "body"),
    [
        ({"n": 2**64}, b'"n":18446744073709551616'),
        ({"n": -(10**30)}, b'"n":-1000000000000000000000000000000'),
        ({"n": None}, b'"n":null'),
        ({"at": datetime(2026, 3, 10, tzinfo=UTC), "id": UUID(int=5)}, b'"at":"2026-03-10T00:00:00Z"'),
    ],
)
def test_extra_data_is_sent_exactly(extra: dict[str, Any], body: bytes) -> None:
    """Integers of more than 64 bits keep their digits; dates and UUIDs become text."""
    assert body in prepare_event(VALID | {"extraData": extra}).body
    assert body in prepare_event(event(1, email="a@example.com", extra_data=extra)).body


names = st.sampled_from(["a", "b", 'q":', "\\", "é", " :", ""])
texts = st.sampled_from(
    ["1", "-0", "1e5", "123456789012345678901", "null", "true", '"x"', '" : "', '"\\":"', '"\\u003a"']
)


@st.composite
def json_objects(draw: st.DrawFn, depth: int = 2) -> tuple[str, bool]:
    """Draw a JSON object as text, and whether any object in it has duplicate names."""
    colon = draw(st.sampled_from([":", ": ", " :", "\t: ", "\r:"]))
    pairs, has_duplicates = [], False
    for name in draw(st.lists(names, max_size=3)):
        inner = draw(json_objects(depth - 1)) if depth and draw(st.booleans()) else (draw(texts), False)
        has_duplicates = has_duplicates or inner[1]
        pairs.append((name, inner[0]))
    has_duplicates = has_duplicates or len({name for name, _ in pairs}) < len(pairs)
    text = ", ".join(f"{json.dumps(name, ensure_ascii=False)}{colon}{value}" for name, value in pairs)
    return f"{{{text}}}", has_duplicates


@given(json_objects())
@example(('{"a" :1,"a":2}', True))
@example(('{"a":"\\u003a","a":"\\u003A"}', True))
@example(('{"a":1,"a":{"b":"\\u003a"}}', True))
@example(('{"a":1,"a":{"b\\u003a":2}}', True))
def test_a_line_with_a_duplicate_name_is_not_prepared_by_the_fast_path(extra: tuple[str, bool]) -> None:
    """Decoding would silently drop all but the last value."""
    text, has_duplicates = extra
    line = json.dumps(VALID)[:-1] + f', "extraData": {text}}}'
    prepared = prepare_line(line.encode())

    assert not (prepared and has_duplicates)
    assert prepared is None or json.loads(prepared.body)["extraData"] == json.loads(text)


def test_a_usual_line_is_prepared_by_the_fast_path() -> None:
    """Otherwise the test above would compare nothing."""
    assert prepare_line(b'{"eventTemplateId":"1","id":"a","tokens":{"n":"1"},"objectId":"7","extraData":{"a":[1]}}')


@pytest.mark.parametrize("copy", [deepcopy, lambda model: pickle.loads(pickle.dumps(model))])  # noqa: S301 - our own
def test_a_copy_of_an_event_is_sent_as_its_original(copy: Callable[[TimelineEvent], TimelineEvent]) -> None:
    """Absent fields stay absent, although generated code compares them by identity."""
    original = event(1, {"n": 1}, email="a@example.com", id="a")

    assert payload_of(copy(original)) == payload_of(original)
    assert copy(original).utk is UNSET


def test_the_payload_has_the_fields_of_the_document() -> None:
    """A new field of the document must be added to EventPayload."""
    assert set(V3.fields) == set(schemas()["TimelineEvent"]["properties"])
    assert set(IFRAME_FIELDS) == set(schemas()["TimelineIFrame"]["properties"])
    assert {field.name for field in fields(TimelineEvent)} == {
        *(field.name for field in msgspec.structs.fields(EventPayload)), "additional_properties",
    }  # fmt: skip


def test_no_other_module_lists_the_fields() -> None:
    """A new field of the document is one edit besides event(), in EventPayload."""
    names = set(V3.fields) - {"id", "tokens"} | {field.name for field in msgspec.structs.fields(EventPayload)}
    lists = set()
    for path in (ROOT / "wrapper").rglob("*.py"):
        strings = {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        if len(strings & names) >= len(V3.fields) // 2:
            lists.add(path.name)
    assert not lists


@dataclass
class Reading:
    """What msgspec could write, with a number that JSON does not have."""

    value: float = float("nan")


class Level(Enum):
    """A member whose value JSON does not have."""

    NONE = float("nan")


class Size(IntEnum):
    """A member that is a number."""

    LARGE = 3


@pytest.mark.parametrize(
    "value",
    [
        Reading(), [Reading()], {float("nan")}, frozenset([(float("nan"),)]), Level.NONE, {1: "a", "1": "b"}, b"x",
        {float("nan"): 1}, msgspec.Raw(b"{bad"), msgspec.Raw(b'1}, "id":"zz","x":{"y":1'),
        Decimal("NaN"), Decimal("1E400"),
    ],
)  # fmt: skip
def test_extra_data_that_would_be_sent_as_something_else_is_refused(value: object) -> None:
    """As null, under another name, or as bytes that nothing has checked."""
    with pytest.raises(EventError):
        prepare_event({**VALID, "extraData": {"v": value}})


def test_an_offset_without_a_colon_hides_no_repeated_name() -> None:
    """It is written with a colon, which would make up for that of the name."""
    line = json.dumps(VALID)[:-1] + ', "timestamp": "2026-01-01T00:00:00+0200", "email": "other@example.com"}'
    assert prepare_line(line.encode()) is None


@pytest.mark.parametrize("depth", [0, 4, 40])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a"}, ["a"]), ((1, 2), [1, 2]), (OrderedDict(a=1), {"a": 1}), (UserDict(a=1), {"a": 1}), (2**70, 2**70),
        (Size.LARGE, 3), (date(2026, 3, 10), "2026-03-10"), (Decimal("1.50"), 1.5), ([None, 0.5], [None, 0.5]),
    ],
)  # fmt: skip
def test_extra_data_is_sent_as_json_however_deep_it_is(value: object, expected: object, depth: int) -> None:
    """Msgspec validates the first levels, and another function what is below."""
    for _ in range(depth):
        value, expected = [value], [expected]
    assert payload_of({**VALID, "extraData": {"v": value}})["extraData"] == {"v": expected}


def test_extra_data_that_has_no_json_is_refused_however_deep_it_is() -> None:
    """With the place of what is wrong."""
    value: object = float("nan")
    for _ in range(40):
        value = [value]
    with pytest.raises(EventError, match=r"extraData\.v(\[0\]){40}: is nan, which JSON does not have"):
        prepare_event({**VALID, "extraData": {"v": value}})


def test_an_escaped_quotation_mark_hides_no_repeated_name() -> None:
    """It is written as it is, which would make up for those of the name."""
    line = json.dumps(VALID | {"domain": "DOMAIN"})[:-1] + ', "email": "other@example.com"}'
    assert prepare_line(line.replace("DOMAIN", "\\u0022" * 4).encode()) is None
    assert prepare_line(line.replace("DOMAIN", "example.com").encode()) is None
    assert prepare_line(json.dumps(VALID | {"domain": '\\ "'}).encode()) is not None
