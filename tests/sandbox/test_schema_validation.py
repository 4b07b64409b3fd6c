"""The sandbox takes its path, its schemas and its formats from the document that ships with the client."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route

from hubspot_timeline_testing.openapi import document, operation_path
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from tests.helpers.sandbox_calls import PATH, event


def test_the_document_is_the_one_that_ships() -> None:
    """The document is read from the package of the generated client."""
    shipped = Path(__file__).parents[2] / "generated" / "hubspot_timeline_api" / "timeline-v3.json"
    assert document() == json.loads(shipped.read_text("utf-8"))


def test_the_operation_is_served_where_the_document_has_it() -> None:
    """The path of the operation comes from the document."""
    assert operation_path("create_events") == PATH
    with Store() as store:
        assert PATH in [route.path for route in create_app(store).routes if isinstance(route, Route)]


def test_unknown_names_are_errors() -> None:
    """Asking for what the document does not have is an error at once."""
    with pytest.raises(LookupError):
        operation_path("delete_events")
    with pytest.raises(LookupError):
        validator("TimelineEvents")


@pytest.mark.parametrize(
    ("name", "value", "valid"),
    [
        ("TimelineEvent", event(timestamp="2026-03-10T23:04:41Z"), True),
        ("TimelineEvent", event(timestamp="2026-03-10"), False),
        ("TimelineEvent", event(tokens={"lookup": ""}), False),
        ("BatchStatus", "COMPLETE", True),
        ("BatchStatus", "DONE", False),
    ],
)
def test_a_validator_asserts_types_and_formats(name: str, value: Any, valid: bool) -> None:
    """A validator knows the schema by its name, follows its references and asserts formats."""
    assert validator(name).is_valid(value) is valid
