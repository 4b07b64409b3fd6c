"""Imports point one way: each room may know the rooms below it and no others."""

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hubspot_timeline
from document import ROOT

WRAPPER = ROOT / "wrapper/hubspot_timeline"

# From the bottom to the top; a module may import those in lines above its own, and of its own room.
LAYERS = (
    ("errors", "document"),
    ("moments",),
    ("tokens",),
    ("events", "auth"),
    ("wire",),
    ("checks",),
    ("outcomes", "batching", "answers", "policy"),
    ("reconciling", "intake"),
    ("delivery",),
    ("transport",),
    ("base",),
    ("client", "async_client"),
    ("__init__",),
    ("files", "testing"),
    ("sandbox",),
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
    for path in (WRAPPER / "sandbox").rglob("*.py"):
        for module in imported(path):
            assert not module.startswith("hubspot_timeline.") or module.startswith("hubspot_timeline.sandbox")


def test_generated_code_never_imports_the_wrapper() -> None:
    """It could not be regenerated or used alone otherwise."""
    for path in (ROOT / "generated").rglob("*.py"):
        assert not [module for module in imported(path) if module.split(".")[0] == "hubspot_timeline"]


def loaded_by(package: str) -> set[str]:
    code = f"import json, sys, {package}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return {name.split(".")[0] for name in json.loads(done.stdout)} - set(sys.stdlib_module_names)


def test_importing_the_library_brings_only_what_the_core_needs() -> None:
    """Beyond what httpx brings there is attrs, and nothing of the command, the sandbox or the tests."""
    assert loaded_by("hubspot_timeline") - loaded_by("httpx") == {
        "attr",
        "attrs",
        "hubspot_timeline",
        "hubspot_timeline_api",
    }


def test_all_is_complete() -> None:
    """Every public name of the package is in __all__, in order, and nothing else is."""
    public = {
        name
        for name, value in vars(hubspot_timeline).items()
        if not name.startswith("_") and not isinstance(value, type(ast))
    }

    assert hubspot_timeline.__all__ == sorted(public)


@pytest.mark.parametrize("name", ["files", "sandbox"])
def test_all_of_the_subpackages_is_complete(name: str) -> None:
    """The same for what one imports from them."""
    package = importlib.import_module(f"hubspot_timeline.{name}")
    public = {
        key for key, value in vars(package).items() if not key.startswith("_") and not isinstance(value, type(ast))
    }

    assert package.__all__ == sorted(public)
