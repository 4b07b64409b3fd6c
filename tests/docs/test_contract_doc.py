"""docs/contract.md has all options, names and exit codes, and its example runs."""

import re

import pytest
import yaml
from schemathesis.config import SchemathesisConfig

from hubspot_timeline.cli.app import LazyCommands
from hubspot_timeline_testing.contract import Verdict
from hubspot_timeline_testing.contract.known_deviations import KNOWN_DEVIATIONS
from hubspot_timeline_testing.contract.settings import PHASES
from hubspot_timeline_testing.contract.suppressions import RULES
from tests.helpers.document import ROOT

TEXT = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
[STEPS] = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| ")]
MEANINGS = {row[0].strip("`"): row[1] for row in ROWS}


def options() -> set[str]:
    command = LazyCommands().get_command(None, "contract")
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")} - {"--help"}


def test_the_example_is_a_test_that_passes(pytester: pytest.Pytester) -> None:
    """As a reader would put it into a file, with warnings as errors."""
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    pytester.makepyfile(EXAMPLE)
    pytester.runpytest_subprocess("-p", "no:schemathesis").assert_outcomes(passed=1)


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


def test_the_workflow_is_yaml() -> None:
    """Of two steps; the second also after a failure."""
    run, upload = yaml.safe_load(STEPS)
    assert run["run"].startswith("hubspot-timeline contract ")
    assert upload["if"] == "always()"


def test_the_configuration_of_schemathesis_is_valid() -> None:
    """It masks everything that it masks by default, but for the tokens of events."""
    [text] = re.findall(r"^```toml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert "token" not in SchemathesisConfig.from_str(text).output.sanitization.sensitive_markers
