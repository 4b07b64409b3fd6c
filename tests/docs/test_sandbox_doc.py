"""docs/sandbox.md tells all that there is, and its examples run."""

import json
import re

import pytest
from attrs import fields

from hubspot_timeline_testing.sandbox import EventFault, Fault, FaultPlan, SandboxSettings, Store
from hubspot_timeline_testing.sandbox.app import create_app
from tests.helpers.document import ROOT

TEXT = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
[PLAN] = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_examples_are_tests_that_pass(pytester: pytest.Pytester) -> None:
    """As a reader would put them into a file."""
    pytester.makepyfile(EXAMPLE)
    pytester.runpytest_subprocess().assert_outcomes(passed=2)


def test_every_setting_has_its_row() -> None:
    """By its name; one or two in a row."""
    rows = " ".join(line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| `"))
    for setting in fields(SandboxSettings):
        assert f"`{setting.name}" in rows, setting.name


def test_every_request_under_sandbox_has_its_row() -> None:
    """With its path and each of its methods."""
    with Store() as store:
        paths = {route.path for route in create_app(store).routes if route.path.startswith("/_sandbox/")}  # type: ignore[attr-defined]
    told = set(re.findall(r"/_sandbox(?:/[a-z-]+)+", TEXT))
    assert told == {path for path in paths if "page" not in path}


def test_every_fault_has_its_row() -> None:
    """By its word, here and where the sandbox itself tells of them."""
    assert True
    for fault in (*Fault, *EventFault):
        assert f"| `{fault}` |" in TEXT, fault


def test_the_plan_is_one() -> None:
    """The JSON example is taken."""
    plan = FaultPlan.from_json(json.loads(PLAN))
    assert len(plan.script) == 5
