"""One way to validate and serialise an event, whether it comes as a model, a mapping or a line of JSON."""

import ast
import json
import pickle
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, SafeUUID

import msgspec
import pytest
from attrs import fields
from hypothesis import example, given
from hypothesis import strategies as st

from hubspot_timeline import EventError, TimelineEvent, TimelineIFrame, event
from hubspot_timeline.events.ids import NewId
from hubspot_timeline.events.payload import EVENT_FIELDS, IFRAME_FIELDS, EventPayload, prepare_event, prepare_line
from hubspot_timeline_api.models import EventTokens, ExtraData
from hubspot_timeline_api.types import UNSET, Unset
from hubspot_timeline_testing.strategies import event_payloads
from tests.helpers.document import ROOT, schemas, validator

GOOD: dict[str, Any] = {"eventTemplateId": "1", "id": "a", "tokens": {}, "email": "ada@example.com"}


class Text(str):
    """Text of a caller's own type."""

    __slots__ = ()


class Stamp(datetime):
    """A datetime of a caller's own type, as pandas has one."""


class Raises:
    """A value that raises whatever is done with it."""

    def __bool__(self) -> bool:
        raise ZeroDivisionError


ODD_VALUES: list[Any] = [
    Raises(), Unset(), UNSET, None, "", "x", "{{uuid}}", "\ud800", 7, True, 1.5, float("nan"), [], {}, {"a": 1}, ("x",),
    b"x", Text("x"), NewId("n"), "y" * 600, SafeUUID.safe, UUID(int=5), 2**70,
    Stamp(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 10),  # noqa: DTZ001 - naive
    datetime(2026, 3, 10, tzinfo=timezone(timedelta(microseconds=1))),
    datetime(2026, 3, 10, 1, 2, 3, 4000, timezone(timedelta(hours=5, minutes=30))),
    datetime(1890, 1, 1, tzinfo=timezone(timedelta(seconds=3208))), datetime(1, 1, 1, tzinfo=UTC),
    EventTokens(), EventTokens.from_dict({"n": 1}), EventTokens.from_dict({"log": "x"}),
    EventTokens.from_dict({"known": Text("x")}), EventTokens.from_dict({"known": "\ud800"}),
    EventTokens.from_dict({"known": "x" * 600_000}), EventTokens.from_dict({"no name": "x"}),
    ExtraData(), ExtraData.from_dict({"n": [None, {"deep": float("inf")}]}),
    ExtraData.from_dict({"n": None, "m": 2**64, "k": 1e-7}), ExtraData.from_dict({1: 2}),  # type: ignore[dict-item]
    ExtraData.from_dict({"a": object()}), ExtraData.from_dict({"a": "x" * 1_100_000}),
    TimelineIFrame("a", "b", "c", 1, 2), TimelineIFrame("a", "b", "c", 2**31, 2),
]  # fmt: skip


def sent(value: object) -> dict[str, Any] | None:
    """Return the JSON object that is sent for an event, None if it is refused."""
    try:
        body: dict[str, Any] = json.loads(prepare_event(value).body)
    except EventError:
        return None
    return body


@given(event_payloads())
def test_a_model_a_mapping_and_a_line_give_the_same_payload(mapping: dict[str, Any]) -> None:
    """The schemas of the OpenAPI document allow each, and the payload is valid again."""
    payload = sent(mapping)

    assert sent(TimelineEvent.from_dict(mapping)) == payload
    line = prepare_line(json.dumps(mapping).encode())
    assert line is None or json.loads(line.body) == payload
    if payload:
        validator("TimelineEvent").validate(payload)


@pytest.mark.parametrize("field", [field.name for field in fields(TimelineEvent)])
@pytest.mark.parametrize("base", [{"email": "a@example.com"}, {"object_id": "7"}])
def test_any_value_in_any_field_is_sent_validly_or_refused(field: str, base: dict[str, Any]) -> None:
    """Nothing checks what is assigned to a model."""
    for value in ODD_VALUES:
        odd = event(1, {"known": "x"}, id="a", **base)
        setattr(odd, field, value)
        payload = sent(odd)
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
    """Integers beyond 64 bits keep their digits; dates and UUIDs become text."""
    assert body in prepare_event({**GOOD, "extraData": extra}).body
    assert body in prepare_event(event(1, email="a@example.com", extra_data=extra)).body


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_does_not_have_are_refused(number: float) -> None:
    """They would be sent as null."""
    for extra in ({"a": number}, {"b": None, "a": [1, {"c": number}]}):
        with pytest.raises(EventError, match=r"extraData\.a.*, which JSON does not have"):
            prepare_event({**GOOD, "extraData": extra})
    odd = event(1, email="a@example.com")
    odd.additional_properties = {"beyond": [number]}
    with pytest.raises(EventError, match=r"beyond\[0\]"):
        prepare_event(odd)


def test_half_a_surrogate_pair_is_refused_by_field() -> None:
    """It is not text, and has no UTF-8."""
    with pytest.raises(EventError, match=r"extraData\.a\[1\]: holds half of a surrogate pair"):
        prepare_event({**GOOD, "extraData": {"a": [1, "\ud800"]}})
    with pytest.raises(EventError, match=r"tokens\.n: holds half"):
        prepare_event({**GOOD, "tokens": {"n": "\udc00"}})


names = st.sampled_from(["a", "b", 'q":', "\\", "é", " :", ""])
texts = st.sampled_from(
    ["1", "-0", "1e5", "123456789012345678901", "null", "true", '"x"', '" : "', '"\\":"', '"\\u003a"']
)


@st.composite
def json_objects(draw: st.DrawFn, depth: int = 2) -> tuple[str, bool]:
    """Draw a JSON object as text, and whether a name stands twice in any object of it."""
    colon = draw(st.sampled_from([":", ": ", " :", "\t: ", "\r:"]))
    pairs, is_repeated = [], False
    for name in draw(st.lists(names, max_size=3)):
        inner = draw(json_objects(depth - 1)) if depth and draw(st.booleans()) else (draw(texts), False)
        is_repeated = is_repeated or inner[1]
        pairs.append((name, inner[0]))
    is_repeated = is_repeated or len({name for name, _ in pairs}) < len(pairs)
    text = ", ".join(f"{json.dumps(name, ensure_ascii=False)}{colon}{value}" for name, value in pairs)
    return f"{{{text}}}", is_repeated


@given(json_objects())
@example(('{"a" :1,"a":2}', True))
@example(('{"a":"\\u003a","a":"\\u003A"}', True))
@example(('{"a":1,"a":{"b":"\\u003a"}}', True))
@example(('{"a":1,"a":{"b\\u003a":2}}', True))
def test_a_line_with_a_repeated_name_is_left_to_the_slow_way(extra: tuple[str, bool]) -> None:
    """Decoding would silently keep the last value."""
    text, is_repeated = extra
    line = json.dumps(GOOD)[:-1] + f', "extraData": {text}}}'
    prepared = prepare_line(line.encode())

    assert not (prepared and is_repeated)
    assert prepared is None or json.loads(prepared.body)["extraData"] == json.loads(text)


def test_most_lines_are_prepared_the_fast_way() -> None:
    """Else the test above would compare nothing."""
    assert prepare_line(b'{"eventTemplateId":"1","id":"a","tokens":{"n":"1"},"objectId":"7","extraData":{"a":[1]}}')


@pytest.mark.parametrize("copied", [deepcopy, lambda model: pickle.loads(pickle.dumps(model))])  # noqa: S301 - our own
def test_a_copied_event_is_sent_as_its_original(copied: Any) -> None:
    """Absent fields stay absent, though generated code compares them by identity."""
    original = event(1, {"n": 1}, email="a@example.com", id="a")

    assert sent(copied(original)) == sent(original)
    assert copied(original).utk is UNSET


def test_the_payload_has_the_fields_of_the_document() -> None:
    """A new field of the document is missing here until EventPayload has it."""
    assert set(EVENT_FIELDS) == set(schemas()["TimelineEvent"]["properties"])
    assert set(IFRAME_FIELDS) == set(schemas()["TimelineIFrame"]["properties"])
    assert {field.name for field in fields(TimelineEvent)} == {
        *(field.name for field in msgspec.structs.fields(EventPayload)), "additional_properties",
    }  # fmt: skip


def test_no_other_module_lists_the_fields() -> None:
    """A new field of the document is one edit outside event(): here in EventPayload."""
    names = set(EVENT_FIELDS) - {"id", "tokens"} | {field.name for field in msgspec.structs.fields(EventPayload)}
    lists = set()
    for path in (ROOT / "wrapper").rglob("*.py"):
        strings = {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        if len(strings & names) >= len(EVENT_FIELDS) // 2:
            lists.add(path.name)
    assert not lists
