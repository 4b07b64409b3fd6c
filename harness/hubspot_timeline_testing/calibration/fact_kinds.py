"""The kinds of values that facts have, by their names."""

import re
from typing import Any

_NAME = re.compile(r"[0-9a-z_]+")
_NUMBERS = frozenset({"largest_batch", "largest_batch_tried", "limit_requests", "limit_seconds", "daily_requests"})


def is_of_its_kind(name: str, value: Any) -> bool:
    """Return whether a fact of this name can have the value, so that what reads it need not check."""
    if not _NAME.fullmatch(name):
        return False
    if name in _NUMBERS:
        return type(value) in (int, float) or (value is None and name == "largest_batch")
    if name.endswith(("_fields", "_headers")):
        return isinstance(value, list)
    if (name.endswith("_response") and name != "single_response") or name == "without_credentials":
        return isinstance(value, dict)
    return isinstance(value, str | int | float)
