"""The generated package, read without being run."""

from pathlib import Path

import griffe

from changes.client.constructors import Constructors
from changes.errors import CannotCompareError
from changes.naming import PACKAGE


def load(folder: Path, name: str) -> griffe.Module:
    """Return what is in the package in a folder; raise CannotCompareError where there is none, or no Python."""
    if not (folder / PACKAGE / "__init__.py").is_file():
        raise CannotCompareError(f"{name} has no generated/{PACKAGE}: run `make client` first")
    _check(folder / PACKAGE, name)
    try:
        loaded = griffe.load(
            PACKAGE, search_paths=[folder], allow_inspection=False, extensions=griffe.load_extensions(Constructors)
        )
    except (griffe.GriffeError, ImportError, SyntaxError) as error:
        raise CannotCompareError(f"griffe cannot read {PACKAGE} at {name}: {error}: run `make client`") from error
    if not isinstance(loaded, griffe.Module):
        raise CannotCompareError(f"{PACKAGE} at {name} is no package: run `make client`")
    return loaded


def _check(package: Path, name: str) -> None:
    """Read each file once more: griffe leaves out, with a line in its log, what is no Python."""
    for path in sorted(package.rglob("*.py")):
        try:
            compile(path.read_bytes(), path.name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OSError) as error:
            where = path.relative_to(package.parent)
            raise CannotCompareError(f"{where} at {name} is no Python: {error}: run `make client`") from error
