"""The report of a contract run as JSON, and as Markdown for a page of a CI service, both with what was covered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from attrs import frozen

from hubspot_timeline_testing.contract.redaction import in_markdown
from hubspot_timeline_testing.contract.report import ContractReport, Verdict
from hubspot_timeline_testing.contract.violations import NOTHING, SEVERAL, body_keywords

_ICONS = {Verdict.HOLDS: "✅", Verdict.BROKEN: "❌", Verdict.UNVERIFIED: "❔", Verdict.INTERRUPTED: "✋"}


@frozen
class Covered:
    """The requests to an operation that violate a keyword of its schema: how many responses had which status.

    `violated` is the keyword, or "nothing", "several", or the place of the parameters, such as "path".
    """

    operation: str
    violated: str
    statuses: Mapping[str, int]


def coverage(report: ContractReport) -> Iterator[Covered]:
    """Yield each combination of an operation and a keyword of its document, also those without a request."""
    for result in report.operations:
        keys = dict.fromkeys([NOTHING, *body_keywords(result.operation, report.settings.api)])
        for key in sorted(
            [*keys, *(result.coverage.keys() - keys)], key=lambda key: (key != NOTHING, key == SEVERAL, key)
        ):
            yield Covered(result.operation, key, result.coverage.get(key, {}))


def as_json(report: ContractReport) -> dict[str, Any]:
    """Return the report as values of JSON."""
    return {
        "api": report.settings.api,
        "verdict": report.verdict.value,
        "seed": report.settings.seed,
        "failures": [attrs.asdict(finding) for finding in report.findings],
        "known": list(report.known),
        "gone": list(report.gone),
        "problems": list(report.problems),
        "allowed": dict(report.allowed),
        "coverage": [attrs.asdict(row) for row in coverage(report)],
    }


def markdown(report: ContractReport) -> str:
    """Return the report as Markdown of GitHub; texts of the server have no markup in it."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: ContractReport) -> Iterator[str]:
    settings, verdict = report.settings, report.verdict
    yield f"### {_ICONS[verdict]} Contract {verdict}: API {settings.api}, seed {settings.seed}"
    yield ""
    failures = [(each.check, each.message, f"{each.count:,}") for each in report.findings]
    yield from _table(("failed check", "what", "times"), failures)
    yield from _table(("known failure",), [(name,) for name in report.known])
    yield from _table(("known, and no longer found",), [(name,) for name in report.gone])
    yield from _table(("not verified",), [(problem,) for problem in report.problems])
    rows = [(row.operation, row.violated, _counts(row.statuses)) for row in coverage(report)]
    yield f"<details><summary>{report.requests:,} requests to {len(report.operations)} operations</summary>"
    yield ""
    yield from _table(("operation", "the request violates", "responses"), rows)
    yield "</details>"
    yield ""


def _counts(statuses: Mapping[str, int]) -> str:
    return ", ".join(f"{status} ({count:,})" for status, count in sorted(statuses.items())) or "none"


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield f"| {' | '.join(heads)} |"
        yield "|---" * len(heads) + "|"
        yield from (f"| {' | '.join(map(in_markdown, row))} |" for row in rows)
        yield ""
