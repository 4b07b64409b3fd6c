"""The report of a contract run."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from attrs import evolve, frozen

from hubspot_timeline_testing.contract.baseline import is_about
from hubspot_timeline_testing.contract.results import Finding, OperationResult
from hubspot_timeline_testing.contract.settings import ContractSettings


class Verdict(StrEnum):
    """How a run ended."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNVERIFIED = "unverified"
    INTERRUPTED = "interrupted"


@frozen(kw_only=True)
class ContractReport:
    """The result of a contract run; true if the contract holds, a text for people as str().

    `all_findings`: the failures. `problems`: why something could not be verified. `allowed`: how many failures each
    known deviation covered.
    """

    settings: ContractSettings
    operations: tuple[OperationResult, ...]
    all_findings: tuple[Finding, ...]
    problems: tuple[str, ...]
    allowed: Mapping[str, int]
    interrupted: bool

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The failures that are not in the baseline."""
        return tuple(each for each in self.all_findings if each.fingerprint not in self.settings.baseline)

    @property
    def known(self) -> tuple[str, ...]:
        """The fingerprints in the baseline whose failures appeared."""
        seen = {finding.fingerprint for finding in self.all_findings}
        return tuple(name for name in self.settings.baseline if name in seen)

    @property
    def verdict(self) -> Verdict:
        """How the run ended; a failure outweighs what could not be verified."""
        if self.interrupted:
            return Verdict.INTERRUPTED
        if self.findings:
            return Verdict.BROKEN
        return Verdict.UNVERIFIED if self.problems else Verdict.HOLDS

    @property
    def gone(self) -> tuple[str, ...]:
        """The fingerprints in the baseline whose failures did not appear, although all else could be verified."""
        settings = self.settings
        if self.problems or self.interrupted:
            return ()
        hidden = {*self.known, *(each for each in settings.baseline if each.split()[-1] in settings.allow)}
        about = (settings.api, settings.operations)
        return tuple(each for each in settings.baseline if is_about(each, *about) and each not in hidden)

    def with_baseline(self, names: Iterable[str]) -> "ContractReport":
        """Return the report with another baseline, as fingerprints."""
        return evolve(self, settings=evolve(self.settings, baseline=names))

    @property
    def requests(self) -> int:
        """How many requests were sent with the token."""
        return sum(result.requests for result in self.operations)

    def __bool__(self) -> bool:
        return self.verdict is Verdict.HOLDS

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def _lines(report: ContractReport) -> Iterator[str]:
    for number, finding in enumerate(report.findings, 1):
        others = f", also {', '.join(finding.operations[1:])}" if len(finding.operations) > 1 else ""
        yield f"{number}. {finding.message} ({finding.check}, {_counted(finding.count, 'time')}{others})"
        if finding.curl:
            yield f"   {finding.curl}"
    if deviations := [finding.deviation for finding in report.findings if finding.deviation]:
        share = f"{len(deviations):,} of {_counted(len(report.findings), 'failure')}"
        yield f"Known deviations: {share}; to accept them: --allow {','.join(sorted(set(deviations)))}"
    for name in report.known:
        yield f"Known: {name}"
    for name in report.gone:
        yield f"Known, and no longer found: {name}; --update-baseline removes it"
    for problem in report.problems:
        yield f"Not verified: {problem}{_advice(problem, report.settings)}"
    for deviation, count in report.allowed.items():
        yield f"Allowed by {deviation}: {count:,}"
    counts = {"failure": len(report.findings), "request": report.requests, "operation": len(report.operations)}
    parts = [_counted(number, noun) for noun, number in counts.items()]
    if report.known:
        parts.insert(1, f"{len(report.known):,} known")
    yield f"Contract {report.verdict}: {', '.join(parts)}, API {report.settings.api}, seed {report.settings.seed}."


def _advice(problem: str, settings: ContractSettings) -> str:
    if not problem.startswith("resolve_event_type: no request succeeded"):
        return ""
    return (
        f". Name an event type that the server has by --event-type and --project, not {settings.event_type} of "
        f"{settings.project}; the sandbox takes them from --event-types"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
