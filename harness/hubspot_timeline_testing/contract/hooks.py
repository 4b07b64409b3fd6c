# ruff: noqa: ARG001, ARG002 - Schemathesis calls these functions with all of their arguments
"""The extension of Schemathesis: authentication, hooks, checks and an event handler.

Schemathesis imports it by the environment variable SCHEMATHESIS_HOOKS.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import schemathesis
from requests import PreparedRequest
from schemathesis import AuthContext, BaseSchema, Case, CheckContext, HookContext, Response, cli
from schemathesis.engine import events

from hubspot_timeline_testing.contract.batch_completeness import batch_completeness as batch_problem
from hubspot_timeline_testing.contract.checks import identifiers_match as identifier_problem
from hubspot_timeline_testing.contract.checks import parse_json
from hubspot_timeline_testing.contract.document_adaptation import adapt_document
from hubspot_timeline_testing.contract.documents import V3
from hubspot_timeline_testing.contract.recorder import Recorder, is_documented_method
from hubspot_timeline_testing.contract.redaction import Redactor
from hubspot_timeline_testing.contract.results import SCENARIO
from hubspot_timeline_testing.contract.scenario import play
from hubspot_timeline_testing.contract.scenario_steps import StepSender
from hubspot_timeline_testing.contract.settings import RUN_FOLDER_VARIABLE, SETTINGS_FILE, ContractSettings
from hubspot_timeline_testing.contract.suppressions import INCONCLUSIVE
from hubspot_timeline_testing.contract.transport import BodyReader, exit_unless_stopped, stop_exit
from hubspot_timeline_testing.contract.url_guard import check_url

_PATIENCE = 100
"""After so many inconclusive responses in a row the run stops."""


_LINKS_ADVICE = "; add the operations they link by --operation, or leave stateful out of --phases"

_SLACK = 120.0
"""Seconds for which a request may wait for the rate limit of Schemathesis, beyond its timeouts."""


def _recorder() -> Recorder:
    name = os.environ.get(RUN_FOLDER_VARIABLE)
    folder = Path(name) if name else None
    values: Any = json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8")) if folder else {}
    values = values or {"url": "", "api": os.environ.get("HUBSPOT_TIMELINE_API") or V3}  # of `schemathesis replay`
    token = os.environ.get("HUBSPOT_TIMELINE_TOKEN", "")
    return Recorder(ContractSettings(**values), Redactor(token), folder)


RECORDER = _recorder()
if RECORDER.folder:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell ignores it


@schemathesis.auth()
class AccessToken:
    """Authenticates generated requests."""

    def get(self, case: Case[Any], ctx: AuthContext) -> str:
        """Return the value of the header."""
        return RECORDER.bearer

    def set(self, case: Case[Any], data: str, ctx: AuthContext) -> None:
        """Set the header."""
        case.headers["Authorization"] = data


@schemathesis.hook
def before_load_schema(ctx: HookContext, raw_schema: dict[str, Any]) -> None:
    """Adapt the document to the run."""
    adapt_document(raw_schema, RECORDER.settings)


@schemathesis.hook
def after_load_schema(ctx: HookContext, schema: BaseSchema) -> None:
    """Run the scenario before the phases."""
    if RECORDER.folder:
        play(RECORDER.settings, StepSender(schema, RECORDER))


@schemathesis.hook
def before_call(ctx: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
    """Refuse any server but the confirmed one, and limit the time and the size of the response."""
    url = (case.operation.base_url or "").rstrip("/")
    if url != RECORDER.settings.url and (RECORDER.folder or url != "file:"):  # as in `schemathesis replay`
        check_url(url)
    kwargs["hooks"] = {"response": BodyReader(RECORDER.settings.timeout)}
    exit_unless_stopped(3 * RECORDER.settings.timeout + _SLACK)


@schemathesis.hook
def after_call(ctx: HookContext, case: Case[Any], response: Response) -> None:
    """Remove the token from the response, so that neither messages nor reports can contain it."""
    stop_exit()
    RECORDER.results.has_response = True
    if response.status_code not in RECORDER.results.statuses:
        RECORDER.results.statuses.append(response.status_code)
    response.content = RECORDER.redactor.content(response.content or b"")
    for name, values in response.headers.items():
        response.headers[name] = [RECORDER.redactor.text(value) for value in values]


@schemathesis.hook
def after_network_error(ctx: HookContext, case: Case[Any], request: PreparedRequest) -> None:
    """Record a request without a complete response."""
    stop_exit()
    RECORDER.add_network_error(case, sys.exc_info()[1])


@schemathesis.hook
def filter_failure(ctx: HookContext, failure: Any, case: Case[Any], response: Response) -> bool:
    """Record a failure, and drop one that is suppressed or allowed."""
    return RECORDER.is_failure(failure, case, response)


@schemathesis.check
def record_response(ctx: CheckContext, response: Response, case: Case[Any]) -> bool:
    """Record the response with its phase; this check never fails."""
    RECORDER.add_response(case, response, ctx.phase.value if ctx.phase else SCENARIO)
    return True


@schemathesis.check
def batch_completeness(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """Check that a batch response has a result or an error for each event."""
    status, operation = response.status_code, RECORDER.operation_of(case)
    if operation in ("create_events", "create_app_events"):
        is_atomic = operation == "create_app_events"
        _check(case, response, lambda request, body: batch_problem(request, body, status, is_atomic=is_atomic))


@schemathesis.check
def identifiers_match(ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """Check that the identifiers of a response are those of the request."""
    url = response.request.url or ""
    _check(case, response, lambda request, body: identifier_problem(RECORDER.operation_of(case), url, request, body))


def _check(case: Case[Any], response: Response, find: Callable[[Any, Any], str | None]) -> None:
    """Fail if a success has a problem, by the parsed bodies of the request and the response."""
    if is_documented_method(case) and response.status_code < 300:
        problem = find(parse_json(response.request.body), parse_json(response.content))
        if problem:
            raise AssertionError(problem)


@schemathesis.check
class ScenarioPassed:
    """Brings the failures of the scenario into the reports of Schemathesis."""

    def after_run(self, ctx: CheckContext) -> None:
        """Fail with all messages of the scenario."""
        if RECORDER.scenario_failures:
            raise AssertionError("\n".join(RECORDER.scenario_failures))


@cli.handler()
class ResultsHandler(cli.EventHandler[Any]):
    """Collects errors of the run, stops a run that is in vain, and writes the results at its end."""

    def handle_event(self, ctx: Any, event: events.EngineEvent) -> None:
        """Take an event of the engine."""
        results = RECORDER.results
        if isinstance(event, events.EngineStarted):  # the probes of Schemathesis call no hook
            exit_unless_stopped(3 * RECORDER.settings.timeout + _SLACK)
        elif isinstance(event, events.ScenarioStarted):
            stop_exit()
        elif isinstance(event, events.NonFatalError) and not results.network_errors:
            message = RECORDER.redactor.text(event.info.message)
            problem = f"{event.label}: {message}".splitlines()[0]
            results.errors.append(problem + (_LINKS_ADVICE if "link definitions" in problem else ""))
        elif isinstance(event, events.FatalError):
            results.errors.append(RECORDER.redactor.text(f"{type(event.exception).__name__}: {event.exception}"))
        elif isinstance(event, events.EngineFinished):
            results.stop_reason = event.stop_reason.value
        self.shutdown(ctx)
        is_in_vain = isinstance(event, cli.LoadingFinished) and results.is_in_vain
        if RECORDER.folder and (is_in_vain or results.inconclusive_in_a_row >= _PATIENCE):
            statuses = ", ".join(str(status) for status in sorted(INCONCLUSIVE.intersection(results.statuses)))
            found = f"missing or inconclusive: {statuses}" if statuses else "missing"
            results.errors.append(f"stopped, because too many responses were {found}")
            raise click.Abort

    def shutdown(self, ctx: Any) -> None:
        """Write the results."""
        if RECORDER.folder:
            RECORDER.results.write(RECORDER.folder)
