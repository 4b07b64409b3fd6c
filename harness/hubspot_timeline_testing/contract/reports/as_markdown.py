"""A report as Markdown, for a comment on a pull request or the summary of a job."""

import re
from collections.abc import Iterator

from hubspot_timeline_testing.contract.report import ContractReport, Failure, Verdict
from hubspot_timeline_testing.contract.reports.details import facts, shortened
from hubspot_timeline_testing.contract.redaction import counted

_WORDS = {
    Verdict.HOLDS: "holds",
    Verdict.BROKEN: "is broken",
    Verdict.UNVERIFIED: "could not be verified",
    Verdict.INTERRUPTED: "was not verified to the end: interrupted",
}
_MOST = 50
"""How many failures are told in full; a comment on a pull request has 65,536 characters."""

_LONGEST = 60_000


def as_markdown(report: ContractReport) -> str:
    """Return the report as Markdown. What a server said stands in code only, where no mark-up has a meaning."""
    text = "\n".join(_lines(report, report.failures[:_MOST])) + "\n"
    if len(text) <= _LONGEST:
        return text
    return "\n".join(_lines(report, report.failures[:_MOST], is_brief=True))[:_LONGEST] + "\n"


def _lines(report: ContractReport, failures: tuple[Failure, ...], *, is_brief: bool = False) -> Iterator[str]:
    yield from (f"### The contract {_WORDS[report.verdict]}", "")
    sent = f"{counted(report.requests, 'request')} to {_code(report.url)} in {report.seconds:.1f} s"
    yield f"{sent}, seed {report.settings.seed}."
    yield from ("", *(f"- {_code(problem)}" for problem in report.problems))
    yield from ("", "| operation | requests | accepted | failures |", "|---|---:|---:|---:|")
    for tally in report.operations:
        yield f"| {tally.operation} | {tally.requests:,} | {tally.accepted:,} | {sum(tally.failed.values()):,} |"
    for number, failure in enumerate(failures, 1):
        yield from ("", f"{number}. {_code(failure.message)}", *(() if is_brief else _told(failure)))
    if len(report.failures) > len(failures):
        yield from ("", f"… and {len(report.failures) - len(failures):,} more; the JSON report has all.")


def _told(failure: Failure) -> Iterator[str]:
    yield from ("", f"<details><summary>{failure.check}</summary>", "")
    yield from _fenced("text", "\n".join(facts(failure)))
    for line in failure.earlier:
        yield from ("", "After:", "", *_fenced("sh", shortened(line)))
    yield from ("", *_fenced("sh", shortened(failure.curl)), "")
    yield from (*_fenced("python", shortened(failure.python).rstrip("\n")), "", "</details>")


def _code(text: str) -> str:
    ticks = "`" * (_longest_run(text) + 1)
    return f"{ticks} {text} {ticks}" if "`" in text else f"`{text}`"


def _fenced(language: str, text: str) -> Iterator[str]:
    ticks = "`" * max(3, _longest_run(text) + 1)
    yield from (f"{ticks}{language}", text, ticks)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
