"""A report as JSON, in a shape that stays: `format` grows by one when a key changes its meaning or goes."""

import json
from typing import Any

from hubspot_timeline_testing.contract.report import ContractReport, Failure, OperationTally
from hubspot_timeline_testing.contract.seen import SeenAnswer, SeenRequest
from hubspot_timeline_testing.contract.redaction import decoded, shown

FORMAT = 1


def as_json(report: ContractReport) -> str:
    """Return the report as JSON text in ASCII; docs/contract.md tells its keys."""
    return json.dumps(report_as_dict(report), indent=2) + "\n"


def report_as_dict(report: ContractReport) -> dict[str, Any]:
    """Return the report as values of JSON."""
    settings = report.settings
    return {
        "format": FORMAT,
        "verdict": report.verdict.value,
        "url": report.url,
        "seed": settings.seed,
        "max_examples": settings.max_examples,
        "phases": list(settings.phases),
        "allow": list(settings.allow),
        "requests": report.requests,
        "seconds": report.seconds,
        "versions": dict(report.versions),
        "operations": [_operation(tally) for tally in report.operations],
        "failures": [_failure(failure) for failure in report.failures],
        "allowed": dict(report.allowed),
        "problems": list(report.problems),
    }


def _operation(tally: OperationTally) -> dict[str, Any]:
    checks = sorted(tally.passed | tally.failed)
    return {
        "operation": tally.operation,
        "method": tally.method,
        "path": tally.path,
        "requests": tally.requests,
        "accepted": tally.accepted,
        "statuses": {str(status): count for status, count in sorted(tally.statuses.items())},
        "checks": {check: {"passed": tally.passed[check], "failed": tally.failed[check]} for check in checks},
        "problem": tally.problem,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "operation": failure.operation,
        "check": failure.check,
        "message": failure.message,
        "count": failure.count,
        "pointer": failure.pointer,
        "allowance": failure.allowance,
        "request": _request(failure.request),
        "answer": None if failure.answer is None else _answer(failure.answer),
        "curl": failure.curl,
        "python": failure.python,
        "earlier": list(failure.earlier),
        "again": failure.again,
    }


def _request(request: SeenRequest) -> dict[str, Any]:
    body = None if request.body is None else shown(decoded(request.body))
    return {"method": request.method, "url": request.url, "with_token": request.with_token, "body": body}


def _answer(answer: SeenAnswer) -> dict[str, Any]:
    content_type = answer.headers.get("content-type")
    return {
        "status": answer.status,
        "content_type": None if content_type is None else shown(content_type, 200),
        "body": shown(decoded(answer.body)),
    }
