"""Models: their fields, and the way from JSON to them and back."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from attrs import frozen

from hubspot_timeline_testing.conformance.generated_package import Package, python_name
from hubspot_timeline_testing.conformance.mismatches import Breach, UnkeptError, breach_of, expect
from hubspot_timeline_testing.conformance.python_types import PythonTypes, names_of
from hubspot_timeline_testing.strategies.valid_values import from_schema

_OTHERS = "additional_properties"


def model_breaches(package: Package, schema: str, document: Mapping[str, Any], max_examples: int) -> Iterator[Breach]:
    """Yield where the model of a schema departs from it."""
    where = f"models.{schema}"
    model = getattr(package.models, schema, None)
    if model is None:
        yield Breach(where, "is missing, a schema of the document")
        return
    found = document["components"]["schemas"][schema]
    if "enum" in found:
        yield from _of_words(where, model, found["enum"])
        return
    yield from _of_fields(where, model, found, PythonTypes(package, document))
    trip = RoundTrip(model, found)
    values = from_schema(schema, document=document, extra_fields=True)
    for check in (trip.is_complete, trip.gives_back, trip.needs_what_is_required):
        yield from breach_of(where, values, check, max_examples)


def _of_words(where: str, model: Any, words: list[str]) -> Iterator[Breach]:
    has = {member.value for member in model}
    if has != set(words):
        yield Breach(where, f"has the words {', '.join(sorted(has))}, not {', '.join(sorted(words))}")


def _of_fields(where: str, model: Any, schema: Mapping[str, Any], types: PythonTypes) -> Iterator[Breach]:
    properties, required = schema.get("properties", {}), schema.get("required", ())
    fields = {field.name: field for field in attrs.fields(model)}
    hints = types.hints(model)
    for name in sorted(fields.keys() - {python_name(name) for name in properties} - {_OTHERS}):
        yield Breach(f"{where}.{name}", "is no property of the document")
    for name, inner in properties.items():
        own = f"{where}.{python_name(name)}"
        if python_name(name) not in fields:
            yield Breach(own, f"is missing, for the property {name}")
            continue
        wanted = types.wanted(inner, is_required=name in required)
        if hints[python_name(name)] != wanted:
            yield Breach(own, f"is {names_of(hints[python_name(name)])}, not {names_of(wanted)}")
        if (fields[python_name(name)].default is attrs.NOTHING) != (name in required):
            yield Breach(own, f"is {'optional' if name in required else 'required'}, unlike the property {name}")
        elif name not in required and "default" not in inner and not types.is_unset(fields[python_name(name)].default):
            yield Breach(own, f"is {fields[python_name(name)].default!r} where nobody gives it")
    others = {dict[str, types.values_of(schema)]}  # type: ignore[misc]
    if hints.get(_OTHERS) != others:
        yield Breach(f"{where}.{_OTHERS}", f"is {names_of(hints.get(_OTHERS, set()))}, not {names_of(others)}")


@frozen
class RoundTrip:
    """From JSON to a model and back, and from a model to JSON and back."""

    model: Any
    schema: Mapping[str, Any]

    def is_complete(self, value: dict[str, Any]) -> None:
        """Raise UnkeptError if JSON differs after it was a model, or if a property has no field."""
        read = self.model.from_dict(value)
        _assert_equal_json(read.to_dict(), value)
        kept = set(getattr(read, _OTHERS)) & set(self.schema.get("properties", {}))
        expect(not kept, f"keeps {', '.join(sorted(kept))} as if unknown")

    def gives_back(self, value: dict[str, Any]) -> None:
        """Raise UnkeptError if a model differs after it was JSON, or changes what it was made of."""
        before = json.dumps(value)
        read = self.model.from_dict(value)
        expect(self.model.from_dict(read.to_dict()) == read, "is another after it was JSON")
        expect(json.dumps(value) == before, "changes what it is made of")

    def needs_what_is_required(self, value: dict[str, Any]) -> None:
        """Raise UnkeptError if a property may be absent that is required."""
        for name in self.schema.get("required", ()):
            try:
                self.model.from_dict({other: each for other, each in value.items() if other != name})
            except KeyError:
                continue
            raise UnkeptError(f"is made without {name}, which is required")


def _assert_equal_json(found: Any, wanted: Any) -> None:
    """Compare as JSON, in which 1, 1.0 and true differ."""
    same = json.dumps(found, sort_keys=True) == json.dumps(wanted, sort_keys=True)
    expect(same, f"makes {json.dumps(found)} of {json.dumps(wanted)}")
