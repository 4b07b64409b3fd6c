"""constraints() and invalid() generate values that violate one constraint of a schema and no other."""

import re
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis.errors import NoSuchExample
from jsonschema_rs import Draft202012Validator, ValidationError

from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.strategies import Constraint, Invalid, constraints, invalid
from hubspot_timeline_testing.strategies.formats import STRING_FORMATS
from tests.helpers.document import schemas, validator
from tests.helpers.examples import examples
from tests.strategies.supported_schemas import FIND, INSEPARABLE, SLOW, SUPPORTED, in_document

NAMES = [constraint.name for constraint in constraints("TimelineEvent")]
# Validators report integer formats as bounds, and a value of another type is not in the enum either.
REPORTED = {"type": {"type", "enum"}, "format int32": {"minimum", "maximum"}, "format int64": {"minimum", "maximum"}}


def assert_only_violation(constraint: Constraint, by: Draft202012Validator, max_examples: int) -> None:
    argument = f"{constraint.keyword} {constraint.argument}"
    keywords = REPORTED.get(argument) or REPORTED.get(constraint.keyword, {constraint.keyword})

    @given(constraint.violations)
    @settings(max_examples=max_examples, suppress_health_check=SLOW)
    def check(value: Any) -> None:
        errors = list(by.iter_errors(value))
        assert errors, constraint.name
        for error in errors:
            assert is_at(error, constraint.path), (constraint.name, value, error)
            assert error.schema_path[-1] in keywords, (constraint.name, value, error)

    check()


def is_at(error: ValidationError, path: str) -> bool:
    """Return whether an error is at a constraint's path; `*` is any name, also an empty one, which errors omit."""
    location = "$" + "".join(f"/{step}" for step in error.instance_path)
    pattern = re.escape(path.removesuffix(".~")).replace(r"\[\*\]", "/[0-9]+")
    return bool(re.fullmatch(pattern.replace(r"\.\*", "(/.*)?").replace(r"\.", "/"), location, re.DOTALL))


@pytest.mark.parametrize("schema", schemas())
def test_values_violate_one_constraint_of_each_schema_of_the_document(schema: str) -> None:
    """The validator reports errors at the constraint's path and for its keyword alone."""
    for constraint in constraints(schema):
        assert_only_violation(constraint, validator(schema), examples(2, 30))


@pytest.mark.parametrize(("schema", "names"), SUPPORTED)
def test_values_violate_one_constraint_of_each_supported_keyword(schema: dict[str, Any], names: list[str]) -> None:
    """Every constraint that can be violated alone is listed, with values that violate nothing else."""
    document = in_document(schema)
    every = constraints("New", document=document)

    actual = [each.name.removeprefix("$").removeprefix(": ") for each in every]
    assert len(actual) == len(names), actual
    assert all(name.startswith(start) for name, start in zip(actual, names, strict=True)), actual
    for constraint in every:
        assert_only_violation(constraint, make_validator("New", document), examples(6, 200))


def test_every_keyword_of_the_document_is_a_constraint() -> None:
    """Constraints have distinct names, also within objects, property names and referenced schemas."""
    assert len(NAMES) == len(set(NAMES))
    assert {"$: required id", "$.timestamp: format date-time", "$.timelineIFrame.width: format int32"} <= set(NAMES)
    assert {"$.tokens.*: type string", "$.tokens.~: not {'enum': ['log', 'lookup']}"} <= set(NAMES)
    assert r"$.tokens.~: pattern ^[A-Za-z0-9._\-]+$" in NAMES
    for name, schema in schemas().items():
        keywords = {constraint.keyword for constraint in constraints(name) if constraint.path == "$"}
        assert keywords >= {"type"} | ({"required", "enum"} & set(schema)), name


@given(invalid("TimelineEvent"))
@settings(max_examples=examples(15, 300), suppress_health_check=SLOW)
def test_an_invalid_value_has_the_name_of_its_constraint(event: Invalid) -> None:
    """The value is invalid, and the name is one of the listed constraints."""
    assert not validator("TimelineEvent").is_valid(event.value)
    assert event.constraint in NAMES


@pytest.mark.parametrize("name", STRING_FORMATS)
def test_nearly_valid_strings_do_not_have_the_format(name: str) -> None:
    """The validator rejects every invalid example of a format."""
    is_valid = make_validator({"type": "string", "format": name}, in_document({})).is_valid

    with pytest.raises(NoSuchExample):
        find(STRING_FORMATS[name].invalid, is_valid, settings=FIND)


@pytest.mark.parametrize("name", ["$: type string", "$: maxLength 0"])
def test_a_constraint_that_cannot_be_violated_alone_does_not_block_the_others(name: str) -> None:
    """Values for the other constraints are still generated."""
    find(invalid(INSEPARABLE), lambda value: value.constraint == name, settings=FIND)


@pytest.mark.parametrize(
    "schema",
    [{}, {"type": ["string", "null", "number", "boolean", "array", "object"]}, {"description": "Anything."}],
)
def test_a_schema_without_constraints_has_no_invalid_values(schema: dict[str, Any]) -> None:
    """invalid() raises an error with the reason."""
    with pytest.raises(ValueError, match="the schema: no constraint that a value can violate alone"):
        invalid(schema)
