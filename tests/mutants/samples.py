"""Values of each schema of the unchanged document, drawn once for all mutants: some it allows, some it does not."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.mutants.locations import Document

_SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
_VALID, _BROKEN = 12, 3


@frozen
class Samples:
    """Values of a schema: `broken` with the name of the constraint that each breaks."""

    schema: str
    valid: tuple[Any, ...]
    broken: tuple[tuple[str, Any], ...]


def draw_samples(document: Document) -> list[Samples]:
    """Return values for each schema; the same for the same document."""
    return [Samples(name, *_of(document, name)) for name in document["components"]["schemas"]]


def _of(document: Document, name: str) -> tuple[tuple[Any, ...], tuple[tuple[str, Any], ...]]:
    from hubspot_timeline_testing.strategies import constraints, from_schema  # noqa: PLC0415 - see trial

    valid = _draw(from_schema(name, document=document, extra_fields=True), _VALID)
    schema = document["components"]["schemas"][name]
    own = [each for each in constraints(name, document=document) if _is_own(schema, each.path)]
    broken = [(each.name, value) for each in own for value in _draw(each.broken, _BROKEN)]
    return tuple(valid), tuple(broken)


def _is_own(schema: Mapping[str, Any], path: str) -> bool:
    """Tell whether a place is in a schema itself, not in one that it refers to, which has samples of its own."""
    for step in path.removesuffix(".~").replace("[*]", ".[*]").split(".")[1:]:
        inner = "items" if step == "[*]" else "additionalProperties"
        schema = schema.get("properties", {}).get(step) or schema[inner]
        if "$ref" in schema:
            return False
    return True


def _draw(values: st.SearchStrategy[Any], count: int) -> Iterator[Any]:
    drawn = []

    @seed(0)
    @given(values)
    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=_SLOW, deadline=None)
    def draw(value: Any) -> None:
        drawn.append(value)

    draw()
    return iter(drawn)
