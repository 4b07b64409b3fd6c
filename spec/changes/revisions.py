"""The comparison of the work tree with an earlier revision, which git extracts."""

import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

from attrs import evolve

from changes.change_kinds import Level
from changes.client_breakages import changed_files, find_breakages
from changes.compare_documents import compare_documents
from changes.document import CannotCompareError, load_document, read_table
from changes.formatting import code, pointer_text
from changes.report import Finding, Report

_STALE = "the client was generated from another document, so what it breaks is unknown: run `make client`"


def make_report(root: Path, base: str, names: list[str]) -> Report:
    """Compare documents, all for an empty list, with a revision; raise CannotCompareError if that is impossible."""
    table = selected(read_table(root), names)
    commit = _commit(root, base)
    findings: list[Finding] = []
    with tempfile.TemporaryDirectory() as folder:
        old_root = Path(folder)
        old_table = read_table(old_root) if _extract(root, commit, "pyproject.toml", old_root) else {}
        for name, package in table.items():
            document, client = f"spec/{name}.yaml", f"generated/{package}"
            if not _extract(root, commit, document, old_root) and name not in old_table:
                findings.append(Finding("compatible", "document-added", "is a new document", source=document))
                continue
            for path in (document, client):
                if not _extract(root, commit, path, old_root):
                    raise CannotCompareError(f"{base} has no {path}: name a later BASE")
            findings += _compare(root, old_root, base, document, client)
    for name in [] if names else sorted(old_table.keys() - table.keys()):
        text = "was removed: code that imports its client fails"
        findings.append(Finding("breaking", "document-removed", text, source=f"spec/{name}.yaml"))
    return Report([f"spec/{name}.yaml" for name in table], base, commit, findings)


def selected(table: dict[str, str], names: list[str]) -> dict[str, str]:
    """Return the rows of the table with these names, all for an empty list; raise CannotCompareError for another."""
    if unknown := sorted(set(names) - table.keys()):
        raise CannotCompareError(f"pyproject.toml lists no document {unknown[0]}, but {', '.join(sorted(table))}")
    return {name: package for name, package in table.items() if name in names or not names}


def _compare(root: Path, old_root: Path, base: str, document: str, client: str) -> list[Finding]:
    """Return what differs in a document and in its client."""
    old = load_document(f"{base}:{document}", (old_root / document).read_bytes())
    new = load_document(document, read(root / document))
    changes = compare_documents(old.data, new.data)
    explained = any(change.level > Level.NOTE for change in changes)
    clients = (old_root / client, root / client)
    findings = find_breakages(*clients, base, (old.data, new.data), with_types=not explained)
    if not (changes or findings):
        for name in changed_files(*clients):
            text = f"{code(name)} differs although the document does not"
            findings.append(Finding("compatible", "client-file-changed", text))
    copy = read(root / client / f"{Path(document).stem}.json").decode(errors="replace")
    if copy != f"{json.dumps(new.data, ensure_ascii=False, indent=1)}\n":
        findings.insert(0, Finding("warning", "client-stale", _STALE))
    findings = [evolve(finding, source=Path(client).name) for finding in findings]
    for change in changes:
        level, pointer, use = change.level.name.lower(), change.place.pointer, sorted(change.place.use)
        place = (new.line(pointer), pointer_text(pointer), use, change.place.operations)
        findings.append(Finding(level, change.kind, change.text, *place, source=document))
    return findings


def read(path: Path) -> bytes:
    """Return a file of the work tree; raise CannotCompareError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotCompareError(f"{path}: {error.strerror}: run `make client`, or restore it with git") from error


def _commit(root: Path, name: str) -> str:
    _git(root, "rev-parse", "--git-dir", error=f"{root} is not a git repository: clone the project with git")
    unknown = f"git has no revision {name!r}: see `git log`; a shallow clone has to fetch it"
    return _git(root, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}", error=unknown).decode().strip()


def _extract(root: Path, commit: str, path: str, folder: Path) -> bool:
    """Write a file or folder of a revision into a folder; return whether the revision has it."""
    try:
        archive = _git(root, "archive", commit, "--", path, error="missing")
    except CannotCompareError:
        return False
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    return True


def _git(root: Path, *command: str, error: str) -> bytes:
    try:
        return subprocess.run(["git", "-C", root, *command], capture_output=True, check=True).stdout  # noqa: S603, S607
    except subprocess.CalledProcessError as failure:
        raise CannotCompareError(error) from failure
    except (OSError, ValueError) as failure:
        raise CannotCompareError(f"git cannot be run: {failure}") from failure
