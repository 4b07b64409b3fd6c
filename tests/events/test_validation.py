"""Validation: an event that the service would refuse is an EventError, which names the field and what is wrong."""

from collections import deque
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline import EventError, TimelineEvent
from hubspot_timeline.events.payload import prepare_event
from tests.helpers.payloads import IFRAME, VALID, payload_of

cyclic: dict[str, Any] = {}
cyclic["self"] = cyclic


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eventTemplateId": ""}, "eventTemplateId: is empty"),
        ({"eventTemplateId": 7}, "eventTemplateId: is a whole number, not a string"),
        ({"id": ""}, "id: is empty"),
        ({"id": 7}, "id: is a whole number, not a string"),
        ({"id": "ü" * 251}, "id: is 502 bytes long; at most 500 are allowed"),
        ({"email": None}, "email: is null, not a string"),
        ({"objectId": deque()}, "objectId: is a collections.deque, not a string"),  # as numpy.int64, with its module
        ({"email": ""}, "identifies no record; give objectId, utk or email"),
        *[({"email": text}, f"email: '{text}' is not an email address") for text in ("bad-mail", "@b", "a@", "a@b@c")],
        ({"customObjectTypeId": "2-1"}, "objectId: is missing; a custom object is identified by it alone"),
        ({"emial": "x"}, r'^unknown field "emial"; did you mean "email"\?'),
        ({"tokens": []}, "tokens: is a list, not an object"),
        ({"tokens": {"a b": "x"}}, "tokens.a b: the name of a token may hold letters, digits, '.', '-' and '_' only"),
        ({"tokens": {"x" * 501: "x"}}, r"tokens.x+ … \(508 characters\): the name is too long for a token"),
        ({"tokens": {"log": "x"}}, "tokens.log: the name log is reserved; use another one"),
        ({"tokens": {"t": "x" * 510_001}}, "tokens.t: is 510,001 bytes long"),
        ({"tokens": {"t": "\ud83d"}}, "tokens.t: holds half of a surrogate pair"),
        ({"tokens": {f"t{n}": "x" * 400_000 for n in range(3)}}, "is 1,200,0.. bytes long as JSON; at most 1,000,000"),
        ({"extraData": []}, "extraData: is a list, not an object"),
        ({"extraData": {"a": [1, {"b": float("nan")}]}}, r"extraData.a\[1\].b: is nan, which JSON does not have"),
        ({"extraData": {"a": object()}}, "extraData.a: is an object, which has no JSON"),
        ({"extraData": {"a": ["x" * 400_000] * 3}}, "is 1,200,0.. bytes long as JSON; at most 1,000,000"),
        ({"timelineIFrame": {**IFRAME, "width": True}}, "timelineIFrame.width: is a boolean, not a whole number"),
        (
            {"timelineIFrame": {**IFRAME, "width": 2**31}},
            "timelineIFrame.width: is out of range; it must be <= 2147483647",
        ),
        ({"timelineIFrame": {"url": "x"}}, "timelineIFrame.linkLabel: is missing"),
        (
            {"timelineIFrame": {**IFRAME, "hieght": 1}},
            r'^unknown field "timelineIFrame.hieght"; did you mean "height"\?',
        ),
        ({"timelineIFrame": 5}, "timelineIFrame: is a whole number, not an object"),
        ({"extraData": cyclic}, "extraData: is nested too deeply, or contains itself"),
        ({"extraData": {"a": [1, "\ud800"]}}, r"extraData\.a\[1\]: holds half of a surrogate pair"),
        *(
            ({"extraData": extra}, r"extraData\.a.*, which JSON does not have")
            for number in (float("nan"), float("inf"), float("-inf"))
            for extra in ({"a": number}, {"b": None, "a": [1, {"c": number}]})
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_an_invalid_field_is_an_error_that_names_it(change: dict[str, Any], message: str) -> None:
    """With its value or type, and what is allowed."""
    with pytest.raises(EventError, match=f"^{message}"):
        prepare_event(VALID | change)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("eventTemplateId", "eventTemplateId: is missing"),
        ("tokens", "tokens: is missing"),
        ("email", "identifies no record"),
    ],
)
def test_a_missing_field_is_an_error_that_names_it(missing: str, message: str) -> None:
    """The template, the tokens and one of the fields that identify the record are required."""
    with pytest.raises(EventError, match=f"^{message}"):
        prepare_event({name: VALID[name] for name in VALID if name != missing})


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_have_is_an_error_in_additional_properties_too(number: float) -> None:
    """It would be sent as null."""
    model = TimelineEvent.from_dict(VALID)
    model.additional_properties = {"beyond": [number]}
    with pytest.raises(EventError, match=r"beyond\[0\]: is .*, which JSON does not have"):
        prepare_event(model)


@pytest.mark.parametrize("tokens", [None, [1]])
def test_a_model_with_a_value_of_the_wrong_type_is_an_error(tokens: Any) -> None:
    """Generated models validate nothing."""
    with pytest.raises(EventError, match=r"tokens: is (null|a list), not an object"):
        prepare_event(TimelineEvent("1", "a", tokens, email="a@example.com"))


@given(value=st.one_of(st.none(), st.integers(), st.text(), st.lists(st.integers()), st.binary()))
def test_a_value_that_is_not_an_event_is_an_error(value: object) -> None:
    """Only models and mappings are events."""
    with pytest.raises(EventError, match="an event is a TimelineEvent, an AppEvent or a mapping"):
        prepare_event(value)


class Masked(str):
    """A text that prints as another one."""

    __slots__ = ()

    def __str__(self) -> str:
        return "shown"


class Text(StrEnum):
    A = "text"


class Size(IntEnum):
    WIDE = 800


def test_subclasses_of_text_and_numbers_are_valid() -> None:
    """They are sent as their values: the id in the body is the one that the response is matched by."""
    iframe = IFRAME | {"width": Size.WIDE}

    assert payload_of(VALID | {"id": Masked("real"), "tokens": {"t": Text.A}, "timelineIFrame": iframe}) == {
        **VALID,
        "id": "real",
        "tokens": {"t": "text"},
        "timelineIFrame": iframe | {"width": 800},
    }


def test_several_tokens_together_may_be_larger_than_one_may_be() -> None:
    """A token may have 510,000 bytes, and an event a million."""
    tokens = {"first": "x" * 400_000, "second": "x" * 400_000}

    assert payload_of(VALID | {"tokens": tokens})["tokens"] == tokens
