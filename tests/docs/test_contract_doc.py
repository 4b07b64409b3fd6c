"""docs/contract.md has all options, names and exit codes, and its example runs."""

import re
from functools import partial
from pathlib import Path

import pytest
import yaml
from schemathesis.config import SchemathesisConfig

from hubspot_timeline.cli.app import LazyCommands
from hubspot_timeline_testing import contract
from hubspot_timeline_testing.contract import Verdict
from hubspot_timeline_testing.contract.baseline import Baseline
from hubspot_timeline_testing.contract.known_deviations import KNOWN_DEVIATIONS
from hubspot_timeline_testing.contract.settings import PHASES
from hubspot_timeline_testing.contract.suppressions import RULES
from tests.helpers.contract_process import forked
from tests.helpers.document import ROOT
from tests.helpers.examples import IS_LONG

TEXT = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
WORKFLOW, HOOKS = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
[BASELINE] = re.findall(r"^```text\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| ")]
MEANINGS = {row[0].strip("`"): row[1] for row in ROWS}


def options() -> set[str]:
    command = LazyCommands().get_command(None, "contract")
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")} - {"--help"}


def test_the_example_is_a_test_that_passes(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a reader would put it into a file, with warnings as errors; sandbox/test_schemathesis.py has all phases."""
    if not IS_LONG:
        monkeypatch.setattr(contract, "verify", partial(contract.verify, phases=["examples"]))
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    pytester.makepyfile(EXAMPLE)
    with forked():
        pytester.runpytest_inprocess("-p", "no:schemathesis").assert_outcomes(passed=1)


def test_every_option_has_its_row() -> None:
    """And there is no row without an option."""
    assert {name for row in ROWS for name in re.findall(r"`(--[a-z-]+)", row[0])} == options()


def test_every_name_has_its_row_with_its_meaning() -> None:
    """Known deviations and phases as in the code; the rules by name."""
    for name, meaning in {**KNOWN_DEVIATIONS, **PHASES}.items():
        assert MEANINGS[name] == meaning
    assert set(RULES) | {"batch_completeness", "identifiers_match", "changes_persist"} <= set(MEANINGS)


def test_every_exit_code_has_its_row() -> None:
    """With the verdict."""
    assert [row[0] for row in ROWS if row[0].isdecimal()] == ["0", "1", "2", "3", "4", "130"]
    assert all(f"`{verdict}`" in TEXT for verdict in Verdict)


def test_the_workflow_has_inputs_of_the_action() -> None:
    """Each input and output has its row; the step after the check is run also after a failure."""
    check, upload = yaml.safe_load(WORKFLOW)
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert check["with"].keys() <= action["inputs"].keys()
    assert upload["if"] == "always()"
    named = {name for row in ROWS for name in re.findall(r"`([a-z]+)`", row[0])}
    assert named >= action["inputs"].keys() | action["outputs"].keys()


def test_the_hook_exists() -> None:
    """With the id of `.pre-commit-hooks.yaml`."""
    [repository] = yaml.safe_load(HOOKS)["repos"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in hooks]


def test_the_lines_of_a_baseline_are_failures(tmp_path: Path) -> None:
    """As the command reads them."""
    (tmp_path / "contract.txt").write_text(BASELINE, encoding="utf-8")
    assert len(Baseline.read(tmp_path / "contract.txt").fingerprints) == 3


def test_the_configuration_of_schemathesis_is_valid() -> None:
    """It masks everything that it masks by default, but for the tokens of events."""
    [text] = re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert "token" not in SchemathesisConfig.from_str(text).output.sanitization.sensitive_markers
