"""A report for a terminal of 80 columns, without colour."""

import textwrap
from collections.abc import Iterator

from hubspot_timeline.contract.report import ContractReport, Failure, Verdict

_SHOWN = 20


def summary(report: ContractReport) -> str:
    """Return the failures, what could not be verified, and a last line that tells how it ended, with the seed."""
    return "\n".join(_lines(report))


def _lines(report: ContractReport) -> Iterator[str]:
    for number, failure in enumerate(report.failures[:_SHOWN], 1):
        yield from _failure(number, failure)
    if len(report.failures) > _SHOWN:
        yield from (f"… and {len(report.failures) - _SHOWN:,} more; --report json=FILE has all.", "")
    for problem in report.problems:
        yield from _wrapped("Not verified: ", problem)
    for word, count in report.allowed.items():
        yield f"Allowed by {word}: {count:,}"
    yield from textwrap.wrap(f"{_verdict(report)} Seed {report.settings.seed}.", 79)


def _failure(number: int, failure: Failure) -> Iterator[str]:
    times = f" ({failure.count:,} times)" if failure.count > 1 else ""
    yield from _wrapped(f"{number}. ", f"{failure.message}{times}")
    yield f"   check: {failure.check}"
    if failure.pointer:
        yield f"   document: {failure.pointer}"
    for line in failure.earlier:
        yield f"   after: {line}"
    yield (
        f"   {failure.curl}" if len(failure.curl) <= 2_000 else "   (the curl line is long; --report json=FILE has it)"
    )
    yield ""


def _wrapped(begin: str, text: str) -> list[str]:
    return textwrap.wrap(text, 79, initial_indent=begin, subsequent_indent="   ", break_long_words=False)


def _verdict(report: ContractReport) -> str:
    sent = f"{report.requests:,} requests to {len(report.operations)} operations"
    match report.verdict:
        case Verdict.HOLDS:
            return f"The contract holds: {sent}."
        case Verdict.BROKEN:
            return f"The contract is broken: {len(report.failures)} defects, {sent}."
        case Verdict.UNVERIFIED:
            return f"The contract could not be verified: {sent}."
        case _:
            return f"Interrupted: {len(report.failures)} defects so far, {sent}."
