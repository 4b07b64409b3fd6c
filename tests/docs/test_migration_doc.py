"""docs/migration.md says what `migrate` does, and its commands exist."""

import json
import re
from typing import Any

import pytest
import typer

from hubspot_timeline.cli.app import app
from hubspot_timeline.templates.migration import migrate
from tests.helpers.document import ROOT

TEXT = (ROOT / "docs/migration.md").read_text(encoding="utf-8")
[EVENT_TYPE] = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^ *hubspot-timeline (.*?)(?: >.*)?$", TEXT, re.MULTILINE)
SAMPLES = json.loads((ROOT / "samples/templates.json").read_text(encoding="utf-8"))["results"]
[PLAN_CHANGE] = [template for template in SAMPLES if template["name"] == "Plan change"]
LIMITS = re.findall(r"^\| `(\w+)` \| more than ([\d,]+) .*\| error \|$", TEXT, re.MULTILINE)
WARNINGS = re.findall(r"^\| `([\w.\[\]]+)` \|.*\| warning \|$", TEXT, re.MULTILINE)


def errors(templates: list[Any]) -> list[str]:
    """Return the fields with errors."""
    return [problem.field for problem in migrate(templates).problems if problem.is_error]


def test_the_example_is_what_the_sample_becomes() -> None:
    """The event type, and its place in the map."""
    migration = migrate([PLAN_CHANGE])
    assert migration.event_types == [json.loads(EVENT_TYPE)]
    assert f"`{json.dumps(dict(migration.uids))}`" in TEXT


def test_every_limit_is_documented() -> None:
    """Texts and tokens."""
    assert [field for field, _ in LIMITS] == ["name", "headerTemplate", "detailTemplate", "tokens"]


@pytest.mark.parametrize(("field", "documented"), LIMITS)
def test_each_limit_is_the_documented_one(field: str, documented: str) -> None:
    """That many are allowed, and one more is an error."""
    limit = int(documented.replace(",", ""))

    def templates(size: int) -> list[dict[str, Any]]:
        tokens = [{"name": f"t{number}", "type": "date"} for number in range(size)]
        return [{**PLAN_CHANGE, field: tokens if field == "tokens" else "x" * size}]

    assert errors(templates(limit)) == []
    assert errors(templates(limit + 1)) == [field]


def test_every_warning_is_documented() -> None:
    """Those that one template has."""
    tokens = [{"name": "a", "type": "date", "objectPropertyName": "b"}]
    changes = {"name": "会议", "objectType": "2-1", "tokens": tokens}
    warnings = [problem.field for problem in migrate([{**PLAN_CHANGE, **changes}]).problems]
    assert [field.replace("[N]", "[0]") for field in WARNINGS] == warnings


def test_every_command_exists() -> None:
    """Their options are those of other tests."""
    group: Any = typer.main.get_command(app)
    assert {command.split()[0] for command in COMMANDS} == {"templates", "migrate", "sandbox", "send"}
    assert all(group.get_command(None, command.split()[0]) for command in COMMANDS)
