"""docs/calibration.md has all experiments, options and exit codes, and its example runs."""

import json
import re
from typing import get_args

from hubspot_timeline.cli.app import LazyCommands
from hubspot_timeline_testing.calibration.experiments import EXHAUST, EXPERIMENTS
from hubspot_timeline_testing.calibration.results import Sure
from hubspot_timeline_testing.calibration.sender import MAX_REQUESTS
from hubspot_timeline_testing.sandbox.validation.event_types import parse_event_types
from tests.helpers.document import ROOT

TEXT = (ROOT / "docs/calibration.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| ")]
CELLS = {row[0].strip("` "): row[1].strip("| ") for row in ROWS}


def test_the_example_runs() -> None:
    """As a program."""
    [example] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    exec(compile(example, "docs/calibration.md", "exec"), {})  # noqa: S102 - an example of the documentation


def test_every_experiment_has_its_row_with_its_question() -> None:
    """Also the one that is made alone; and the bound is that of the code."""
    for each in (*EXPERIMENTS, EXHAUST):
        assert CELLS[each.name] == each.question
    assert f"At most {MAX_REQUESTS} requests" in TEXT


def test_every_option_has_its_row() -> None:
    """And there is no row without an option."""
    command = LazyCommands().get_command(None, "calibrate")
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")} - {"--help"}
    assert {name for row in ROWS for name in re.findall(r"`?(--[a-z-]+)", row[0])} == options


def test_every_exit_code_and_every_certainty_has_its_row() -> None:
    """In their order."""
    assert [row[0].strip("| ") for row in ROWS if row[0].strip("| ").isdecimal()] == ["0", "1", "2", "3", "4", "130"]
    assert set(get_args(Sure)) <= set(CELLS)


def test_the_event_type_is_valid() -> None:
    """It has the property that the experiments use."""
    [file] = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    event_type = parse_event_types([json.loads(file)], 1, "2026-01-01T00:00:00Z").get("calibration")
    assert event_type
    assert event_type.token("calibration")
