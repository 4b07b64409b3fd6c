"""Mutants of schemas: properties, required names, types, formats, enum values, bounds, references."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.mutants.mutant import Document, Edit, Mutant, Path, at, bodies_in, parameters_in, put, remove

# One type that a lenient parser reads alike, where there is one, and one that it does not.
_OTHER_TYPES: Mapping[str, tuple[str, ...]] = {
    "string": ("integer", "boolean"),
    "integer": ("string", "number"),
    "boolean": ("string",),
    "array": ("string",),
    "object": ("string",),
}
_OTHER_FORMATS: Mapping[str, tuple[str, ...]] = {"date-time": ("date", "uuid"), "int32": ("int64",)}
_BOUNDS = ("pattern", "not", "maxItems", "propertyNames", "additionalProperties")


def schema_mutants(document: Document) -> Iterator[Mutant]:
    """Yield every mutant of a schema of the components, bodies and parameters, and of their subschemas."""
    for path in _schemas_in(document):
        schema = at(document, path)
        if "$ref" in schema:
            yield from _reference_mutants(list(document["components"]["schemas"]), path, schema)
            continue
        for mutants in (_type_mutants, _enum_mutants, _required_mutants, _property_mutants, _bound_mutants):
            yield from mutants(path, schema)


def _schemas_in(document: Document) -> Iterator[Path]:
    for name in document["components"]["schemas"]:
        yield from _subschemas_in(document, ("components", "schemas", name))
    named = [("components", "parameters", name) for name in document["components"]["parameters"]]
    for path in (*named, *bodies_in(document), *parameters_in(document)):
        if "schema" in at(document, path):
            yield (*path, "schema")


def _subschemas_in(document: Document, path: Path) -> Iterator[Path]:
    schema = at(document, path)
    yield path
    for name in schema.get("properties", {}):
        yield from _subschemas_in(document, (*path, "properties", name))
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from _subschemas_in(document, (*path, keyword))


def _reference_mutants(names: list[str], path: Path, schema: dict[str, Any]) -> Iterator[Mutant]:
    own = schema["$ref"].rpartition("/")[2]
    other = names[(names.index(own) + 1) % len(names)]
    reference = {"$ref": f"#/components/schemas/{other}"}
    yield Mutant(path, f"{other} instead of {own}", put(path, reference))
    yield Mutant(path, f"a string instead of {own}", put(path, {"type": "string"}))


def _type_mutants(path: Path, schema: dict[str, Any]) -> Iterator[Mutant]:
    own, own_format = schema["type"], schema.get("format")
    for other in [own[:1], own[1:]] if isinstance(own, list) else [*_OTHER_TYPES[own], [own, "null"]]:
        yield Mutant(path, f"type {other} instead of {own}", put((*path, "type"), other))
    if own_format:
        yield Mutant(path, f"no format {own_format}", remove((*path, "format")))
    added = ("date-time",) if own == "string" and "enum" not in schema else ()
    for other in _OTHER_FORMATS.get(own_format, ()) if own_format else added:
        label = f"format {other} instead of {own_format or 'none'}"
        yield Mutant(path, label, put((*path, "format"), other))


def _enum_mutants(path: Path, schema: dict[str, Any]) -> Iterator[Mutant]:
    where, values = (*path, "enum"), schema.get("enum", [])
    for value in values:
        others = [other for other in values if other != value]
        yield Mutant(path, f"no value {value}", put(where, others))
        yield Mutant(path, f"value {value}X instead of {value}", put(where, [*others, f"{value}X"]))
    if values:
        yield Mutant(path, "one more value", put(where, [*values, "MORE"]))


def _required_mutants(path: Path, schema: dict[str, Any]) -> Iterator[Mutant]:
    where, required = (*path, "required"), schema.get("required", [])
    for name in schema.get("properties", {}):
        others = [other for other in required if other != name]
        if name in required:
            yield Mutant(path, f"{name} is optional", put(where, others))
        else:
            yield Mutant(path, f"{name} is required", put(where, [*required, name]))
    if required:
        yield Mutant(path, "nothing is required", remove(where))


def _property_mutants(path: Path, schema: dict[str, Any]) -> Iterator[Mutant]:
    for name in schema.get("properties", {}):
        where = (*path, "properties", name)
        yield Mutant(where, "renamed", _rename_property(path, name, f"{name}Renamed"))
        yield Mutant(where, "removed", _rename_property(path, name, None))
    if "properties" in schema:
        yield Mutant(path, "one more property", put((*path, "properties", "oneMore"), {"type": "string"}))


def _rename_property(path: Path, name: str, renamed: str | None) -> Edit:
    """Return an edit that renames a property, also where it is required, or removes it."""

    def edit(document: Document) -> None:
        schema, names = at(document, path), {name: renamed}
        properties = {names.get(other, other): inner for other, inner in schema["properties"].items()}
        schema["properties"] = {other: inner for other, inner in properties.items() if other}
        if "required" in schema:
            schema["required"] = [new for other in schema["required"] if (new := names.get(other, other))]

    return edit


def _bound_mutants(path: Path, schema: dict[str, Any]) -> Iterator[Mutant]:
    for keyword in _BOUNDS:
        if keyword in schema:
            yield Mutant(path, f"no {keyword}", remove((*path, keyword)))
    if "maxItems" in schema:
        for other in (schema["maxItems"] - 1, schema["maxItems"] + 1):
            yield Mutant(path, f"maxItems {other}", put((*path, "maxItems"), other))
    for holder in ("propertyNames", "not"):
        for keyword in schema.get(holder, {}):
            if not keyword.startswith("x-"):
                yield Mutant((*path, holder), f"no {keyword}", remove((*path, holder, keyword)))
    if "additionalProperties" not in schema and schema["type"] == "object":
        yield Mutant(path, "no other properties", put((*path, "additionalProperties"), False))
