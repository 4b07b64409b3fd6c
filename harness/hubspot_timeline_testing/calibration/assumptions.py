"""What the sandbox assumes where the service is not documented, as a calibration of the sandbox finds it."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from hubspot_timeline_testing.calibration.results import Calibration, Fact
from hubspot_timeline_testing.contract.documents import V3

NOT_COMPARED = frozenset({"largest_batch_tried", "daily_requests", "error_fields", "limit_headers"})
"""Facts that depend on the run or on the account."""

_MISSING = Fact()


def api_kind(key: str) -> str:
    """Return v3 or app_events for a fact such as `2026-09.duplicates`, or for a step."""
    return V3 if key.replace(" ", ".").startswith(f"{V3}.") else "app_events"


@cache
def assumptions() -> Mapping[str, Mapping[str, Any]]:
    """Return the assumed value of each fact, by v3 or app_events and its name. Callers must not change it."""
    text = files(__package__ or "").joinpath("assumptions.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = json.loads(text)
    return table


def wrong_assumptions(calibration: Calibration) -> dict[str, tuple[Any, Any]]:
    """Return the facts that differ from what is assumed: by key, the assumption and the value."""
    wrong = {}
    for key, fact in calibration.facts.items():
        name = key.rpartition(".")[2]
        assumed = assumptions()[api_kind(key)].get(name, _MISSING)
        if fact.is_decided and name not in NOT_COMPARED and assumed not in (_MISSING, fact.value):
            wrong[key] = (assumed, fact.value)
    return wrong


def changes_since(earlier: Calibration, calibration: Calibration) -> dict[str, tuple[Any, Any]]:
    """Return the facts that both have decided, differently: by key, the earlier value and the new one."""
    before, now = earlier.facts, calibration.facts
    return {
        key: (before[key].value, fact.value)
        for key, fact in now.items()
        if key in before and fact.is_decided and before[key].is_decided and fact.value != before[key].value
    }
