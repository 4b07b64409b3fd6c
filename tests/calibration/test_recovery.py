"""Calibrate finds the settings of a sandbox, whatever they are, or says that it could not; it is never wrong."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hubspot_timeline_testing.calibration import Calibration, CalibrationSettings, plan_of
from hubspot_timeline_testing.calibration.sandbox_settings import decided_settings
from hubspot_timeline_testing.sandbox import AppEventSettings, DailyLimit, FaultPlan, RequestLimit, SandboxSettings
from hubspot_timeline_testing.sandbox.settings_json import settings_to_json
from tests.helpers.calibrations import BOTH, CONTACT, calibrated, sandbox_with_contact
from tests.helpers.calibrations import settings as run_settings
from tests.helpers.examples import examples
from tests.helpers.sandbox_calls import Sandbox

LARGEST = 40
ERROR_FIELDS = dict.fromkeys(("v3.error_fields", "2026-09.error_fields"))  # fewer experiments see fewer of them
PARTIAL = st.sampled_from(["partial", "refuse-batch"])
APP_EVENTS = st.builds(
    AppEventSettings,
    invalid_events=PARTIAL,
    invalid_names=st.booleans(),
    conflict_names=st.booleans(),
    repeated_ids=st.sampled_from(["conflict", "invalid"]),
    single_response=st.sampled_from(["created", "accepted"]),
    contacts_need_object_id=st.booleans(),
    v3_ids_are_taken=st.booleans(),
)
FAULTS = st.builds(
    FaultPlan,
    rate=st.just(0.1),
    kinds=st.just(["http-502", "reset-before", "reset-after", "http-502-html-after"]),
    seed=st.integers(0, 10**6),
    latency=st.sampled_from([0.0, "uniform:0.05:0.5"]),
)
SETTINGS = st.builds(
    SandboxSettings,
    duplicates=st.sampled_from(["conflict", "in-use", "last-wins"]),
    max_events=st.none() | st.integers(1, LARGEST + 5),
    invalid_events=PARTIAL,
    error_names=st.sampled_from(["context", "id", "message", "nothing"]),
    template_checks=st.sampled_from(["lenient", "strict"]),
    records=st.sampled_from(["create", "must-exist"]),
    types=st.sampled_from(["lenient", "strict"]),
    # More than the attempts of one request: the limit is known from the first response on.
    limit=st.none() | st.builds(RequestLimit, st.integers(5, 300), st.sampled_from([1.0, 10.0])),
    daily=st.none() | st.builds(DailyLimit, st.integers(121, 10**6)),
    migrated_after=st.sampled_from([None, None, None, 0.0, 2.0]),
    app_events=APP_EVENTS,
)


RUNS = st.builds(
    run_settings,
    apis=st.sampled_from([BOTH, BOTH, BOTH, ("v3",), ("2026-03",)]),
    object_id=st.sampled_from([CONTACT.object_id, CONTACT.object_id, ""]),
)


def actual(settings: SandboxSettings, path: str) -> Any:
    """Return the value of a setting by its path, None for one of a limit that does not exist."""
    value: Any = settings_to_json(settings)
    for name in path.split("."):
        value = None if value is None else value[name]
    return value


def is_true(settings: SandboxSettings, path: str, value: Any) -> bool:
    """Return whether a decided value is that of the sandbox."""
    return bool(value == actual(settings, path))


def require_true(
    calibration: Calibration, sandbox: Sandbox, settings: SandboxSettings, run: CalibrationSettings | None = None
) -> set[str]:
    """Fail for a wrong value, and for more requests or events than announced; return what is not decided."""
    decided = decided_settings(calibration)
    wrong = {
        path: fact for path, fact in decided.items() if fact.is_decided and not is_true(settings, path, fact.value)
    }
    assert not wrong
    counts, plan = sandbox.counts(), plan_of(run or run_settings())
    own = 1  # of the contact
    assert counts["requests"] <= calibration.requests <= plan.max_requests <= 120
    assert counts["events"] - own <= calibration.events <= plan.max_events
    assert counts["limited"] == 0
    assert counts["templates"] == 0 or calibration.leftover
    assert all(fact.is_decided or fact.reason for fact in decided.values())
    return {path for path, fact in decided.items() if not fact.is_decided}


def undecidable(settings: SandboxSettings) -> set[str]:
    """Return the settings that cannot be seen, because others hide them."""
    hidden = {"limit.retry_after"}  # see test_limits
    hidden |= set() if settings.limit else {"limit.requests", "limit.seconds"}
    hidden |= set() if settings.daily else {"daily.requests"}
    if settings.migrated_after == 0:
        hidden |= {"duplicates", "invalid_events", "app_events.v3_ids_are_taken"}
    v3_is_partial = settings.invalid_events == "partial" and settings.migrated_after != 0
    if not v3_is_partial and settings.app_events.invalid_events == "refuse-batch":
        hidden |= {"error_names"}
    if settings.max_events is None or settings.max_events >= LARGEST:
        hidden |= {"max_events"}
    if settings.max_events == 1:
        hidden |= {"app_events.repeated_ids"}
    return hidden


@settings(max_examples=examples(15, 1500))
@given(settings=SETTINGS, faults=FAULTS, run=RUNS)
@example(SandboxSettings(max_events=1), FaultPlan(), run_settings())
def test_no_value_is_wrong_under_passing_faults(
    settings: SandboxSettings, faults: FaultPlan, run: CalibrationSettings
) -> None:
    """Each is that of the sandbox, or not decided with a reason; the announced bounds hold."""
    with sandbox_with_contact(evolve(settings, faults=faults)) as sandbox:
        require_true(calibrated(sandbox, run), sandbox, settings, run)


@settings(max_examples=examples(10, 500))
@given(settings=SETTINGS.filter(lambda settings: settings.migrated_after != 2))
@example(SandboxSettings(max_events=1))
def test_everything_that_can_be_seen_is_found(settings: SandboxSettings) -> None:
    """Without faults only what other settings hide is not decided."""
    with sandbox_with_contact(settings) as sandbox:
        not_decided = require_true(calibrated(sandbox), sandbox, settings)
    assert not_decided == undecidable(settings)


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 0.7])
def test_no_fact_is_wrong_however_often_requests_fail(rate: float) -> None:
    """Each is that of a run without faults; where the announced requests do not suffice, the rest is not decided."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        facts = calibrated(sandbox).facts
    for seed in range(examples(3, 8)):
        faults = FaultPlan(rate=rate, kinds=["http-502", "reset-after", "http-502-html-after"], seed=seed)
        with sandbox_with_contact(SandboxSettings(faults=faults)) as sandbox:
            calibration = calibrated(sandbox)
            require_true(calibration, sandbox, SandboxSettings())
        decided = {key: fact.value for key, fact in calibration.facts.items() if fact.is_decided}
        expected = {key: facts[key].value for key in decided}
        assert {**decided, **ERROR_FIELDS} == {**expected, **ERROR_FIELDS}
