"""Known deviations from the document, which `--allow` accepts by name."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from hubspot_timeline_testing.contract.documents import V3, contract_document, contract_operations

ANY_TOKEN = "any-token"  # noqa: S105 - a name, not a secret
LENIENT_TYPES = "lenient-types"

KNOWN_DEVIATIONS: Mapping[str, str] = {
    ANY_TOKEN: "the server accepts every access token; only a request without one has to be rejected",
    LENIENT_TYPES: "numbers and booleans are accepted as values of event tokens or properties, and epoch milliseconds "
    "as timestamp of v3, as the service itself does",
}
"""The values of --allow, with what each accepts."""


def is_only_lenient(operation: str, body: Any, api: str = V3) -> bool:
    """Return whether a parsed request body violates the document only by the types that lenient-types accepts."""
    strict, lenient = request_validator(operation, api), request_validator(operation, api, is_lenient=True)
    return strict is not None and lenient is not None and not strict.is_valid(body) and lenient.is_valid(body)


@cache
def request_validator(operation: str, api: str = V3, *, is_lenient: bool = False) -> Draft202012Validator | None:
    """Return the validator of the parsed bodies of an operation's requests, or None if they have none."""
    document, (method, path) = contract_document(api), contract_operations(api)[operation]
    body = document["paths"][path][method.lower()].get("requestBody")
    if body is None:
        return None
    schemas = deepcopy(document["components"]["schemas"])
    if is_lenient:
        values = schemas["EventTokens" if api == V3 else "AppEventProperties"]
        values["additionalProperties"] = {"type": ["string", "number", "boolean"]}
    if is_lenient and api == V3:
        timestamp = schemas["TimelineEvent"]["properties"]["timestamp"]
        schemas["TimelineEvent"]["properties"]["timestamp"] = {"anyOf": [timestamp, {"type": "integer"}]}
    schema = body["content"]["application/json"]["schema"] | {"components": {"schemas": schemas}}
    return Draft202012Validator(schema, validate_formats=True)
