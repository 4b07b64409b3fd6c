"""The report: the changes of the document, what breaks in the client, and the result."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from changes.client_breakages import changed_files, find_breakages
from changes.compare_documents import compare_documents
from changes.document import load_document
from changes.errors import CannotCompareError, Exit
from changes.formatting import code
from changes.references import pointer_text
from changes.revisions import extract_revision

_STALE = "the client was generated from another document, so what it breaks is unknown: run `make client`"


@frozen
class Finding:
    """Something that callers may notice; `pointer` and `line` are those of the document, if it is a change there."""

    level: str
    kind: str
    text: str
    line: int | None = None
    pointer: str | None = None
    used_in: Sequence[str] | None = None
    operations: tuple[str, ...] | None = None


@frozen
class Report:
    """Everything that differs between a revision and the work tree."""

    document: str
    base: str
    commit: str
    findings: list[Finding]

    @property
    def exit(self) -> Exit:
        """The exit code."""
        levels = {finding.level for finding in self.findings} - {"warning"}
        return Exit.BREAKING if "breaking" in levels else Exit.COMPATIBLE if levels else Exit.SAME

    @property
    def result(self) -> str:
        """The exit code with its meaning."""
        doubt = "".join(f" ({each.text})" for each in self.findings if each.level == "warning")
        return f"exit {int(self.exit)}: {self.exit.name.lower()}{doubt}"


def make_report(root: Path, base: str, document: str, client: str) -> Report:
    """Compare the work tree with a revision; raise CannotCompareError if that is impossible."""
    with tempfile.TemporaryDirectory() as folder:
        old_root = Path(folder)
        commit = extract_revision(root, base, [document, client], old_root)
        old = load_document(f"{base}:{document}", (old_root / document).read_bytes())
        new = load_document(document, _read(root / document))
        changes = compare_documents(old.data, new.data)
        breakages = find_breakages(old_root / client, root / client, base, changes, (old.data, new.data))
        files = [] if changes or breakages else changed_files(old_root / client, root / client)
    findings = [Finding("breaking", f"client-{each.kind}", each.text) for each in breakages]
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
