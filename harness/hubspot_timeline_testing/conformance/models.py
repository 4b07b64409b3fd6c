"""Checks the generated models: fields, types, and the conversion between JSON and models."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from attrs import frozen

from hubspot_timeline_testing.conformance.generated_package import GeneratedPackage, python_name
from hubspot_timeline_testing.conformance.mismatches import Mismatch, MismatchError, check_values, expect
from hubspot_timeline_testing.conformance.python_types import PythonTypes, type_names
from hubspot_timeline_testing.openapi.documents import Document
from hubspot_timeline_testing.strategies.valid_values import from_schema

_ADDITIONAL = "additional_properties"


def model_mismatches(package: GeneratedPackage, name: str, document: Document, max_examples: int) -> Iterator[Mismatch]:
    """Yield the mismatches between a component schema and its model."""
    location, schema = f"models.{name}", document["components"]["schemas"][name]
    model = getattr(package.models, name, None)
    if model is None:
        yield Mismatch(location, "is missing, but a schema of the document")
        return
    if "enum" in schema:
        yield from _enum_mismatches(location, model, schema["enum"])
        return
    yield from _field_mismatches(location, model, schema, PythonTypes(package, document))
    conversion = Conversion(model, schema)
    values = from_schema(name, document=document, extra_fields=True)
    for check in (conversion.keeps_json, conversion.keeps_model, conversion.requires_properties):
        yield from check_values(location, values, check, max_examples)


def _enum_mismatches(location: str, model: Any, expected: list[str]) -> Iterator[Mismatch]:
    values = {member.value for member in model}
    if values != set(expected):
        yield Mismatch(location, f"has the values {', '.join(sorted(values))}, not {', '.join(sorted(expected))}")


def _field_mismatches(location: str, model: Any, schema: Mapping[str, Any], types: PythonTypes) -> Iterator[Mismatch]:
    properties = {python_name(name): (name, inner) for name, inner in schema.get("properties", {}).items()}
    fields = {field.name: field for field in attrs.fields(model)}
    annotations = types.annotations(model)
    for name in sorted(fields.keys() - properties.keys() - {_ADDITIONAL}):
        yield Mismatch(f"{location}.{name}", "is not a property of the document")
    for name, (json_name, inner) in properties.items():
        if name not in fields:
            yield Mismatch(f"{location}.{name}", f"is missing, for the property {json_name}")
            continue
        is_required = json_name in schema.get("required", ())
        expected = types.expected(inner, is_required=is_required)
        if annotations[name] != expected:
            yield Mismatch(f"{location}.{name}", f"is {type_names(annotations[name])}, not {type_names(expected)}")
        yield from _default_mismatches(f"{location}.{name}", fields[name].default, inner, types, is_required)
    additional = {dict[str, types.additional_values(schema)]}  # type: ignore[misc]
    if annotations.get(_ADDITIONAL) != additional:
        actual = type_names(annotations.get(_ADDITIONAL, set()))
        yield Mismatch(f"{location}.{_ADDITIONAL}", f"is {actual}, not {type_names(additional)}")


def _default_mismatches(
    location: str, default: Any, schema: Mapping[str, Any], types: PythonTypes, is_required: bool
) -> Iterator[Mismatch]:
    if (default is attrs.NOTHING) != is_required:
        yield Mismatch(location, f"is {'optional' if is_required else 'required'}, unlike its property")
    elif not is_required and "default" not in schema and not types.is_unset(default):
        yield Mismatch(location, f"has the default {default!r}, not UNSET")


@frozen
class Conversion:
    """Conversion from JSON to a model and back."""

    model: Any
    schema: Mapping[str, Any]

    def keeps_json(self, value: dict[str, Any]) -> None:
        """Raise MismatchError if JSON differs after conversion, or if a property has no field."""
        model = self.model.from_dict(value)
        # As text, since 1, 1.0 and true differ in JSON but not in Python.
        before, after = (json.dumps(each, sort_keys=True) for each in (value, model.to_dict()))
        expect(before == after, f"converts {before} to {after}")
        unparsed = set(getattr(model, _ADDITIONAL)) & set(self.schema.get("properties", {}))
        expect(not unparsed, f"keeps {', '.join(sorted(unparsed))} as additional properties")

    def keeps_model(self, value: dict[str, Any]) -> None:
        """Raise MismatchError if a model differs after conversion, or changes the JSON that it was made from."""
        before = json.dumps(value)
        model = self.model.from_dict(value)
        expect(self.model.from_dict(model.to_dict()) == model, "differs after conversion to JSON and back")
        expect(json.dumps(value) == before, "changes the JSON that it is made from")

    def requires_properties(self, value: dict[str, Any]) -> None:
        """Raise MismatchError if a model can be made without a required property."""
        for name in self.schema.get("required", ()):
            try:
                self.model.from_dict({other: inner for other, inner in value.items() if other != name})
            except KeyError:
                continue
            raise MismatchError(f"can be made without {name}, which is required")
