"""Changes of schemas: properties, what is required, types, formats, words, bounds."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from tests.mutants.locations import Document, Mutant, Step, at, pointer, schemas_in

# What each type is changed to: what is read alike, and what is not.
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
    """Yield every change of one place in a schema."""
    for path in schemas_in(document):
        schema = at(document, path)
        if "$ref" in schema:
            yield from _of_reference(document, path, schema)
        else:
            yield from _of_type(path, schema)
            yield from _of_format(path, schema)
            yield from _of_words(path, schema)
            yield from _of_required(path, schema)
            yield from _of_properties(path, schema)
            yield from _of_bounds(path, schema)


def _of_reference(document: Document, path: tuple[Step, ...], schema: dict[str, Any]) -> Iterator[Mutant]:
    names = list(document["components"]["schemas"])
    own = schema["$ref"].rpartition("/")[2]
    other = names[(names.index(own) + 1) % len(names)]
    for to in (f"#/components/schemas/{other}", None):
        change = partial(_replace, {"$ref": to} if to else {"type": "string"})
        yield Mutant(f"{pointer(path)}: {other if to else 'a string'} instead of {own}", "reference", path, change)


def _of_type(path: tuple[Step, ...], schema: dict[str, Any]) -> Iterator[Mutant]:
    own = schema["type"]
    others = [own[:1], own[1:]] if isinstance(own, list) else [*_OTHER_TYPES[own], [own, "null"]]
    for other in others:
        yield Mutant(f"{pointer(path)}: type {other} instead of {own}", "type", path, partial(_set, "type", other))


def _of_format(path: tuple[Step, ...], schema: dict[str, Any]) -> Iterator[Mutant]:
    own = schema.get("format")
    if own:
        yield Mutant(f"{pointer(path)}: no format {own}", "format", path, partial(_remove, "format"))
    added = ("date-time",) if schema["type"] == "string" and "enum" not in schema else ()
    for other in _OTHER_FORMATS.get(own, ()) if own else added:
        name = f"{pointer(path)}: format {other} instead of {own or 'none'}"
        yield Mutant(name, "format", path, partial(_set, "format", other))


def _of_words(path: tuple[Step, ...], schema: dict[str, Any]) -> Iterator[Mutant]:
    words = schema.get("enum", [])
    for word in words:
        less = [other for other in words if other != word]
        yield Mutant(f"{pointer(path)}: no word {word}", "enum", path, partial(_set, "enum", less))
        yield Mutant(f"{pointer(path)}: {word}X for {word}", "enum", path, partial(_set, "enum", [*less, f"{word}X"]))
    if words:
        yield Mutant(f"{pointer(path)}: one more word", "enum", path, partial(_set, "enum", [*words, "MORE"]))


def _of_required(path: tuple[Step, ...], schema: dict[str, Any]) -> Iterator[Mutant]:
    required = schema.get("required", [])
    for name in schema.get("properties", {}):
        names = [other for other in required if other != name] if name in required else [*required, name]
        told = f"{pointer(path)}: {name} is {'optional' if name in required else 'required'}"
        yield Mutant(told, "required", path, partial(_set, "required", names))
    if required:
        yield Mutant(f"{pointer(path)}: nothing is required", "required", path, partial(_remove, "required"))


def _of_properties(path: tuple[Step, ...], schema: dict[str, Any]) -> Iterator[Mutant]:
    for name in schema.get("properties", {}):
        where = pointer((*path, "properties", name))
        yield Mutant(f"{where}: renamed", "property", path, partial(_rename_property, name))
        yield Mutant(f"{where}: removed", "property", path, partial(_remove_property, name))
    if "properties" in schema:
        yield Mutant(f"{pointer(path)}: one more property", "property", path, _add_property)


def _of_bounds(path: tuple[Step, ...], schema: dict[str, Any]) -> Iterator[Mutant]:
    for word in _BOUNDS:
        if word in schema:
            yield Mutant(f"{pointer(path)}: no {word}", "bound", path, partial(_remove, word))
    if "maxItems" in schema:
        for other in (schema["maxItems"] - 1, schema["maxItems"] + 1):
            change = partial(_set, "maxItems", other)
            yield Mutant(f"{pointer(path)}: maxItems {other}", "bound", path, change)
    for holder in ("propertyNames", "not"):
        for word in schema.get(holder, {}):
            if not word.startswith("x-"):
                yield Mutant(f"{pointer((*path, holder))}: no {word}", "bound", (*path, holder), partial(_remove, word))
    if "additionalProperties" not in schema and schema["type"] == "object":
        change = partial(_set, "additionalProperties", False)
        yield Mutant(f"{pointer(path)}: no other properties", "bound", path, change)


def _replace(by: dict[str, Any], node: dict[str, Any]) -> None:
    node.clear()
    node.update(by)


def _set(word: str, value: Any, node: dict[str, Any]) -> None:
    node[word] = value


def _remove(word: str, node: dict[str, Any]) -> None:
    del node[word]


def _remove_property(name: str, schema: dict[str, Any]) -> None:
    del schema["properties"][name]
    if "required" in schema:
        schema["required"] = [other for other in schema["required"] if other != name]


def _rename_property(name: str, schema: dict[str, Any]) -> None:
    new = f"{name}Renamed"
    schema["properties"] = {new if other == name else other: inner for other, inner in schema["properties"].items()}
    if "required" in schema:
        schema["required"] = [new if other == name else other for other in schema["required"]]


def _add_property(schema: dict[str, Any]) -> None:
    schema["properties"]["oneMore"] = {"type": "string"}
