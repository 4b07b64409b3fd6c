"""docs/sandbox.md is complete, and its examples run."""

import json
import re

from attrs import fields
from starlette.routing import Route

from hubspot_timeline_testing.calibration.sandbox_settings import RULES, UNDECIDABLE
from hubspot_timeline_testing.sandbox import AppEventSettings, EventFault, Fault, FaultPlan, SandboxSettings
from hubspot_timeline_testing.sandbox.settings_json import with_changes
from tests.helpers.document import ROOT
from tests.helpers.sandbox_calls import opened

TEXT = (ROOT / "docs/sandbox.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
[SETTINGS, PLAN] = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_example_runs() -> None:
    """As a program."""
    exec(compile(EXAMPLE, "docs/sandbox.md", "exec"), {})  # noqa: S102 - an example of the documentation


def test_every_setting_has_its_row() -> None:
    """With its name; a row can have two. Those of app events are keys of `app_events`."""
    rows = " ".join(line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| `"))
    for setting in fields(SandboxSettings):
        assert f"`{setting.name}" in rows, setting.name
    documented = set(re.findall(r"`app_events\.(\w+)`", rows))
    assert documented == {setting.name for setting in fields(AppEventSettings)}


def test_the_assumptions_on_app_events_are_those_of_the_settings() -> None:
    """Each row of a default has that of the setting."""
    rows = [line.split("|")[1:3] for line in TEXT.splitlines() if line.startswith("| `app_events.")]
    defaults = {setting.name: setting.default for setting in fields(AppEventSettings)}
    switches = {
        name: value for name, value in defaults.items() if isinstance(value, bool) or (value and isinstance(value, str))
    }
    for name, value in switches.items():
        [cell] = [cell.strip(" `") for names, cell in rows if f"`app_events.{name}`" in names]
        assert cell == (str(value).lower() if isinstance(value, bool) else value), name


def test_every_setting_says_which_experiment_decides_it_or_why_none_does() -> None:
    """In the last column of its row."""
    rows = [line.strip("|").split("|") for line in TEXT.splitlines() if line.startswith("| `")]
    reasons = {path: row[-1] for row in rows for path in re.findall(r"`([a-z_.0-9]+)`", row[0])}
    for path, rule in RULES.items():
        assert f"`{rule.experiment}`" in reasons.get(path, reasons.get(path.partition(".")[0], "")), path
    for path, sentence in UNDECIDABLE.items():
        assert sentence in reasons.get(path, reasons.get(path.partition(".")[0], "")), path


def test_every_path_of_the_admin_api_has_its_row() -> None:
    """Except the files of the page."""
    with opened() as sandbox:
        paths = {route.path for route in sandbox.app.routes if isinstance(route, Route)}
    documented = set(re.findall(r"/_sandbox(?:/[a-z.-]+)+", TEXT))
    assert documented == {path for path in paths if path.startswith("/_sandbox/") and "page" not in path}


def test_every_fault_has_its_row() -> None:
    """With the description that the admin API returns."""
    for fault in (*Fault, *EventFault):
        assert f"| `{fault}` | {fault.description} |" in TEXT, fault


def test_the_example_of_accounts_is_valid() -> None:
    """Each has a limit of its own."""
    settings = with_changes(SandboxSettings(), json.loads(SETTINGS))
    assert [account.name for account in settings.accounts] == ["62515", "77001"]
    assert settings.limit


def test_the_example_of_a_plan_is_valid() -> None:
    """It has five requests in its script."""
    assert len(FaultPlan.from_json(json.loads(PLAN)).script) == 5
