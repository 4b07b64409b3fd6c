"""Strategies draw what the document allows, and, by name, what breaks one constraint of it."""

import re
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from jsonschema_rs import ValidationError

from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.strategies import (
    Answer,
    Constraint,
    answers,
    batches,
    constraints,
    errors,
    from_schema,
    invalid,
    wire_events,
)
from hubspot_timeline_testing.strategies.formats import STRINGS
from tests.helpers.document import document, operations, schemas, validator
from tests.helpers.examples import examples

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
QUICK = settings(
    max_examples=500, phases=[Phase.generate], suppress_health_check=SLOW
)  # does not look for the smallest
NAMES = {constraint.name for constraint in constraints("TimelineEvent")}
# These state the range, since formats of numbers are not asserted.
WORDS_OF_VALIDATORS = {"format int32": {"minimum", "maximum"}}


@pytest.mark.parametrize("schema", schemas())
@given(data=st.data())
@settings(max_examples=examples(10, 200), suppress_health_check=SLOW)
def test_what_is_valid_is_drawn(schema: str, data: st.DataObject) -> None:
    """From each schema of the document, with fields that it does not know and without."""
    validator(schema).validate(data.draw(from_schema(schema)))
    validator(schema).validate(data.draw(from_schema(schema, extra_fields=True)))


@given(event=from_schema("TimelineEvent"))
@settings(suppress_health_check=SLOW)
def test_only_what_is_known_is_drawn_to_be_sent(event: dict[str, Any]) -> None:
    """No field that the document does not know."""
    assert set(event) <= set(schemas()["TimelineEvent"]["properties"])


def test_what_is_unknown_is_drawn_where_it_is_asked_for() -> None:
    """As a newer service may send it."""
    known = set(schemas()["TimelineEvent"]["properties"])

    find(from_schema("TimelineEvent", extra_fields=True), lambda event: bool(set(event) - known), settings=QUICK)


@pytest.mark.parametrize("schema", schemas())
def test_each_constraint_is_broken_and_no_other(schema: str) -> None:
    """A validator complains of this place and this keyword alone."""
    for constraint in constraints(schema):
        is_only_complaint(schema, constraint)


def is_only_complaint(schema: str, constraint: Constraint) -> None:
    words = WORDS_OF_VALIDATORS.get(f"{constraint.keyword} {constraint.argument}", {constraint.keyword})
    if constraint.keyword == "type":
        words |= {"enum"}  # what is of another type is no word of it either

    @given(constraint.broken)
    @settings(max_examples=examples(2, 30), suppress_health_check=SLOW)
    def check(value: Any) -> None:
        found = list(validator(schema).iter_errors(value))
        assert found, constraint.name
        for error in found:
            assert is_there(error, constraint.path), (constraint.name, error)
            assert error.schema_path[-1] in words, (constraint.name, error)

    check()


def is_there(error: ValidationError, place: str) -> bool:
    """Tell whether an error is at a constraint's place, in which `*` is any name; validators leave out an empty one."""
    path = "$" + "".join(f"/{step}" for step in error.instance_path)
    steps = (
        re.escape(place.removesuffix(".~")).replace(r"\[\*\]", "/[0-9]+").replace(r"\.\*", "(/.*)?").replace(r"\.", "/")
    )
    return bool(re.fullmatch(steps, path, re.DOTALL))


def test_every_keyword_of_the_document_is_a_constraint() -> None:
    """As often as it stands in the schemas; what a schema refers to is counted with it."""
    named = [constraint.name for constraint in constraints("TimelineEvent")]

    assert len(named) == len(set(named))
    assert {"$: required id", "$.timestamp: format date-time", "$.timelineIFrame.width: format int32"} <= set(named)
    assert {"$.tokens.*: type string", "$.tokens.~: not {'enum': ['log', 'lookup']}"} <= set(named)
    assert r"$.tokens.~: pattern ^[A-Za-z0-9._\-]+$" in named
    for schema, found in schemas().items():
        keywords = {constraint.keyword for constraint in constraints(schema) if constraint.path == "$"}
        assert keywords >= {"type"} | ({"required"} & set(found)) | ({"enum"} & set(found)), schema


@pytest.mark.parametrize(
    ("schema", "broken"),
    [
        ({"type": "string", "minLength": 2, "maxLength": 3}, ["minLength 2", "maxLength 3"]),
        ({"type": "string", "format": "date"}, ["format date"]),
        ({"type": "string", "format": "uuid"}, ["format uuid"]),
        ({"type": "integer", "format": "int64"}, ["format int64"]),
        ({"type": "integer", "minimum": 2, "maximum": 9}, ["minimum 2", "maximum 9"]),
        ({"type": ["number", "null"]}, []),
        ({"type": "boolean"}, []),
        (
            {"type": "string", "pattern": "^(a|b|log)$", "not": {"enum": ["log"]}},
            ["pattern ^(a|b|log)$", "not {'enum': ['log']}"],
        ),
        (
            {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "integer"}},
            ["minItems 2", "maxItems 3"],
        ),
        (
            {"type": "object", "additionalProperties": False, "properties": {"a": {}}},
            ["additionalProperties False"],
        ),
        ({"type": "object", "properties": {"again": {"$ref": "#/components/schemas/New"}}}, []),
    ],
)
@given(data=st.data())
@settings(max_examples=20)
def test_a_schema_that_is_new_needs_no_new_code(data: st.DataObject, schema: dict[str, Any], broken: list[str]) -> None:
    """Also with keywords that the document does not use yet, and one that holds itself."""
    changed = {"components": {"schemas": {"New": schema}}}
    judge = make_validator("New", changed)
    found = constraints("New", document=changed)

    judge.validate(data.draw(from_schema("New", document=changed)))
    assert [f"$: {words}" for words in broken] == [each.name for each in found if each.keyword != "type"]
    for constraint in found:
        assert not judge.is_valid(data.draw(constraint.broken)), constraint.name


@pytest.mark.parametrize("name", STRINGS)
def test_what_nearly_has_a_format_has_it_not(name: str) -> None:
    """Every one of the near misses, by the judgement of the validator."""
    judge = make_validator({"type": "string", "format": name}, document())

    with pytest.raises(NoSuchExample):
        find(STRINGS[name].broken, judge.is_valid, settings=QUICK)


@given(wire_events(), batches(max_events=3), errors(), invalid("TimelineEvent"))
@settings(max_examples=examples(30, 300), suppress_health_check=SLOW)
def test_what_has_a_name_is_what_it_says(event: Any, batch: Any, error: Answer, broken: Any) -> None:
    """Events, requests, refusals, and what is invalid with the name of its constraint."""
    validator("TimelineEvent").validate(event)
    validator("TimelineEventBatch").validate(batch)
    validator("ErrorBody").validate(error.body)
    assert 1 <= len(batch["inputs"]) <= 3
    assert error.status >= 400
    assert not validator("TimelineEvent").is_valid(broken.value)
    assert broken.constraint in NAMES


@pytest.mark.parametrize("operation", [operation["operationId"] for _, _, operation in operations()])
def test_each_declared_answer_is_drawn(operation: str) -> None:
    """Of every operation: each status code, with the body that the document gives it."""
    [declared] = [each["responses"] for _, _, each in operations() if each["operationId"] == operation]
    for status in declared:
        wanted = range(400, 600) if status == "default" else [int(status)]
        find(answers(operation), partial(has_status, wanted), settings=QUICK)


def has_status(wanted: range | list[int], answer: Answer) -> bool:
    return answer.status in wanted


def test_what_is_unknown_is_said() -> None:
    """A name that the document lacks, and a keyword that nobody here understands."""
    with pytest.raises(LookupError, match="no schema Nope; it has BatchError"):
        from_schema("Nope")
    with pytest.raises(LookupError, match="no operation nope; it has create_event"):
        answers("nope")
    with pytest.raises(NotImplementedError, match=r"\['multipleOf'\]"):
        from_schema({"type": "integer", "multipleOf": 3})
    with pytest.raises(NotImplementedError, match="the format ipv7"):
        from_schema({"type": "string", "format": "ipv7"})


def test_another_document_can_be_given() -> None:
    """As a dictionary; the shipped one is not looked at then."""
    changed = document() | {"components": {"schemas": {"New": {"type": "integer", "minimum": 3}}}}

    assert find(from_schema("New", document=changed), lambda _: True) == 3
