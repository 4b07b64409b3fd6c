"""What a run has found: responses, findings and errors. The child process writes it, the parent reads it."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import attrs
from attrs import define, field

from hubspot_timeline_testing.contract.suppressions import INCONCLUSIVE

SCENARIO = "scenario"
"""The name of the scenario among the phases."""

_FILE = "results.json"
_LONG_TAIL = 5
"""So many inconclusive responses in a row at the end of a phase leave the operation unverified."""


@define
class OperationResult:
    """The responses of an operation to requests with the token.

    `statuses_by_phase`: by phase, the statuses in their order. `coverage`: by what a request violates, how many
    responses had which status; a keyword of the schema, or "nothing", see `violations.py`.
    """

    operation: str
    statuses_by_phase: dict[str, list[int]] = field(factory=dict)
    coverage: dict[str, dict[str, int]] = field(factory=dict)
    unanswered: int = 0

    def add_response(self, status: int, phase: str, violated: str) -> None:
        """Count a response."""
        self.statuses_by_phase.setdefault(phase, []).append(status)
        counts = self.coverage.setdefault(violated, {})
        counts[str(status)] = counts.get(str(status), 0) + 1  # keys of JSON are texts

    @property
    def statuses(self) -> Counter[int]:
        """How many responses had which status."""
        return Counter(status for statuses in self.statuses_by_phase.values() for status in statuses)

    @property
    def requests(self) -> int:
        """How many requests with the token were sent."""
        return self.statuses.total() + self.unanswered

    @property
    def accepted(self) -> int:
        """How many requests succeeded."""
        return sum(count for status, count in self.statuses.items() if 200 <= status < 300)

    @property
    def problem(self) -> str | None:
        """Why the operation could not be verified, or None."""
        statuses = self.statuses
        if not statuses:
            return "no request got a response" if self.unanswered else "no request was sent"
        if not statuses.keys() - INCONCLUSIVE:
            return f"all responses were {_joined(statuses)}"
        if not self.accepted:
            return f"no request succeeded; all responses were {_joined(statuses)}"
        for phase, in_phase in self.statuses_by_phase.items():
            if _is_mostly_inconclusive(in_phase):
                return f"too many responses of the {phase} phase were {_joined(INCONCLUSIVE & set(in_phase))}"
        return "the token was accepted, and later rejected with 401; has it expired?" if statuses[401] else None


def _is_mostly_inconclusive(statuses: list[int]) -> bool:
    inconclusive = [status in INCONCLUSIVE for status in statuses]
    is_tail = len(statuses) >= _LONG_TAIL and all(inconclusive[-_LONG_TAIL:])
    return is_tail or sum(inconclusive) * 2 > len(statuses)


def _joined(statuses: Iterable[int]) -> str:
    return ", ".join(str(status) for status in sorted(statuses))


@define
class Finding:
    """One failed rule; equal findings are merged, and the shortest request is kept.

    `check`: the check that failed. `operations`: where it failed. `count`: how often. `deviation`: the value of --allow
    that accepts it, if one does. `curl`: a command that repeats the request, without the token. `fingerprint`: the line
    of a baseline that makes it a known failure; others of the same rule have the same.
    """

    check: str
    operations: list[str]
    message: str
    status: int | None = None
    curl: str = ""
    deviation: str | None = None
    fingerprint: str = ""
    count: int = 1


@define
class RunResults:
    """All that a run has found.

    `allowed`: how many failures each known deviation covered. `errors`: problems of the run itself. `statuses`: those
    of all responses, each once. `has_response`: whether the server has sent at least the beginning of a response.
    `stop_reason`: the reason of Schemathesis. `inconclusive_in_a_row`: how many of the last responses.
    """

    operations: dict[str, OperationResult]
    findings: list[Finding] = field(factory=list)
    allowed: dict[str, int] = field(factory=dict)
    errors: list[str] = field(factory=list)
    network_errors: list[str] = field(factory=list)
    statuses: list[int] = field(factory=list)
    has_response: bool = False
    stop_reason: str = ""
    inconclusive_in_a_row: int = 0
    _findings_by_key: dict[tuple[object, ...], Finding] = field(factory=dict)

    @classmethod
    def empty(cls, operations: Iterable[str]) -> "RunResults":
        """Return results without a response."""
        return cls({name: OperationResult(name) for name in operations})

    @property
    def is_in_vain(self) -> bool:
        """Whether there was no response, or none that was about the content of its request."""
        return not self.has_response or (bool(self.statuses) and INCONCLUSIVE.issuperset(self.statuses))

    def add_finding(self, key: tuple[object, ...], finding: Finding) -> None:
        """Add a finding, or merge it with the one of the same check and key."""
        first = self._findings_by_key.setdefault((finding.check, *key), finding)
        if first is finding:
            self.findings.append(finding)
            return
        first.count += 1
        first.operations = list(dict.fromkeys((*first.operations, *finding.operations)))
        if len(finding.curl) < len(first.curl):
            first.message, first.status, first.curl = finding.message, finding.status, finding.curl

    def write(self, folder: Path) -> None:
        """Write the results into the folder of a run, whole or not at all."""
        values = attrs.asdict(self, filter=lambda attribute, _: not attribute.name.startswith("_"))
        unfinished = folder / f"{_FILE}.unfinished"
        unfinished.write_text(json.dumps(values), encoding="utf-8")
        unfinished.replace(folder / _FILE)


def read_results(folder: Path) -> RunResults | None:
    """Return the results in the folder of a run, or None if there are none."""
    try:
        values = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    values["operations"] = {name: OperationResult(**each) for name, each in values["operations"].items()}
    values["findings"] = [Finding(**each) for each in values["findings"]]
    return RunResults(**values)
