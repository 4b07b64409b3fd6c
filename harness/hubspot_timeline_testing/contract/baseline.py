"""A baseline: a file with the fingerprints of known failures, one a line; a line that begins with `#` is a comment."""

from collections.abc import Iterable
from pathlib import Path

from attrs import evolve, frozen

from hubspot_timeline_testing.contract.documents import contract_operations, is_api
from hubspot_timeline_testing.contract.settings import ContractUsageError

ANY_OPERATION = "*"
"""The operation in the fingerprint of a failure that is about all of them."""


def fingerprint(api: str, operation: str, check: str, status: int | None, rule: str) -> str:
    """Return what identifies a failure in each run: nothing of it is random, or a text of the server."""
    return " ".join(filter(None, (api, operation, check, str(status or ""), " ".join(rule.split()))))


def is_about(line: str, api: str, operations: Iterable[str]) -> bool:
    """Return whether a fingerprint is one of an API, and of one of these operations."""
    version, operation, *_ = line.split(" ")
    return version == api and operation in (ANY_OPERATION, *operations)


@frozen
class Baseline:
    """The lines of the file at `path`, without line ends."""

    path: Path
    lines: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path, *, may_be_missing: bool = False) -> "Baseline":
        """Return the baseline in a file. Raises ContractUsageError for a file or a line that is not one."""
        if may_be_missing and not path.exists():
            return cls(path)
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise ContractUsageError(
                f"the baseline {path} cannot be read: {error.strerror}; --update-baseline writes it"
            ) from error
        except UnicodeError as error:
            raise ContractUsageError(f"the baseline {path} is not a text in UTF-8") from error
        lines = [line.strip() for line in lines]
        for number, line in enumerate(lines, 1):
            if _is_fingerprint(line) and not _is_known(line):
                raise ContractUsageError(
                    f"{path}:{number}: {line[:80]!r} is not a failure; write API, operation and check, such as "
                    "'v3 create_event status_code_conformance 202', or # before a comment"
                )
        return cls(path, tuple(lines))

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The fingerprints of the known failures."""
        return tuple(filter(_is_fingerprint, self.lines))

    def updated(self, *, new: Iterable[str], gone: Iterable[str]) -> "Baseline":
        """Return it with new failures at its end and without those that are gone; comments stay."""
        kept = [line for line in self.lines if line not in set(gone)]
        return evolve(self, lines=(*kept, *sorted(set(new) - set(kept))))

    def write(self) -> None:
        """Write the file. Raises ContractUsageError if it cannot be written."""
        try:
            self.path.write_text("".join(f"{line}\n" for line in self.lines), encoding="utf-8")
        except OSError as error:
            raise ContractUsageError(f"the baseline {self.path} cannot be written: {error.strerror}") from error


def _is_fingerprint(line: str) -> bool:
    return bool(line) and not line.startswith("#")


def _is_known(line: str) -> bool:
    api, operation, check, *_ = [*line.split(" "), "", "", ""]
    return is_api(api) and bool(check) and operation in (ANY_OPERATION, *contract_operations(api))
