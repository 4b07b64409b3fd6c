"""A report as text: for CI, for programs, for a pull request, for a terminal."""

from collections.abc import Callable, Mapping

from hubspot_timeline_testing.contract.report import ContractReport
from hubspot_timeline_testing.contract.reports.as_json import as_json
from hubspot_timeline_testing.contract.reports.as_junit import as_junit
from hubspot_timeline_testing.contract.reports.as_markdown import as_markdown

REPORTS: Mapping[str, tuple[str, Callable[[ContractReport], str]]] = {
    "junit": ("contract.xml", as_junit),
    "json": ("contract.json", as_json),
    "markdown": ("contract.md", as_markdown),
}
"""The forms of a report, each with the name of its file where none is given, and what writes it."""


def render(report: ContractReport, form: str) -> str:
    """Return a report in one of the forms of REPORTS. Raises LookupError for another."""
    return REPORTS[form][1](report)
