"""`hubspot-timeline contract`: checks a server against the OpenAPI document."""

from typing import Annotated, Any

import typer

from hubspot_timeline.cli.console import print_line
from hubspot_timeline.cli.errors import Exit
from hubspot_timeline.cli.options import (
    Apis,
    AppId,
    ConfirmProduction,
    Production,
    TokenFile,
    find_access_token,
    split_names,
)
from hubspot_timeline.cli.signals import interrupted_by_sigterm
from hubspot_timeline.config import api_from_environment
from hubspot_timeline.errors import OptionError
from hubspot_timeline_testing.contract import ContractUsageError, Verdict, verify
from hubspot_timeline_testing.contract.known_deviations import KNOWN_DEVIATIONS
from hubspot_timeline_testing.contract.settings import EVENT_TYPE, PHASES, PROJECT, ContractSettings

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
    token_file: TokenFile = None,
    production: Production = False,
    confirm_production: ConfirmProduction = None,
) -> None:
    """Check that a server keeps the contract of an OpenAPI document: the sandbox, another mock, a staging proxy.

    Options of `schemathesis run`, such as --report junit,html or --rate-limit 10/s, may follow the URL.
    It creates events and templates: use a server where that does no harm.
    """
    token = find_access_token(token_file)
    apis = list(dict.fromkeys(split_names(api) or [api_from_environment()]))
    selection: dict[str, Any] = {"operations": operation or (), "phases": split_names(phases)}
    allowed = split_names(allow)
    verdicts: list[Verdict] = []
    with interrupted_by_sigterm():
        try:
            for version in apis:  # all of them before the first request
                ContractSettings(url=url, api=version, **selection)
            for version in apis:
                report = verify(
                    url, token, api=version, **selection, seed=seed, max_examples=max_examples, allow=allowed,
                    app_id=app_id, event_type=event_type, project=project, timeout=timeout,
                    production=production, confirm_host=confirm_production, schemathesis_options=context.args,
                    config_file=config_file, show_output=True,
                )  # fmt: skip
                print_line(str(report))
                verdicts.append(report.verdict)
                if report.interrupted:
                    break
        except ContractUsageError as error:
            raise OptionError(str(error)) from error
    raise typer.Exit(next(code for verdict, code in _EXITS.items() if verdict in verdicts))
