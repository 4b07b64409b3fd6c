"""A plan as the text of a file or of an option: JSON, whose errors are told with where they are."""

import json
from pathlib import Path
from typing import Any

from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan


def read_plan_file(path: Path) -> FaultPlan:
    """Return the plan in a file of JSON. Raises ValueError, which names the file and the line, or the key, at fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no UTF-8 text") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    return read_plan_text(text, str(path))


def read_plan_text(text: str, source: str) -> FaultPlan:
    """Return the plan in JSON text. Raises ValueError, which begins with the source."""
    try:
        return FaultPlan.from_json(json.loads(text, object_pairs_hook=_without_repetition))
    except json.JSONDecodeError as error:
        raise ValueError(f"{source}, line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise ValueError(f"{source}: it is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {repeated!r} stands twice in one object")
    return found
