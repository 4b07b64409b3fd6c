"""Known deviations from the document, which `--allow` accepts by name."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from hubspot_timeline_testing.openapi import document, operations

ANY_TOKEN = "any-token"  # noqa: S105 - a name, not a secret
LENIENT_TYPES = "lenient-types"

KNOWN_DEVIATIONS: Mapping[str, str] = {
    ANY_TOKEN: "the server accepts every access token; only a request without one has to be rejected",
    LENIENT_TYPES: "numbers and booleans are accepted as values of event tokens, and epoch milliseconds as timestamp, "
    "as the service itself does",
}
"""The values of --allow, with what each accepts."""


def is_only_lenient(operation: str, body: Any) -> bool:
    """Return whether a parsed request body violates the document only by the types that lenient-types accepts."""
    strict, lenient = _validator(operation, False), _validator(operation, True)
    return strict is not None and lenient is not None and not strict.is_valid(body) and lenient.is_valid(body)


@cache
def _validator(operation: str, is_lenient: bool) -> Draft202012Validator | None:
    method, path = operations()[operation]
    body = document()["paths"][path][method.lower()].get("requestBody")
    if body is None:
        return None
    schemas = deepcopy(document()["components"]["schemas"])
    if is_lenient:
        schemas["EventTokens"]["additionalProperties"] = {"type": ["string", "number", "boolean"]}
        timestamp = schemas["TimelineEvent"]["properties"]["timestamp"]
        schemas["TimelineEvent"]["properties"]["timestamp"] = {"anyOf": [timestamp, {"type": "integer"}]}
    schema = body["content"]["application/json"]["schema"] | {"components": {"schemas": schemas}}
    return Draft202012Validator(schema, validate_formats=True)
