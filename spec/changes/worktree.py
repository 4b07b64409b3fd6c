"""What stands in the work tree beside the document."""

import tomllib
from pathlib import Path

from changes.errors import CannotCompareError
from changes.revisions import Revision
from changes.version import Versions


def content(path: Path) -> bytes:
    """Return a file; raise CannotCompareError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotCompareError(f"{path}: {error.strerror}: run `make client`, or restore it with git") from error


def versions(root: Path, base: Revision) -> Versions:
    """Return the versions of both states; raise CannotCompareError where one has none."""
    return Versions(
        old=_version(f"{base.name}:pyproject.toml", base.file("pyproject.toml")),
        new=_version("pyproject.toml", content(root / "pyproject.toml")),
        unreleased="(unreleased)" in content(root / "CHANGELOG.md").decode(errors="replace").partition("\n- ")[0],
    )


def _version(name: str, text: bytes) -> str:
    try:
        return str(tomllib.loads(text.decode())["project"]["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise CannotCompareError(f"{name}: has no version in [project]: {error!r}") from error
