"""What a request violates: the keywords of the schema of its body, or another part of the request."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from hubspot_timeline_testing.contract.checks import parse_json
from hubspot_timeline_testing.contract.documents import V3, contract_document, contract_operations
from hubspot_timeline_testing.contract.known_deviations import request_validator
from hubspot_timeline_testing.openapi import resolve_reference

if TYPE_CHECKING:
    from schemathesis import Case

NOTHING, SEVERAL = "nothing", "several"
"""The keys of valid requests, and of those that violate several keywords."""

_KEYWORDS = frozenset({
    "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "required", "minProperties",
    "maxProperties", "additionalProperties", "anyOf", "oneOf", "not",
})  # fmt: skip
_SUBSCHEMAS = {"properties", "propertyNames", "additionalProperties", "items", "anyOf", "oneOf", "allOf"}


def violations_of(operation: str, case: "Case[Any]", body: Any, api: str = V3) -> list[str]:
    """Return what a request violates: places of keywords, such as `TimelineEvent/properties/id/type`, or of parameters.

    `body` is the JSON text of the request, as bytes or text.
    """
    parts = case.meta.components if case.meta else {}
    places = [f"parameters/{part.value}" for part, info in parts.items() if not info.mode.is_positive]
    validator = request_validator(operation, api)
    if validator:
        places = [place for place in places if place != "parameters/body"]
        places += ["/".join(map(str, each.schema_path[2:])) for each in validator.iter_errors(parse_json(body))]
    return sorted(set(places))


def coverage_key(places: list[str]) -> str:
    """Return the keyword that a request violates, by the places of its violations; NOTHING, or SEVERAL."""
    keywords = {place.rpartition("/")[2] for place in places}
    return SEVERAL if len(keywords) > 1 else keywords.pop() if keywords else NOTHING


@cache
def body_keywords(operation: str, api: str = V3) -> tuple[str, ...]:
    """Return the keywords in the schema of an operation's request body, each of which can be violated."""
    method, path = contract_operations(api)[operation]
    body = contract_document(api)["paths"][path][method.lower()].get("requestBody", {})
    return tuple(sorted(set(_keywords(body.get("content", {}).get("application/json", {}).get("schema"), api))))


def _keywords(schema: Any, api: str) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        return
    if "$ref" in schema:
        yield from _keywords(resolve_reference(contract_document(api), schema["$ref"]), api)
    for keyword, value in schema.items():
        if keyword in _KEYWORDS and not (keyword == "additionalProperties" and value):  # its schema is what is violated
            yield keyword
        if keyword in _SUBSCHEMAS:
            schemas = value.values() if keyword == "properties" else value if isinstance(value, list) else [value]
            for inner in schemas:
                yield from _keywords(inner, api)
