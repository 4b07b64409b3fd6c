"""The comparison of the work tree with an earlier revision, which git extracts."""

import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

from changes.change_kinds import Level
from changes.client_breakages import changed_files, find_breakages
from changes.compare_documents import compare_documents
from changes.document import CannotCompareError, load_document
from changes.formatting import code, pointer_text
from changes.report import Finding, Report

_STALE = "the client was generated from another document, so what it breaks is unknown: run `make client`"


def make_report(root: Path, base: str, document: str, client: str) -> Report:
    """Compare the work tree with a revision; raise CannotCompareError if that is impossible."""
    with tempfile.TemporaryDirectory() as folder:
        old_root = Path(folder)
        commit = _extract_revision(root, base, [document, client], old_root)
        old = load_document(f"{base}:{document}", (old_root / document).read_bytes())
        new = load_document(document, _read(root / document))
        changes = compare_documents(old.data, new.data)
        explained = any(change.level > Level.NOTE for change in changes)
        clients = (old_root / client, root / client)
        findings = find_breakages(*clients, base, (old.data, new.data), with_types=not explained)
        files = [] if changes or findings else changed_files(*clients)
    for change in changes:
        level, pointer, use = change.level.name.lower(), change.place.pointer, sorted(change.place.use)
        line, operations = new.line(pointer), change.place.operations
        findings.append(Finding(level, change.kind, change.text, line, pointer_text(pointer), use, operations))
    for name in files:
        text = f"{code(name)} differs although the document does not"
        findings.append(Finding("compatible", "client-file-changed", text))
    copy = _read(root / client / f"{Path(document).stem}.json").decode(errors="replace")
    if copy != f"{json.dumps(new.data, ensure_ascii=False, indent=1)}\n":
        findings.insert(0, Finding("warning", "client-stale", _STALE))
    return Report(document, base, commit, findings)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotCompareError(f"{path}: {error.strerror}: run `make client`, or restore it with git") from error


def _extract_revision(root: Path, name: str, paths: list[str], folder: Path) -> str:
    """Write files and folders of a revision into a folder, and return the commit; the repository stays as it is."""
    _git(root, "rev-parse", "--git-dir", error=f"{root} is not a git repository: clone the project with git")
    unknown = f"git has no revision {name!r}: see `git log`; a shallow clone has to fetch it"
    verified = _git(root, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}", error=unknown)
    commit = verified.decode().strip()
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
