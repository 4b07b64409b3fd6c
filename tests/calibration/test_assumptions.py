"""The shipped assumptions are those of the sandbox, and each setting has an experiment or a reason against one."""

from typing import Any

from attrs import fields, has

from hubspot_timeline_testing.calibration.assumptions import NOT_COMPARED, api_kind, assumptions
from hubspot_timeline_testing.calibration.experiments import EXHAUST, EXPERIMENTS
from hubspot_timeline_testing.calibration.sandbox_settings import RULES, UNDECIDABLE
from hubspot_timeline_testing.sandbox import AppEventSettings, DailyLimit, RequestLimit, SandboxSettings
from tests.helpers.calibrations import calibrated, sandbox_with_contact, settings

GROUPS: dict[str, Any] = {"app_events": AppEventSettings, "limit": RequestLimit, "daily": DailyLimit}
SINGLE = ("FaultPlan", "Account", "ErrorText")  # settings of their own
STRICT = SandboxSettings(template_checks="strict", records="must-exist", types="strict")


def measured_assumptions() -> dict[str, dict[str, Any]]:
    """Return the facts of the sandbox's defaults, and of the strict one those that the defaults do not have."""
    table: dict[str, dict[str, Any]] = {"v3": {}, "app_events": {}}
    for sandbox_settings in (STRICT, SandboxSettings(limit=RequestLimit())):
        with sandbox_with_contact(sandbox_settings) as sandbox:
            calibration = calibrated(sandbox, settings(largest_batch=501))
        decided = {key: fact for key, fact in calibration.facts.items() if fact.is_decided}
        for key, fact in decided.items():
            name = key.rpartition(".")[2]
            if name not in NOT_COMPARED:
                table[api_kind(key)][name] = fact.value
    return table


def test_the_shipped_assumptions_are_those_of_the_sandbox() -> None:
    """Also the texts of errors. If the sandbox changes, write this into assumptions.json."""
    assert assumptions() == measured_assumptions()


def test_every_setting_has_an_experiment_or_a_reason_why_not() -> None:
    """Those of the groups by their paths."""
    paths = {field.name for field in fields(SandboxSettings)} - GROUPS.keys()
    paths |= {f"{group}.{field.name}" for group, kind in GROUPS.items() for field in fields(kind)}
    assert paths == RULES.keys() | UNDECIDABLE.keys()
    assert not RULES.keys() & UNDECIDABLE.keys()
    assert all(reason.endswith(".") and len(reason) > 20 for reason in UNDECIDABLE.values())
    assert {rule.experiment for rule in RULES.values()} <= {each.name for each in (*EXPERIMENTS, EXHAUST)}


def test_the_groups_are_those_of_the_settings() -> None:
    """So that a new group of settings cannot come without."""
    assert set(GROUPS) == {field.name for field in fields(SandboxSettings) if _is_group(field.type)}


def _is_group(kind: Any) -> bool:
    kinds = getattr(kind, "__args__", (kind,))
    return any(has(each) for each in kinds if isinstance(each, type) and each.__name__ not in SINGLE)
