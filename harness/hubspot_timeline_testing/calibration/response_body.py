"""The body of a response as a JSON value that can be masked, compared and written, whatever the server sent."""

import json
from math import isfinite
from typing import Any

_MAX_LEVELS = 50


def parsed(content: bytes) -> Any:
    """Return parsed JSON, or a text."""
    text = content.decode("utf-8", "replace")
    try:
        return plain(json.loads(text), _MAX_LEVELS)
    except (ValueError, RecursionError):
        return text


def plain(value: Any, levels: int) -> Any:
    """Return a value without half characters, infinite numbers and deep nesting, which no file can hold."""
    match value:
        case list() | dict() if not levels:
            return "…"
        case list():
            return [plain(each, levels - 1) for each in value]
        case dict():
            return {plain(name, levels): plain(each, levels - 1) for name, each in value.items()}
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case float() if not isfinite(value):
            return str(value)
    return value
