"""Files of an earlier revision, extracted from git."""

import io
import subprocess
import tarfile
from pathlib import Path

from changes.errors import CannotCompareError


def extract_revision(root: Path, name: str, paths: list[str], folder: Path) -> str:
    """Write files and folders of a revision into a folder, and return the commit; the repository stays as it is."""
    _git(root, "rev-parse", "--git-dir", error=f"{root} is not a git repository: clone the project with git")
    unknown = f"git has no revision {name!r}: see `git log`; a shallow clone has to fetch it"
    commit = (
        _git(root, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}", error=unknown).decode().strip()
    )
    for path in paths:
        archive = _git(root, "archive", commit, "--", path, error=f"{name} has no {path}: name a later BASE")
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
    return commit


def _git(root: Path, *command: str, error: str) -> bytes:
    try:
        return subprocess.run(["git", "-C", root, *command], capture_output=True, check=True).stdout  # noqa: S603, S607
    except subprocess.CalledProcessError as failure:
        raise CannotCompareError(error) from failure
    except (OSError, ValueError) as failure:
        raise CannotCompareError(f"git cannot be run: {failure}") from failure
