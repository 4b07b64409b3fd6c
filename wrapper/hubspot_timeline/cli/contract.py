"""`hubspot-timeline contract`: the document's contract, run against any server."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import typer
from rich.console import Console
from rich.text import Text

from hubspot_timeline.cli import contract_options as options
from hubspot_timeline.cli.console import error_console, print_line
from hubspot_timeline.cli.exit_codes import Exit
from hubspot_timeline.cli.options import TokenFile, find_token, usage_errors
from hubspot_timeline.errors import OptionError
from hubspot_timeline_testing.contract import (
    ContractReport,
    ContractUsageError,
    OperationTally,
    Verdict,
    render,
    verify,
)
from hubspot_timeline_testing.contract.reports.summary import summary
from hubspot_timeline_testing.contract.texts import counted
from hubspot_timeline_testing.contract.verifying import OnProgress

_EXITS = {
    Verdict.HOLDS: Exit.ALL,
    Verdict.BROKEN: Exit.SOME,
    Verdict.UNVERIFIED: Exit.NONE,
    Verdict.INTERRUPTED: Exit.INTERRUPTED,
}


def contract(
    url: options.Url,
    *,
    allow: options.Allow = None,
    operation: options.Operation = None,
    phases: options.Phases = None,
    max_examples: options.MaxExamples = 25,
    seed: options.Seed = None,
    app_id: options.AppId = None,
    report: options.Report = None,
    rate: options.Rate = None,
    max_time: options.MaxTime = None,
    max_wait: options.MaxWait = 60.0,
    timeout: options.Timeout = 30.0,
    token_file: TokenFile = None,
    production: options.Production = False,
    yes_i_mean: options.HostAgain = None,
) -> None:
    """Check that a server does what the document says: the sandbox, another mock, a staging proxy.

    It sends the document's examples, requests that the document allows and such that it does not, with and without a
    token, and holds each answer to the document. It creates events and templates: use a server where that is no harm.
    """
    console = error_console()
    with usage_errors(console), _terminable(), _told_plainly(), _leaving_nothing():
        files = options.report_files(report)
        found = verify(
            url, _token(token_file), seed=seed, max_examples=max_examples, operations=operation or (),
            phases=options.split(phases), allow=options.split(allow), app_id=app_id, rate=rate, max_time=max_time,
            max_wait=max_wait, timeout=timeout, production=production, host_again=yes_i_mean,
            on_progress=_progress(console),
        )  # fmt: skip
        _tell(found, files, console)
    code = _EXITS[found.verdict]
    try:
        options.write_reports({name: render(found, form) for form, name in files.items()})
    except OptionError as error:  # a broken contract is worse
        console.print(Text(str(error)), soft_wrap=True)
        code = code or Exit.USAGE
    raise typer.Exit(code)


def _tell(found: ContractReport, files: dict[str, str], console: Console) -> None:
    if options.STANDARD_OUTPUT in files.values():  # which is then for programs alone
        console.print(Text(summary(found)), soft_wrap=True)
    else:
        print_line(summary(found))


def _token(given: Path | None) -> str:
    try:
        token = find_token(given)
    except OptionError:
        if given:
            raise
        token = None
    if not isinstance(token, str):
        raise OptionError("the contract takes an access token only: set HUBSPOT_TIMELINE_TOKEN or give --token-file")
    return token


def _progress(console: Console) -> OnProgress:
    def tell(phase: str, tally: OperationTally) -> None:
        found = sum(tally.failed.values())
        told = counted(found, "finding") if found else "nothing amiss"
        console.print(Text(f"{phase:<9} {tally.operation:<17} {counted(tally.requests, 'request'):>15}, {told}"))

    return tell


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except (ContractUsageError, ImportError) as error:
        raise OptionError(str(error)) from error


@contextmanager
def _leaving_nothing() -> Iterator[None]:
    """While entered, Hypothesis keeps what it keeps in a folder that goes away, not in the current one."""
    with TemporaryDirectory() as folder:
        before = os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", folder)
        try:
            yield
        finally:
            if before == folder:
                del os.environ["HYPOTHESIS_STORAGE_DIRECTORY"]


@contextmanager
def _terminable() -> Iterator[None]:
    """While entered, SIGTERM is what Ctrl-C is."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
