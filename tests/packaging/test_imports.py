"""What importing a package loads, and that `__all__` of each package is complete; import-linter checks the layers."""

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hubspot_timeline_testing.openapi import packages
from tests.helpers.document import ROOT


def loaded_by(statement: str) -> set[str]:
    """Return the packages beyond the standard library that a statement loads in a new process."""
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return {name.partition(".")[0] for name in json.loads(process.stdout)} - set(sys.stdlib_module_names)


def test_the_library_loads_only_what_it_needs() -> None:
    """attrs, httpx, msgspec and what these load, and nothing of the command, the harness or the tests."""
    dependencies = loaded_by("import attrs, httpx, msgspec") | {"typing_extensions"}  # msgspec loads it where it can

    own = {"hubspot_timeline", "hubspot_timeline_api", "hubspot_app_events_api"}
    assert loaded_by("import hubspot_timeline") - dependencies == own


def test_the_layers_include_each_generated_package() -> None:
    """The table of documents and the contracts of import-linter change together."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [generated] = [each for each in linter["contracts"] if each["name"].startswith("Generated code")]
    assert set(generated["source_modules"]) == set(packages().values()) <= set(linter["root_packages"])


def public_packages() -> dict[str, Path]:
    """Return the `__init__.py` of each package that has an `__all__`, by the name of the package."""
    packages = {}
    for folder in (ROOT / "wrapper", ROOT / "harness"):
        for path in sorted(folder.rglob("__init__.py")):
            if "\n__all__ = [" in path.read_text(encoding="utf-8"):
                packages[".".join(path.parent.relative_to(folder).parts)] = path
    return packages


PACKAGES = public_packages()


def test_the_packages_that_users_import_have_public_names() -> None:
    """Otherwise the test below would pass without them."""
    harness = {
        f"hubspot_timeline_testing.{name}"
        for name in ("calibration", "conformance", "contract", "sandbox", "strategies")
    }

    assert {"hubspot_timeline", "hubspot_timeline.files", *harness} <= set(PACKAGES)


@pytest.mark.parametrize("name", PACKAGES)
def test_all_lists_the_imported_names_in_order(name: str) -> None:
    """Neither more nor less than the package imports from this project."""
    tree = ast.parse(PACKAGES[name].read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and "hubspot" in str(node.module)]
    package = importlib.import_module(name)

    assert package.__all__ == sorted(alias.name for node in imports for alias in node.names)
    assert all(hasattr(package, public_name) for public_name in package.__all__)
