"""The OpenAPI documents inside the generated clients, and references within any document."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeAlias
from urllib.parse import unquote

Document: TypeAlias = Mapping[str, Any]
"""An OpenAPI document, as parsed JSON or YAML."""

SCHEMAS = "#/components/schemas/"


@cache
def document(name: str = "timeline-v3") -> dict[str, Any]:
    """Return a document of the generated clients: `timeline-v3` or `app-events`. Callers must not change it.

    Raises LookupError for an unknown name.
    """
    loaded: dict[str, Any] = json.loads(document_file(name).read_text(encoding="utf-8"))
    return loaded


def document_file(name: str = "timeline-v3") -> Traversable:
    """Return the JSON file of a document. Raises LookupError for an unknown name."""
    table = packages()
    if name not in table:
        raise LookupError(f"unknown document {name}; the documents are {', '.join(sorted(table))}")
    return files(table[name]).joinpath(f"{name}.json")


@cache  # it reads the metadata of every installed distribution
def packages() -> Mapping[str, str]:
    """Return the generated package of each document by the document's name, as pyproject.toml lists them."""
    return {each.name: each.value for each in entry_points(group="hubspot_timeline.documents")}


def schemas(spec: Document | None = None) -> Mapping[str, Any]:
    """Return the component schemas of a document by name; of document() for None."""
    components: Mapping[str, Any] = (document() if spec is None else spec).get("components", {}).get("schemas", {})
    return components


def pointer_steps(reference: str) -> tuple[str, ...]:
    """Return the steps of a JSON pointer such as `#/components/schemas/TimelineEvent`."""
    steps = reference.removeprefix("#/").split("/")
    return tuple(unquote(step).replace("~1", "/").replace("~0", "~") for step in steps)


def resolve_reference(spec: Document, reference: str) -> Any:
    """Return the part of a document that a `$ref` points to. Raises LookupError for a pointer that leads nowhere."""
    node: Any = spec
    try:
        for step in pointer_steps(reference):
            node = node[int(step) if isinstance(node, list) else step]
    except (AttributeError, LookupError, TypeError, ValueError):
        names = ", ".join(sorted(schemas(spec))) or "none"
        raise LookupError(
            f"the document has no schema {str(reference).removeprefix(SCHEMAS)}; it has {names}"
        ) from None
    return node
