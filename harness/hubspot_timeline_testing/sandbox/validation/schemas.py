"""Validators for the schemas of the documents."""

from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from hubspot_timeline_testing.openapi import document
from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.sandbox.apis import V3
from hubspot_timeline_testing.sandbox.validation.json_positions import json_path


@cache
def validator(name: str, document_name: str = V3.document) -> Draft202012Validator:
    """Return a validator for a schema of a document's components. Raises LookupError.

    Use `is_valid` and `validate`, not `iter_errors`, which collects all errors: for a hostile body that takes minutes
    and gigabytes.
    """
    return make_validator(name, document(document_name), mask="it")


@cache
def parameter_validator(name: str) -> Draft202012Validator:
    """Return a validator for a parameter of the document's components, by its name in a path. Raises LookupError."""
    for parameter in document()["components"]["parameters"].values():
        if parameter["name"] == name:
            return make_validator(parameter["schema"], document())
    raise LookupError(f"the document has no parameter {name}")


def schema_error(name: str, value: Any) -> str | None:
    """Return the position and the message of a value's first error by a schema, None if it is valid."""
    try:
        validator(name).validate(value)
    except ValidationError as error:
        return f"{json_path(error.instance_path)}: {error.message}"
    return None
