"""Help and completion: the same for -h and --help, and in whole lines where the output is not a terminal."""

from typing import Any

import pytest
from typer.main import get_command

from hubspot_timeline.cli.app import app
from tests.helpers.command import run_here

GROUP: Any = get_command(app)
COMMANDS = ["", *GROUP.list_commands(None)]
COMMANDS += [f"templates {name}" for name in GROUP.get_command(None, "templates").commands]


class Unreadable:
    """Standard input that must not be read."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"standard input: {name}")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_in_whole_lines(command: str) -> None:
    """Whatever COLUMNS says: an option and what it does are one line, which grep finds."""
    help_text = run_here(*command.split(), "-h", env={"COLUMNS": "40"})

    lines = help_text.out.splitlines()
    options = [line for line in lines if line.startswith("  -")]
    found = GROUP
    for name in command.split():
        found = found.get_command(None, name)
    assert (help_text.code, help_text.err) == (0, "")
    assert lines[0].startswith(f"Usage: hubspot-timeline {command}")
    shown = [each for each in found.params if not getattr(each, "hidden", False)]
    assert len(options) == len([each for each in shown if each.param_type_name == "option"]) + 1
    for option in shown:
        assert any(option.help in line for line in lines)
    assert run_here(*command.split(), "--help").out == help_text.out


@pytest.mark.parametrize("group", ["", "templates"])
def test_a_group_without_a_command_shows_its_help(group: str) -> None:
    """With the exit code of bad usage."""
    ended = run_here(*group.split())

    assert (ended.code, ended.err) == (2, "")
    assert ended.out.startswith("Usage: hubspot-timeline ")
    assert "\n  migrate " in ended.out or "\n  delete " in ended.out


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        ("hubspot-timeline val", ["validate"]),
        ("hubspot-timeline templates de", ["delete"]),
        ("hubspot-timeline send --max-e", ["--max-errors", "--max-error-rate"]),
        ("hubspot-timeline send --format ", ["jsonl", "csv"]),
    ],
)
def test_the_shell_completes_commands_and_options(
    monkeypatch: pytest.MonkeyPatch, words: str, completions: list[str]
) -> None:
    """Without a look at standard input, which may belong to the rest of a pipe."""
    monkeypatch.setattr("sys.stdin", Unreadable())
    position = words.count(" ")
    env = {"_HUBSPOT_TIMELINE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(position)}

    ended = run_here(env=env)

    assert (ended.code, ended.out.split(), ended.err) == (0, completions, "")


def test_the_script_for_completion_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the shell that the command runs in."""
    monkeypatch.setattr("sys.stdin", Unreadable())

    ended = run_here("--show-completion", "fish", env={"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"})

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("complete --command hubspot-timeline ")
