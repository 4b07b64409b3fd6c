"""The document with something changed, and a repository of its own to change it in."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from attrs import frozen

from changes.change import Change
from changes.comparing import compare
from tests.helpers.document import ROOT, document

_PARTS = ("Makefile", "pyproject.toml", "requirements.lock", "CHANGELOG.md", "spec", "generated")
DOCUMENT = "spec/timeline-v3.yaml"


def fresh() -> dict[str, Any]:
    """Return the document, to be changed; nothing in it is shared."""
    found: dict[str, Any] = json.loads(json.dumps(document()))
    return found


def changes(new: dict[str, Any], old: dict[str, Any] | None = None) -> list[Change]:
    """Return what changed from the document, or from another."""
    return compare(fresh() if old is None else old, new)


@frozen
class Ended:
    """How a program ended."""

    code: int
    out: str
    err: str


@frozen
class Scratch:
    """A repository with the document, its client and what makes it, as they stand in the work tree."""

    root: Path

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        (self.root / path).write_text(text, encoding="utf-8")

    def replace(self, old: str, new: str, path: str = DOCUMENT) -> None:
        """Put a text in the place of another, which is there once."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        self.write(path, text.replace(old, new))

    def git(self, *words: str) -> None:
        """Run git as nobody in particular."""
        who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
        subprocess.run(["git", "-C", self.root, *who, *words], env=_environment(), check=True, capture_output=True)  # noqa: S607

    def commit(self) -> None:
        """Make what is there the new HEAD."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A state")

    def make(self, *words: str) -> Ended:
        """Run make with the environment of this test; it must set up none of its own."""
        return self._run("make", "-o", ".venv/.dev", *words)

    def diff(self, *words: str) -> Ended:
        """Run the program that `make diff` runs."""
        return self._run(sys.executable, "-m", "changes", *words)

    def diff_json(self, *words: str) -> dict[str, Any]:
        """Return what it says as JSON."""
        found: dict[str, Any] = json.loads(self.diff("--format=json", *words).out)
        return found

    def _run(self, *words: str) -> Ended:
        done = subprocess.run(words, cwd=self.root, env=_environment(), capture_output=True, text=True, check=False)
        return Ended(done.returncode, done.stdout, done.stderr)


def scratch(folder: Path) -> Scratch:
    """Return a repository of one commit."""
    for part in _PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / part, folder / part)
    (folder / ".gitignore").write_text("__pycache__/\n", encoding="ascii")
    made = Scratch(folder)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit()
    return made


def _environment() -> dict[str, str]:
    """Return this test's environment without what git, make and the program would take for their own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "MAKE", "MFLAGS")) and name not in {"BASE", "FORMAT", "CLIENT"}
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path, "PYTHONPATH": "spec", "GIT_CONFIG_GLOBAL": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}
