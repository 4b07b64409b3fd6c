"""What git kept of an earlier state."""

import io
import subprocess
import tarfile
from pathlib import Path

from attrs import frozen

from changes.errors import CannotCompareError


@frozen
class Revision:
    """A commit of a repository; `name` is what it was asked for by."""

    root: Path
    name: str
    commit: str

    def file(self, path: str) -> bytes:
        """Return a file as it was; raise CannotCompareError where there was none."""
        done = _git(self.root, "show", f"{self.commit}:./{path}")
        if done.returncode:
            raise CannotCompareError(f"{self.name} has no {path}: name a later BASE")
        return done.stdout

    def unpack(self, path: str, into: Path) -> None:
        """Write a folder as it was into another; raise CannotCompareError where there was none."""
        done = _git(self.root, "archive", "--format=tar", self.commit, "--", path)
        if done.returncode:
            raise CannotCompareError(f"{self.name} has no {path}: name a later BASE")
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(into, filter="data")


def revision(root: Path, name: str) -> Revision:
    """Return the commit that a name means; raise CannotCompareError where there is no such, or no repository."""
    if _git(root, "rev-parse", "--git-dir").returncode:
        raise CannotCompareError(f"{root} is no git repository, so there is nothing to compare with: clone it with git")
    done = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if done.returncode:
        raise CannotCompareError(f"git knows no revision {name!r}: see `git log`; a shallow clone has to fetch it")
    return Revision(root, name, done.stdout.decode().strip())


def holding(root: Path, text: str) -> list[str]:
    """Return the names of the files that git knows and that hold a text in the work tree; no binary ones."""
    done = _git(root, "grep", "-I", "-z", "--name-only", "--fixed-strings", "-e", text)
    return [name for name in done.stdout.decode(errors="surrogateescape").split("\0") if name]


def _git(root: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", root, *words], capture_output=True, check=False)  # noqa: S603, S607
    except (OSError, ValueError) as error:
        raise CannotCompareError(f"git cannot be run: {error}") from error
