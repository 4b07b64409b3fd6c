"""Valid and invalid values for each schema of the unchanged document, generated once for all mutants."""

from typing import Any

from attrs import frozen
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.mutants.mutant import Document

_SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
_VALID, _INVALID = 12, 3


@frozen
class Samples:
    """Values for a schema: valid ones, and invalid ones with the name of the constraint that each violates."""

    schema: str
    valid: list[Any]
    invalid: list[tuple[str, Any]]


def generate_samples(document: Document) -> list[Samples]:
    """Return values for each schema; the same for the same document."""
    return [_samples(document, name) for name in document["components"]["schemas"]]


def _samples(document: Document, name: str) -> Samples:
    from hubspot_timeline_testing.strategies import constraints, from_schema  # noqa: PLC0415 - as in trial.py

    valid = _generate(from_schema(name, document=document, extra_fields=True), _VALID)
    # A referenced schema has samples of its own.
    own = [each for each in constraints(name, document=document) if each.schema_path[:3] == _path(name)]
    invalid = [(each.name, value) for each in own for value in _generate(each.violations, _INVALID)]
    return Samples(name, valid, invalid)


def _path(name: str) -> tuple[str, ...]:
    return ("components", "schemas", name)


def _generate(values: st.SearchStrategy[Any], count: int) -> list[Any]:
    generated = []

    @seed(0)
    @given(values)
    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=_SLOW, deadline=None)
    def collect(value: Any) -> None:
        generated.append(value)

    collect()
    return generated
