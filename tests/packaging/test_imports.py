"""Imports point one way: each room may know the rooms below it and no others."""

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.document import ROOT

WRAPPER = ROOT / "wrapper/hubspot_timeline"
HARNESS = ROOT / "harness/hubspot_timeline_testing"

# From the bottom to the top; a module may import those in lines above its own, and of its own room.
LAYERS = (
    ("errors", "document", "callbacks", "workers", "token_kinds"),
    ("codec",),
    ("moments",),
    ("tokens",),
    ("events", "auth", "app_id"),
    ("oauth",),
    ("credentials",),
    ("wire",),
    ("checks",),
    ("template_tokens", "template_rules"),
    ("answers",),
    ("outcomes", "batching", "policy", "pacing"),
    ("reconciling", "entries", "plain", "drawn"),
    ("delivery", "journal"),
    ("intake", "calls"),
    ("responses", "progress", "running", "forks"),
    ("transport",),
    ("base", "threads", "coroutines"),
    ("queues", "words"),
    ("client", "async_client"),
    ("__init__",),
    ("files", "testing"),
    ("contract",),
    ("sandbox",),
    ("pytest_plugin",),
    ("cli",),
    ("__main__",),
)


def room(path: Path) -> str:
    return path.relative_to(WRAPPER).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield "." * node.level + str(node.module)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def allowed(name: str) -> set[str]:
    """Return the rooms that a room may import: all below it, itself where it is a folder."""
    [level] = [number for number, layer in enumerate(LAYERS) if name in layer]
    below = {other for layer in LAYERS[:level] for other in layer}
    return below | ({name} if (WRAPPER / name).is_dir() else set())


@pytest.mark.parametrize("path", sorted(WRAPPER.rglob("*.py")), ids=lambda path: str(path.relative_to(WRAPPER)))
def test_each_module_imports_only_what_lies_below(path: Path) -> None:
    """The modules client and async_client lie side by side; the core knows nothing of files, sandbox and command."""
    for module in imported(path):
        assert not module.startswith("."), f"{path.name} imports relatively"
        first, _, rest = module.partition(".")
        if first == "hubspot_timeline":
            other = rest.split(".")[0] or "__init__"
            assert other in allowed(room(path)), f"{path.name} imports {module}"


def test_the_sandbox_is_independent_of_what_it_tests() -> None:
    """It knows the document, not the wrapper; an error in the wrapper must not be repeated in it."""
    for path in (HARNESS / "sandbox").rglob("*.py"):
        for module in imported(path):
            assert (
                module in {"hubspot_timeline_testing.openapi", "hubspot_timeline_testing.openapi.validators"}
                or not module.startswith("hubspot_timeline.")
                or (module.startswith("hubspot_timeline_testing.sandbox"))
            )


def test_the_contract_is_independent_of_what_it_tests() -> None:
    """It knows the document; neither the wrapper nor the sandbox, which it is run against, may colour its judgement."""
    for path in (HARNESS / "contract").rglob("*.py"):
        for module in imported(path):
            assert not module.startswith("hubspot_timeline.") or module.split(".")[1] in ("contract", "document")


def test_generated_code_never_imports_the_wrapper() -> None:
    """It could not be regenerated or used alone otherwise."""
    for path in (ROOT / "generated").rglob("*.py"):
        assert not [module for module in imported(path) if module.split(".")[0] == "hubspot_timeline"]


def loaded_by(statement: str) -> set[str]:
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return {name.split(".")[0] for name in json.loads(done.stdout)} - set(sys.stdlib_module_names)


def test_the_library_brings_only_what_the_core_needs() -> None:
    """Beyond what httpx brings there is attrs, and nothing of the command, the sandbox or the tests.

    What makes it faster is installed here, and is used where it is.
    """
    faster = {"msgspec", "orjson", "typing_extensions"}  # the last is asked for by msgspec
    own = {"attr", "attrs", "hubspot_timeline", "hubspot_timeline_api"} | faster

    assert loaded_by("from hubspot_timeline import *") - loaded_by("import httpx") == own


def test_importing_the_package_loads_nothing_yet() -> None:
    """Names are loaded when they are first asked for."""
    assert loaded_by("import hubspot_timeline") - loaded_by("") == {"hubspot_timeline"}


def own_names(package: str) -> set[str]:
    """Return what a package imports from this project, for type checkers or at once."""
    path = next(
        path
        for folder in ("wrapper", "harness")
        if (path := ROOT / folder / package.replace(".", "/") / "__init__.py").exists()
    )
    imports = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)
    ]
    return {alias.name for node in imports if "hubspot" in str(node.module) for alias in node.names}


@pytest.mark.parametrize("room", ["", ".files", "_testing.contract", "_testing.sandbox", "_testing.strategies"])
def test_all_is_complete(room: str) -> None:
    """What type checkers see, what can be asked for and __all__ are the same names, in order."""
    package = importlib.import_module(f"hubspot_timeline{room}")

    assert package.__all__ == sorted(own_names(package.__name__))
    assert all(getattr(package, name) for name in package.__all__)
    assert not hasattr(package, "Batcher")
