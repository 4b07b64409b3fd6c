"""The document's schemas as judges of requests and answers."""

from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from hubspot_timeline_testing.openapi import document
from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.sandbox.validation.json_positions import json_path


@cache
def validator(name: str) -> Draft202012Validator:
    """Return a validator for a schema of the document's components. Raises LookupError.

    Use `is_valid` and `validate`, not `iter_errors`: that one gathers everything that is wrong, which for a hostile
    body takes minutes and gigabytes.
    """
    return make_validator(name, document(), mask="it")


@cache
def parameter_validator(name: str) -> Draft202012Validator:
    """Return a validator for a parameter of the document's components, by its name in a path. Raises LookupError."""
    for parameter in document()["components"]["parameters"].values():
        if parameter["name"] == name:
            return make_validator(parameter["schema"], document())
    raise LookupError(f"the document has no parameter {name}")


def complaint(name: str, value: Any) -> str | None:
    """Return what is wrong with a value that is to conform to a schema, and where, if anything."""
    try:
        validator(name).validate(value)
    except ValidationError as error:
        return f"{json_path(error.instance_path)}: {error.message}"
    return None
