"""Changed copies of the document, and a scratch repository to change it in."""

import copy
import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from attrs import frozen

from changes.cli import main
from changes.compare import Change
from changes.compare_documents import compare_documents
from tests.helpers.document import ROOT, document

_PARTS = ("Makefile", "pyproject.toml", "requirements.lock", "spec", "generated")
DOCUMENT = "spec/timeline-v3.yaml"
REMOVED: Any = type("Removed", (), {"__repr__": lambda _: "removed"})()


def fresh() -> dict[str, Any]:
    """Return a copy of the document that shares nothing with it."""
    result: dict[str, Any] = json.loads(json.dumps(document()))
    return result


def patched(*patches: tuple[str, Any]) -> dict[str, Any]:
    """Return the document with a value put at each path of keys, which blanks separate; `-` appends to a list."""
    result = fresh()
    for path, value in patches:
        *parents, last = path.split(" ")
        parent: Any = result
        for key in parents:
            parent = parent[int(key) if isinstance(parent, list) else key]
        if value is REMOVED:
            del parent[int(last) if isinstance(parent, list) else last]
        elif isinstance(parent, list):
            parent.append(copy.deepcopy(value))
        else:
            parent[last] = copy.deepcopy(value)
    return result


def changes(new: dict[str, Any], old: dict[str, Any] | None = None) -> list[Change]:
    """Return what changed from the document, or from another."""
    return compare_documents(fresh() if old is None else old, new)


@frozen
class Completed:
    """A process that ended."""

    code: int
    out: str
    err: str


@frozen
class Scratch:
    """A repository with the document, its client and what generates it, as they are in the work tree."""

    root: Path

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        (self.root / path).write_text(text, encoding="utf-8")

    def replace(self, old: str, new: str, path: str = DOCUMENT) -> None:
        """Replace a text that occurs once."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
        self.write(path, text.replace(old, new))

    def git(self, *command: str) -> None:
        """Run git with a made-up author."""
        author = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
        command = ("git", "-C", str(self.root), *author, *command)
        subprocess.run(command, env=_environment(), check=True, capture_output=True)

    def commit(self) -> None:
        """Commit everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A state")

    def make(self, *arguments: str) -> Completed:
        """Run make in the environment of this test, without setting up another."""
        return self.run("make", "-o", ".venv/.dev", *arguments)

    def diff(self, *arguments: str) -> Completed:
        """Run the program behind `make diff` in this process, which is faster."""
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            code = main(list(arguments), self.root)
        return Completed(code, out.getvalue(), err.getvalue())

    def diff_process(self, *arguments: str) -> Completed:
        """Run the program behind `make diff` in a process of its own."""
        return self.run(sys.executable, "-m", "changes", *arguments)

    def run(self, *command: str) -> Completed:
        """Run a program in the repository."""
        process = subprocess.run(
            command, cwd=self.root, env=_environment(), capture_output=True, text=True, check=False
        )
        return Completed(process.returncode, process.stdout, process.stderr)


def scratch(folder: Path) -> Scratch:
    """Return a repository with one commit."""
    for part in _PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / part, folder / part)
    (folder / ".gitignore").write_text("__pycache__/\n", encoding="ascii")
    repository = Scratch(folder)
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.commit()
    return repository


def _environment() -> dict[str, str]:
    """Return the environment of this test without variables that git, make and the program read."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "MAKE", "MFLAGS"))
        and name not in {"BASE", "FORMAT", "OUTPUT", "DOCUMENT", "FILE", "URL"}
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": path, "PYTHONPATH": "spec", "GIT_CONFIG_GLOBAL": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"}
