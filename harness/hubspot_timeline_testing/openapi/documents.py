"""The OpenAPI document inside the generated client, and references within any document."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias
from urllib.parse import unquote

Document: TypeAlias = Mapping[str, Any]
"""An OpenAPI document, as parsed JSON or YAML."""

SCHEMAS = "#/components/schemas/"


@cache
def document() -> dict[str, Any]:
    """Return the document of the generated client. Callers must not change it."""
    text = files("hubspot_timeline_api").joinpath("timeline-v3.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


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
