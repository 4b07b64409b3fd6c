"""`hubspot-timeline contract`: checks a server against the OpenAPI document."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from hubspot_timeline.cli import contract_options as options
from hubspot_timeline.cli.console import error_console, print_line
from hubspot_timeline.cli.exit_codes import Exit
from hubspot_timeline.cli.options import TokenFile, find_token, usage_errors
from hubspot_timeline.errors import OptionError
from hubspot_timeline_testing.contract import ContractUsageError, Verdict, verify

_EXITS = {
    Verdict.HOLDS: Exit.ALL,
    Verdict.BROKEN: Exit.SOME,
    Verdict.UNVERIFIED: Exit.NONE,
    Verdict.INTERRUPTED: Exit.INTERRUPTED,
}

"""The context settings of the command: further options are those of `schemathesis run`."""


def contract(
    context: typer.Context,
    url: options.Url,
    *,
    allow: options.Allow = None,
    operation: options.Operation = None,
    phases: options.Phases = None,
    max_examples: options.MaxExamples = 25,
    seed: options.Seed = None,
    app_id: options.AppId = None,
    timeout: options.Timeout = 30.0,
    config_file: options.ConfigFile = None,
    token_file: TokenFile = None,
    production: options.Production = False,
    confirm_production: options.ConfirmProduction = None,
) -> None:
    """Check that a server keeps the contract of the OpenAPI document: the sandbox, another mock, a staging proxy.

    Options of `schemathesis run`, such as --report junit,html or --rate-limit 10/s, may follow the URL.
    It creates events and templates: use a server where that does no harm.
    """
    with usage_errors(error_console()), _interrupted_by_sigterm(), _usage_errors_of_contract():
        report = verify(
            url, _token(token_file), seed=seed, max_examples=max_examples, operations=operation or (),
            phases=options.split(phases), allow=options.split(allow), app_id=app_id, timeout=timeout,
            production=production, confirm_host=confirm_production, schemathesis_options=context.args,
            config_file=config_file, show_output=True,
        )  # fmt: skip
        print_line(str(report))
    raise typer.Exit(_EXITS[report.verdict])


def _token(path: Path | None) -> str:
    try:
        token = find_token(path)
    except OptionError:
        if path:
            raise
        token = None
    if not isinstance(token, str):
        raise OptionError("an access token is required: set HUBSPOT_TIMELINE_TOKEN or use --token-file")
    return token


@contextmanager
def _usage_errors_of_contract() -> Iterator[None]:
    try:
        yield
    except (ContractUsageError, ImportError) as error:
        raise OptionError(str(error)) from error


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """Treat SIGTERM like Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
