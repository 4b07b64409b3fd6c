"""Each block of code of the documentation is run or checked by a test; a block that none of them knows fails here."""

import itertools
import re
import shlex
import tomllib
from collections import Counter
from typing import Any

from hubspot_timeline import config
from hubspot_timeline.auth import credentials
from hubspot_timeline.cli.app import LazyCommands
from tests.docs import test_examples
from tests.helpers.command import run_here
from tests.helpers.document import ROOT
from tests.helpers.pages import PAGES, blocks

# The tests that run the Python examples; those of other pages are run by test_examples.py.
PYTHON = {
    "docs/calibration.md": "test_calibration_doc.py",
    "docs/contract.md": "test_contract_doc.py",
    "docs/fixtures.md": "test_examples.py: test_the_examples_of_fixtures_pass",
    "docs/observability.md": "test_observability_doc.py",
    "docs/sandbox.md": "test_sandbox_doc.py",
    "docs/spark.md": "spark/test_spark_doc.py",
    "docs/testing.md": "test_testing_doc.py",
    "docs/tutorial.md": "test_tutorial.py",
}
# How many blocks of other languages a page has, and what checks them or why nothing does.
OTHERS = {
    ("docs/calibration.md", "ini"): (1, "pytest_plugin/test_fixtures.py has the setting"),
    ("docs/calibration.md", "json"): (1, "test_calibration_doc.py"),
    ("docs/changes.md", "text"): (1, "not run: two findings out of many; spec/ tests their form"),
    ("docs/changes.md", "yaml"): (1, "test_changes_doc.py runs its step"),
    ("docs/command.md", "console"): (3, "test_command_doc.py"),
    ("docs/command.md", "json"): (1, "test_command_doc.py"),
    ("docs/command.md", "text"): (
        3,
        "rows of test_command_doc.py; the errors are those of cli/ for samples and templates",
    ),
    ("docs/contract.md", "toml"): (1, "test_contract_doc.py"),
    ("docs/contract.md", "text"): (1, "test_contract_doc.py"),
    ("docs/contract.md", "yaml"): (2, "test_contract_doc.py"),
    ("docs/migration.md", "json"): (1, "test_migration_doc.py"),
    ("docs/observability.md", "text"): (2, "test_observability_doc.py"),
    ("docs/sandbox.md", "json"): (2, "test_sandbox_doc.py"),
    ("docs/tutorial.md", "json"): (1, "test_tutorial.py"),
    ("docs/tutorial.md", "text"): (4, "test_tutorial.py compares them with what is printed"),
}
# Programs of others: schemathesis replays failures that a run of the contract has recorded in the folder.
NOT_CHECKED = {"schemathesis", "openssl", "curl"}
VARIABLES = {
    credentials.TOKEN_VARIABLE,
    *credentials.OAUTH_VARIABLES,
    *(value for name, value in vars(config).items() if name.endswith("_VARIABLE")),
}
EXTRAS = set(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"])
SHELL = [block for page in PAGES for block in blocks(page, "sh")]
SITE = ("{include}", "{toctree}", "{eval-rst}")  # directives, which `make docs` runs


def test_every_block_is_run_or_checked() -> None:
    """One that is new needs a test, and a line above; commands in `sh` are checked below in any case."""
    known = {*SITE, "sh", "python"}
    others = [block for page in PAGES for block in blocks(page) if block.language not in known]
    counted = Counter((block.page, block.language) for block in others)
    assert counted == {name: count for name, (count, _) in OTHERS.items()}
    assert {page for page in PAGES if blocks(page, "python")} == {*PYTHON, *test_examples.PAGES}


def test_every_command_exists_with_its_options() -> None:
    """Those of blocks that send to the service or to a server of the reader's, so that no test can run them."""
    for block in SHELL:
        lines = [shlex.split(line, comments=True) for line in block.text.replace("\\\n", " ").splitlines()]
        for words in filter(None, lines):
            try:
                check(words[0].removeprefix(".venv/bin/"), words[1:])
            except Exception as error:
                error.add_note(f"{block.page}:{block.line}: {shlex.join(words)}")
                raise
    assert len(SHELL) > 20


def check(program: str, arguments: list[str]) -> None:
    """Check a command by its program: options, targets, extras and variables exist."""
    match program:
        case "hubspot-timeline":
            parse(list(itertools.takewhile(lambda word: word not in {"&", ">"}, arguments)))
        case "make":
            assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        case "export":
            assert {word.partition("=")[0] for word in arguments} <= VARIABLES | {"PATH"}
        case "pip":
            extras = re.findall(r"[\w.-]+\[(.+?)\]", " ".join(arguments))
            assert {extra for names in extras for extra in names.split(",")} <= EXTRAS
        case _ if "=" in program:  # a variable of the command that follows
            check(arguments[0], arguments[1:])
        case _:
            assert program in NOT_CHECKED, "a program that this test does not know"


def parse(words: list[str]) -> None:
    """Parse a command without running it. Raises what click raises for an unknown option."""
    command: Any = LazyCommands()
    while hasattr(command, "get_command"):
        name, *words = words
        command = command.get_command(None, name)
        assert command, f"the command {name} is unknown"
    command.make_parser(command.context_class(command)).parse_args(words)


def test_errors_of_samples() -> None:
    """The command finds the errors that its page shows."""
    [shown] = [block for block in blocks("docs/command.md", "text") if block.text.startswith("samples/")]
    found = run_here("validate", "samples/events.jsonl", folder=ROOT).err.splitlines()
    assert set(shown.text.splitlines()) <= set(found)
