"""`hubspot-timeline contract`: checks a server against the OpenAPI document."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hubspot_timeline.cli.console import print_line
from hubspot_timeline.cli.errors import Exit
from hubspot_timeline.cli.options import (
    Apis,
    AppId,
    AsJson,
    ConfirmProduction,
    Production,
    TokenFile,
    chosen_apis,
    find_access_token,
    split_names,
)
from hubspot_timeline.cli.signals import interrupted_by_sigterm
from hubspot_timeline.errors import OptionError
from hubspot_timeline_testing.contract import ContractReport, ContractUsageError, Verdict, verify
from hubspot_timeline_testing.contract.baseline import Baseline
from hubspot_timeline_testing.contract.known_deviations import KNOWN_DEVIATIONS
from hubspot_timeline_testing.contract.settings import EVENT_TYPE, PHASES, PROJECT, ContractSettings
from hubspot_timeline_testing.contract.summary import as_json as report_as_json
from hubspot_timeline_testing.contract.summary import markdown

_EXITS = {
    Verdict.INTERRUPTED: Exit.INTERRUPTED,
    Verdict.BROKEN: Exit.SOME,
    Verdict.UNVERIFIED: Exit.NONE,
    Verdict.HOLDS: Exit.ALL,
}
"""The exit codes; of the verdicts on several APIs the first of these counts."""


def contract(
    context: typer.Context,
    url: Annotated[
        str, typer.Argument(metavar="URL", help="The base URL of the server, such as http://127.0.0.1:8080.")
    ],
    *,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DEVIATION,…",
            help="Accept a known deviation; repeatable. "
            + " ".join(f"{name}: {meaning}." for name, meaning in KNOWN_DEVIATIONS.items()),
            show_default="none",
        ),
    ] = None,
    api: Apis = None,
    event_type: Annotated[
        str, typer.Option("--event-type", help="The uid of an event type that exists; for app events.")
    ] = EVENT_TYPE,
    project: Annotated[str, typer.Option(help="The project that defines the event type.")] = PROJECT,
    operation: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this operation, by its operationId; repeatable.", show_default="all"),
    ] = None,
    phases: Annotated[
        list[str] | None,
        typer.Option(metavar="PHASE,…", help=f"Only these phases: {', '.join(PHASES)}.", show_default="all"),
    ] = None,
    max_examples: Annotated[
        int, typer.Option(help="The number of generated requests for each operation, and of chains.", min=1)
    ] = 25,
    seed: Annotated[
        int | None, typer.Option(help="Generate the same requests again.", show_default="random, and printed", min=0)
    ] = None,
    app_id: AppId = None,
    timeout: Annotated[
        float,
        typer.Option(help="Seconds after which a response is missing, even if a part of it has arrived.", min=0.1),
    ] = 30.0,
    config_file: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="The configuration of Schemathesis.", show_default="schemathesis.toml, here or above"
        ),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Fail only on failures that this file does not name.")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write the failures of this run into that file.")
    ] = False,
    summary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append the result and what was covered as Markdown.")
    ] = None,
    as_json: AsJson = False,
    token_file: TokenFile = None,
    production: Production = False,
    confirm_production: ConfirmProduction = None,
) -> None:
    """Check that a server keeps the contract of an OpenAPI document: the sandbox, another mock, a staging proxy.

    Options of `schemathesis run`, such as --report junit,html or --rate-limit 10/s, may follow the URL.
    It creates events and templates: use a server where that does no harm.
    """
    token = find_access_token(token_file)
    apis = chosen_apis(api)
    selection: dict[str, Any] = {"operations": operation or (), "phases": split_names(phases)}
    allowed = split_names(allow)
    reports: list[ContractReport] = []
    with interrupted_by_sigterm():
        try:
            for version in apis:  # all of them before the first request
                ContractSettings(url=url, api=version, **selection)
            known = _read_baseline(baseline, update=update_baseline)
            if summary:
                _append(summary, "")
            for version in apis:
                report = verify(
                    url, token, api=version, **selection, seed=seed, max_examples=max_examples, allow=allowed,
                    app_id=app_id, event_type=event_type, project=project, timeout=timeout,
                    baseline=known.fingerprints if known else (), production=production,
                    confirm_host=confirm_production, schemathesis_options=context.args,
                    config_file=config_file, show_output=True,
                )  # fmt: skip
                if known and update_baseline:
                    known = known.updated(new=[each.fingerprint for each in report.findings], gone=report.gone)
                    known.write()
                    report = report.with_baseline(known.fingerprints)
                print_line(str(report))
                reports.append(report)
                if report.interrupted:
                    break
        except ContractUsageError as error:
            raise OptionError(str(error)) from error
    verdict = next(verdict for verdict in _EXITS if verdict in [report.verdict for report in reports])
    if summary:
        _append(summary, "".join(map(markdown, reports)))
    if as_json:
        failures = sum(len(report.findings) for report in reports)
        print_line(json.dumps({"verdict": verdict, "failures": failures, "apis": [*map(report_as_json, reports)]}))
    raise typer.Exit(_EXITS[verdict])


def _read_baseline(file: Path | None, *, update: bool) -> Baseline | None:
    """Return the baseline; one to be updated is written at once, so that a wrong path is found before the run."""
    if file is None:
        if update:
            raise OptionError("--update-baseline needs a file; add --baseline FILE")
        return None
    baseline = Baseline.read(file, may_be_missing=update)
    if update:
        baseline.write()
    return baseline


def _append(file: Path, text: str) -> None:
    try:
        with file.open("a", encoding="utf-8") as summary:
            summary.write(text)
    except OSError as error:
        raise OptionError(f"{file} cannot be written: {error.strerror}") from error
