"""Load an OpenAPI document from YAML, with the line number of each part."""

import json
import tomllib
from pathlib import Path
from typing import Any

import yaml
from attrs import frozen

from changes.references import Pointer

# The C loader is ten times as fast, but PyYAML may have been built without it and its stubs omit it.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CannotCompareError(Exception):
    """Nothing was compared; the message gives the reason and the remedy."""


def read_table(root: Path) -> dict[str, str]:
    """Return the name of each document and of the package that is generated from it, as pyproject.toml has them."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    table: dict[str, str] = project.get("entry-points", {}).get("hubspot_timeline.documents", {})
    return table


@frozen
class Document:
    """A document as plain data, with the YAML node that it was constructed from."""

    data: dict[str, Any]
    node: yaml.Node

    def line(self, pointer: Pointer) -> int:
        """Return the line of a part, or of its nearest parent that exists, counted from 1."""
        line, node = 1, self.node
        for part in pointer:
            parts = {}
            if isinstance(node, yaml.MappingNode):
                parts = {str(key.value): (key, value) for key, value in node.value}
            elif isinstance(node, yaml.SequenceNode):
                parts = {str(index): (item, item) for index, item in enumerate(node.value)}
            if part not in parts:
                break
            start, node = parts[part]
            line = start.start_mark.line + 1
        return line


def load_document(name: str, content: bytes) -> Document:
    """Return the document; raise CannotCompareError with file:line:column if it is not valid."""
    try:
        loader = _Loader(content)
        node = loader.get_single_node()
        _reject_duplicate_keys(node)
        data = loader.construct_document(node) if node else None
        if node is None or not isinstance(data, dict):
            raise CannotCompareError(f"{name}:1:1: not a mapping, so not an OpenAPI document")
        return Document(json.loads(json.dumps(data, default=str)), node)  # all keys as text: 200 equals "200"
    except yaml.MarkedYAMLError as error:
        place = f":{mark.line + 1}:{mark.column + 1}" if (mark := error.problem_mark) else ""
        raise CannotCompareError(f"{name}{place}: invalid YAML: {error.problem}") from error
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        raise CannotCompareError(f"{name}: invalid YAML: {' '.join(str(error).split())}") from error


def _reject_duplicate_keys(node: Any) -> None:
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if key.value in keys and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.MarkedYAMLError(problem=f"duplicate key {key.value}", problem_mark=key.start_mark)
            keys.add(str(key.value))
            _reject_duplicate_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _reject_duplicate_keys(item)
