"""The entry point: verify that a server keeps the contract of the document."""

import secrets
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

from hubspot_timeline_testing import missing
from hubspot_timeline_testing.contract.documents import V3
from hubspot_timeline_testing.contract.redaction import printable
from hubspot_timeline_testing.contract.report import ContractReport
from hubspot_timeline_testing.contract.results import SCENARIO, OperationResult, RunResults
from hubspot_timeline_testing.contract.runner import run_schemathesis
from hubspot_timeline_testing.contract.settings import (
    EVENT_TYPE,
    PROJECT,
    ContractSettings,
    ContractUsageError,
    check_token,
)
from hubspot_timeline_testing.contract.url_guard import check_url


def verify(
    url: str,
    token: str,
    *,
    api: str = V3,
    seed: int | None = None,
    max_examples: int = 25,
    operations: Iterable[str] = (),
    phases: Iterable[str] = (),
    allow: Iterable[str] = (),
    app_id: int | None = None,
    event_type: str = EVENT_TYPE,
    project: str = PROJECT,
    timeout: float = 30.0,
    baseline: Iterable[str] = (),
    production: bool = False,
    confirm_host: str | None = None,
    schemathesis_options: Iterable[str] = (),
    config_file: str | None = None,
    show_output: bool = False,
) -> ContractReport:
    """Verify that the server at a base URL keeps the contract of the document of an API.

    The options up to `baseline` are those of ContractSettings; without `seed` a random one is chosen. Production hosts
    need `production`, and the full name of the host as `confirm_host`. `schemathesis_options` are further options of
    `schemathesis run`, such as "--report=junit". `config_file` is a schemathesis.toml; without it the one in the
    current folder or above is used. `show_output`: whether Schemathesis writes to standard output.
    Raises ContractUsageError, before any request, for options that are not allowed, and ImportError without
    Schemathesis.
    """
    base_url = check_url(url, production=production, confirm_host=confirm_host)
    check_token(token)
    try:
        settings = ContractSettings(
            url=base_url, api=api, seed=secrets.randbits(32) if seed is None else seed, max_examples=max_examples,
            operations=operations, phases=phases, allow=allow, app_id=app_id, event_type=event_type, project=project,
            timeout=timeout, baseline=baseline,
        )  # fmt: skip
    except ValueError as error:
        raise ContractUsageError(str(error)) from error
    if find_spec("schemathesis") is None:
        raise ImportError(missing("Schemathesis", "contract"), name="schemathesis")
    results, interrupted = run_schemathesis(
        settings, token, options=schemathesis_options, config_file=config_file, show_output=show_output
    )
    findings = results.findings if results.has_response else []
    return ContractReport(
        settings=settings,
        operations=tuple(results.operations.values()),
        all_findings=tuple(sorted(findings, key=lambda finding: (finding.operations, finding.check))),
        problems=tuple(map(printable, _problems(results))),
        allowed=results.allowed,
        interrupted=interrupted,
    )


def _problems(results: RunResults) -> Iterator[str]:
    yield from dict.fromkeys(results.errors)
    if not results.has_response:
        yield f"no response: the server {'; '.join(dict.fromkeys(results.network_errors))}"
        return
    names_by_problem: dict[str, list[str]] = {}
    for result in results.operations.values():
        if problem := result.problem or _left_out(result, results.stop_reason):
            names_by_problem.setdefault(problem, []).append(result.operation)
    for problem, names in names_by_problem.items():
        yield f"{', '.join(names)}: {problem}"


def _left_out(result: OperationResult, stop_reason: str) -> str | None:
    if stop_reason in ("", "completed") or result.statuses_by_phase.keys() - {SCENARIO}:
        return None
    return f"Schemathesis stopped before its turn ({stop_reason})"
