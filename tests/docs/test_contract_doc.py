"""docs/contract.md tells all options, words and keys that there are, and its example runs."""

import json
import re

import pytest
import yaml

from hubspot_timeline.cli.app import LazyCommands
from hubspot_timeline_testing.contract import ALLOWANCES, Verdict, render
from hubspot_timeline_testing.contract.reports import REPORTS
from hubspot_timeline_testing.contract.rules import RULES
from hubspot_timeline_testing.contract.settings import PHASES
from tests.helpers.contract_runs import STRICT, contract_of
from tests.helpers.document import ROOT

TEXT = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
[STEPS] = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| ")]


def options() -> set[str]:
    command = LazyCommands().get_command(None, "contract")
    return {name for one in command.params for name in one.opts if name.startswith("--")} - {"--help"}


def test_the_example_is_a_test_that_passes(pytester: pytest.Pytester) -> None:
    """As a reader would put it into a file, with warnings as errors."""
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    pytester.makepyfile(EXAMPLE)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_every_option_has_its_row() -> None:
    """And no other has one."""
    told = {name for row in ROWS for name in re.findall(r"`(--[a-z-]+)", row[0])}
    assert told == options()


def test_every_option_of_an_example_is_one() -> None:
    """In the commands, in the workflow, in the text."""
    assert set(re.findall(r"--[a-z][a-z-]+", TEXT)) <= options()


def test_every_word_has_its_row_with_what_it_means() -> None:
    """Allowances, rules and phases, as the code has them."""
    told = {row[0].strip("`"): row[1] for row in ROWS}
    for word, said in {**ALLOWANCES, **PHASES, **{rule.name: rule.reason for rule in RULES}}.items():
        assert told[word] == said


def test_every_exit_code_has_its_row() -> None:
    """The same as the command's own help has."""
    assert [row[0] for row in ROWS if row[0].isdecimal()] == ["0", "1", "2", "3", "130"]
    assert all(f"`{verdict}`" in TEXT for verdict in Verdict)


def test_every_key_of_the_json_is_told() -> None:
    """And none that is not there."""
    found = json.loads(render(contract_of(STRICT), "json"))
    begin = TEXT.index("| `format`, `verdict`")
    told = re.findall(
        r"`([a-z_]+)`", "".join(line.split("|")[1] for line in TEXT[begin:].split("\n\n")[0].splitlines())
    )
    assert set(told) == set(found)
    [operation, *_] = found["operations"]
    assert all(f"`{key}`" in TEXT for key in operation)


def test_every_form_of_report_is_told_with_its_file() -> None:
    """That is written where none is named."""
    for form, (name, _) in REPORTS.items():
        assert re.search(rf"`{form}`\s\({re.escape(name)}\)", TEXT)


def test_the_workflow_is_yaml() -> None:
    """Of two steps; the second also after a failure."""
    run, show = yaml.safe_load(STEPS)
    assert run["run"].startswith("hubspot-timeline contract ")
    assert show["if"] == "always()"
