"""A report as JUnit's XML, as CI servers read it: a test case for each operation and check."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from hubspot_timeline_testing.contract.report import ContractReport, Failure, OperationTally
from hubspot_timeline_testing.contract.reports.details import details

NAME = "hubspot-timeline contract"


def as_junit(report: ContractReport) -> str:
    """Return the report as XML text. A second failure of the same check is a test case with (2) in its name."""
    cases = [case for tally in report.operations for case in _cases(tally, report)]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "time": str(report.seconds),
    }
    root = ET.Element("testsuites", {"name": NAME, **counts})
    suite = ET.SubElement(root, "testsuite", {"name": NAME, "skipped": "0", **counts})
    _properties(ET.SubElement(suite, "properties"), report)
    suite.extend(cases)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _properties(element: ET.Element, report: ContractReport) -> None:
    values = {"url": report.url, "seed": report.settings.seed, "verdict": report.verdict.value, **report.versions}
    for name, value in values.items():
        ET.SubElement(element, "property", {"name": name, "value": str(value)})


def _cases(tally: OperationTally, report: ContractReport) -> Iterator[ET.Element]:
    for check in sorted(tally.passed | tally.failed):
        found = [
            failure for failure in report.failures if (failure.operation, failure.check) == (tally.operation, check)
        ]
        if not found:
            yield _case(tally, check)
        for number, failure in enumerate(found, 1):
            yield _failed(_case(tally, check if number == 1 else f"{check} ({number})"), failure)
    verified = _case(tally, "is_verified")
    if problem := _problem(tally, report):
        ET.SubElement(verified, "error", {"type": "unverified", "message": problem})
    yield verified


def _problem(tally: OperationTally, report: ContractReport) -> str | None:
    if report.interrupted:
        return "the run was interrupted"
    return tally.problem or next((problem for problem in report.problems if ": " not in problem), None)


def _case(tally: OperationTally, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": tally.operation, "name": name})


def _failed(case: ET.Element, failure: Failure) -> ET.Element:
    element = ET.SubElement(case, "failure", {"type": failure.check, "message": failure.message})
    element.text = f"\n{details(failure)}\n"
    return case
