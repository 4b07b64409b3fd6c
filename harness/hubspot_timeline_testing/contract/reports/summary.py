"""A report for a terminal of 80 columns, without colour."""

import textwrap
from collections.abc import Iterable, Iterator

from hubspot_timeline_testing.contract.report import ContractReport, Failure, Verdict
from hubspot_timeline_testing.contract.redaction import counted

_SHOWN = 20
_MANY = 10
"""After so many requests it is worth telling that none of them succeeded."""


def summary(report: ContractReport) -> str:
    """Return the failures, what could not be verified, and a last line that tells how it ended, with the seed."""
    return "\n".join(_lines(report))


def _lines(report: ContractReport) -> Iterator[str]:
    for number, failure in enumerate(report.failures[:_SHOWN], 1):
        yield from _failure(number, failure)
    if len(report.failures) > _SHOWN:
        yield from (f"… and {len(report.failures) - _SHOWN:,} more; --report json=FILE has all.", "")
    for problem in _together(report.problems):
        yield from _wrapped("Not verified: ", problem)
    for tally in report.operations:
        if tally.generated >= _MANY and tally.accepted == tally.requests - tally.generated:
            what = f"none of {tally.generated:,} requests that were made up for it succeeded"
            yield from _wrapped("Hardly verified: ", f"{tally.operation}: {what}")
    for word, count in report.allowed.items():
        yield f"Allowed by {word}: {count:,}"
    yield from textwrap.wrap(f"{_verdict(report)} Seed {report.settings.seed}.", 79)


def _failure(number: int, failure: Failure) -> Iterator[str]:
    times = f" ({failure.count:,} times)" if failure.count > 1 else ""
    yield from _wrapped(f"{number}. ", f"{failure.message}{times}")
    yield f"   check: {failure.check}"
    if failure.pointer:
        yield f"   document: {failure.pointer}"
    if failure.other_answer:
        yield f"   {failure.other_answer}"
    for line in failure.earlier:
        yield f"   after: {line}"
    yield (
        f"   {failure.curl}" if len(failure.curl) <= 2_000 else "   (the curl line is long; --report json=FILE has it)"
    )
    yield ""


def _together(problems: Iterable[str]) -> Iterator[str]:
    """Yield problems of operations, those together that are the same."""
    names: dict[str, list[str]] = {}
    for problem in problems:
        name, colon, what = problem.partition(": ")
        names.setdefault(what if colon else problem, []).extend([name] if colon else [])
    for what, operations in names.items():
        yield f"{', '.join(operations)}: {what}" if operations else what


def _wrapped(begin: str, text: str) -> list[str]:
    return textwrap.wrap(text, 79, initial_indent=begin, subsequent_indent="   ", break_long_words=False)


def _verdict(report: ContractReport) -> str:
    sent = f"{counted(report.requests, 'request')} to {counted(len(report.operations), 'operation')}"
    defects = counted(len(report.failures), "defect")
    match report.verdict:
        case Verdict.HOLDS:
            return f"The contract holds: {sent}."
        case Verdict.BROKEN:
            return f"The contract is broken: {defects}, {sent}."
        case Verdict.UNVERIFIED:
            return f"The contract could not be verified: {sent}."
        case _:
            return f"Interrupted: {defects} so far, {sent}."
