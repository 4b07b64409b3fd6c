"""Only the documented interface of Schemathesis is used, and only by the process that runs it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.document import ROOT

# By module, the names in its documentation: the reference of the Python interface and of hooks, and the guides
# "Extending Schemathesis", "Extending CLI" and "Checks" at https://schemathesis.readthedocs.io/en/stable/.
DOCUMENTED: dict[str, set[str]] = {
    "schemathesis": {
        *("auth", "check", "hook", "cli", "openapi"),
        *("AuthContext", "BaseSchema", "Case", "CheckContext", "HookContext", "Response"),
    },
    "schemathesis.checks": {"ignored_auth"},  # excluded_checks= of Case.validate_response
    "schemathesis.engine": {"events"},
}
DOCUMENTED_ATTRIBUTES = {
    "schemathesis": {"auth", "check", "hook"},
    "cli": {"handler", "EventHandler", "LoadingFinished"},
    "events": {"EngineEvent", "EngineStarted", "EngineFinished", "ScenarioStarted", "NonFatalError", "FatalError"},
}


def uses(source: str) -> Iterator[tuple[str, str]]:
    """Yield each name of Schemathesis that a module uses, with where it comes from."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((name.name, "") for name in node.names if name.name.split(".")[0] == "schemathesis")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "schemathesis":
            yield from ((str(node.module), name.name) for name in node.names)
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", None) in DOCUMENTED_ATTRIBUTES:
            yield f"{ast.unparse(node.value)}.", node.attr


def undocumented(source: str) -> list[tuple[str, str]]:
    """Return the uses that the documentation of Schemathesis does not have."""
    return [
        (origin, name)
        for origin, name in uses(source)
        if name.startswith("_")
        or (origin.endswith(".") and name not in DOCUMENTED_ATTRIBUTES[origin[:-1]])
        or (not origin.endswith(".") and (name or origin) not in DOCUMENTED.get(origin, set()) | {"schemathesis"})
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "harness").rglob("*.py")), ids=lambda path: path.stem)
def test_no_module_uses_what_is_undocumented(path: Path) -> None:
    """Neither names with an underscore nor modules of the implementation."""
    source = path.read_text(encoding="utf-8")
    if "schemathesis" in source:
        assert not undocumented(source)


@pytest.mark.parametrize(
    "source",
    [
        "from schemathesis.engine.core import Engine",
        "import schemathesis.transport.requests",
        "from schemathesis import _hooks",
        "from schemathesis.core.failures import Failure",
        "import schemathesis\nschemathesis.schemas",
        "from schemathesis.engine import events\nevents.SuiteStarted",
    ],
)
def test_an_undocumented_use_is_noticed(source: str) -> None:
    """The test above is not empty."""
    assert undocumented(source)


def test_schemathesis_is_loaded_only_by_its_own_process() -> None:
    """Neither the command nor `verify` imports it, so that its registries in the caller's process stay as they are."""
    code = (
        "import sys, hubspot_timeline.cli.app, hubspot_timeline_testing.contract; "
        "assert not {'schemathesis', 'hypothesis'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
