"""The report: the findings in the document and in the client, and the result."""

from collections.abc import Sequence
from enum import IntEnum

from attrs import frozen


class Exit(IntEnum):
    """The exit codes; from 3 on, nothing was compared."""

    SAME = 0
    BREAKING = 1
    COMPATIBLE = 2
    FAILED = 3
    INTERNAL_ERROR = 4
    INTERRUPTED = 130


@frozen
class Finding:
    """Something that callers may notice; `source` is a document, with `pointer` and `line`, or a package."""

    level: str
    kind: str
    text: str
    line: int | None = None
    pointer: str | None = None
    used_in: Sequence[str] | None = None
    operations: tuple[str, ...] | None = None
    source: str = ""


@frozen
class Report:
    """Everything that differs between a revision, or a document of the vendor, and the work tree."""

    documents: Sequence[str]
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
