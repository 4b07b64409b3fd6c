"""Hypothesis strategies made from the document's schemas, so that a new field needs no new code here."""

from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any, TypeAlias

from hypothesis import strategies as st

from hubspot_timeline.document import schemas
from hubspot_timeline.moments import rfc3339

Json: TypeAlias = st.SearchStrategy[Any]

_INT32 = 2**31

# Offsets as there are on earth, in minutes.
_zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_date_times = st.datetimes(timezones=_zones).map(rfc3339)
_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_anything = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)


def from_schema(schema: str | Mapping[str, Any]) -> Json:
    """Return a strategy of JSON values that are valid against a schema of the document, given by its name or itself.

    Knows the keywords that the document uses. Objects hold only the properties that the schema names, so that what is
    drawn can be sent; free-form objects hold any JSON. Raises NotImplementedError for a keyword that it does not know.
    """
    schema = {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema
    if "$ref" in schema:
        return from_schema(schemas()[schema["$ref"].rpartition("/")[2]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return st.one_of(*(from_schema({**schema, "type": kind}) for kind in kinds))
    return _BY_TYPE[kinds](schema) if kinds in _BY_TYPE else _unknown(schema)


def wire_events() -> Json:
    """Return a strategy of events in wire names that are valid against the document and that the wrapper sends.

    They also keep what the document cannot say: a template and an id that are not empty, and a record to land on.
    """
    return from_schema("TimelineEvent").filter(_is_sendable)


def _is_sendable(event: Mapping[str, Any]) -> bool:
    named = event["eventTemplateId"] and event["id"] and "{{uuid}}" not in event["id"]
    identities = ("objectId",) if event.get("customObjectTypeId") else ("objectId", "utk", "email")
    return bool(named and any(event.get(name) for name in identities))


def _object(schema: Mapping[str, Any]) -> Json:
    properties = {name: from_schema(inner) for name, inner in schema.get("properties", {}).items()}
    if properties:
        required = set(schema.get("required", ()))
        return st.fixed_dictionaries(
            {name: inner for name, inner in properties.items() if name in required},
            optional={name: inner for name, inner in properties.items() if name not in required},
        )
    values = schema.get("additionalProperties", True)
    names = _text(schema.get("propertyNames", {}))
    return st.dictionaries(names, _anything if values is True else from_schema(values), max_size=5)


def _text(schema: Mapping[str, Any]) -> st.SearchStrategy[str]:
    texts = st.from_regex(schema["pattern"], fullmatch=True) if "pattern" in schema else st.text()
    reserved = schema.get("not", {}).get("enum", ())
    return texts.filter(lambda text: text not in reserved)


def _array(schema: Mapping[str, Any]) -> Json:
    return st.lists(from_schema(schema["items"]), max_size=5)


def _string(schema: Mapping[str, Any]) -> Json:
    return _date_times if schema.get("format") == "date-time" else _text(schema)


def _integer(schema: Mapping[str, Any]) -> Json:
    return st.integers(-_INT32, _INT32 - 1) if schema.get("format") == "int32" else st.integers()


def _unknown(schema: Mapping[str, Any]) -> Json:
    raise NotImplementedError(f"no strategy is known for the schema {dict(schema)!r}")


_BY_TYPE = {"object": _object, "array": _array, "string": _string, "integer": _integer}
