"""`hubspot-timeline calibrate`: measures on a test account how the service behaves where nobody documents it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from hubspot_timeline.cli.console import error_console, print_line, show
from hubspot_timeline.cli.errors import Exit
from hubspot_timeline.cli.options import (
    Apis,
    AppId,
    ConfirmProduction,
    Production,
    TokenFile,
    chosen_apis,
    find_access_token,
)
from hubspot_timeline.cli.signals import interrupted_by_sigterm
from hubspot_timeline.errors import OptionError, TimelineError
from hubspot_timeline_testing.calibration import (
    AccountError,
    Calibration,
    CalibrationSettings,
    Plan,
    check_target,
    markdown,
    plan_of,
)
from hubspot_timeline_testing.calibration import (
    calibrate as measure,
)
from hubspot_timeline_testing.contract import ContractUsageError
from hubspot_timeline_testing.contract.redaction import Redactor


def calibrate(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="The base URL of the server, such as https://api.hubapi.com.")
    ],
    *,
    email: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The contact of the test account that gets the events.")
    ],
    object_id: Annotated[str, typer.Option(metavar="ID", help="The id of that contact; for app events.")] = "",
    api: Apis = None,
    template: Annotated[
        str, typer.Option(metavar="ID", help="A template with an event token named calibration; for v3.")
    ] = "",
    app_id: AppId = None,
    event_type: Annotated[
        str, typer.Option(metavar="UID", help="An event type with a property named calibration; for app events.")
    ] = "",
    largest_batch: Annotated[int, typer.Option(help="Try batches of up to so many events.", min=2, max=1000)] = 501,
    exhaust_limit: Annotated[
        bool, typer.Option("--exhaust-limit", help="Only fill a window of the rate limit, to see a 429.")
    ] = False,
    account: Annotated[
        str, typer.Option(metavar="ID", help="The id of the account; required for a production host.")
    ] = "",
    any_account: Annotated[
        bool, typer.Option("--any-account", help="Allow an account that is not one for tests.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan, and send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the first request.")] = False,
    output: Annotated[Path, typer.Option(dir_okay=False, help="The file for the results.")] = Path("calibration.json"),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the results in that file, for what they do not decide.")
    ] = False,
    compare: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Show what has changed since an earlier calibration.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for a response.", min=0.1)] = 30.0,
    token_file: TokenFile = None,
    production: Production = False,
    confirm_production: ConfirmProduction = None,
) -> None:
    """Measure how the service behaves where nobody documents it, on a test account of your own.

    It shows what it will send, and asks. The events that it creates stay on the contact. The results are a file that
    `sandbox --calibration` takes, and a report on standard output that names neither account nor contact.
    """
    token = find_access_token(token_file)
    try:
        settings = CalibrationSettings(
            apis=chosen_apis(api), email=email, object_id=object_id, template=template,
            app_id=None if template else app_id, event_type=event_type, largest_batch=largest_batch,
            exhaust_limit=exhaust_limit, account=account, allow_any_account=any_account, timeout=timeout,
        )  # fmt: skip
        check_target(url, token, settings, production=production, confirm_host=confirm_production)
        old = Calibration.read(compare) if compare else None
        earlier = _earlier(output, resume=resume, dry_run=dry_run)
        plan = plan_of(settings, earlier)
    except ValueError as error:
        raise OptionError(str(error)) from error
    if plan.steps:
        show(error_console(), f"The requests go to {url}, the results to {output}.")
    _ask(plan, yes=yes, dry_run=dry_run)
    try:
        with interrupted_by_sigterm():
            calibration = measure(
                url, token, settings, production=production, confirm_host=confirm_production, earlier=earlier,
                save=lambda results: _write(results, output), announce=lambda line: show(error_console(), line),
            )  # fmt: skip
        report = markdown(calibration, old)
    except (ContractUsageError, AccountError) as error:
        raise OptionError(str(error)) from error
    except OptionError:
        raise
    except Exception as error:
        known = f"; {output} has what is known until then" if output.exists() else ""
        reason = Redactor(token).text(str(error))
        raise TimelineError(f"unforeseen {type(error).__name__}: {reason}{known}") from error
    print_line(report)
    raise typer.Exit(_exit(calibration))


def _write(calibration: Calibration, output: Path) -> None:
    try:
        calibration.write(output)
    except OSError as error:
        raise OptionError(f"{output} cannot be written: {error.strerror}") from error


def _earlier(output: Path, *, resume: bool, dry_run: bool) -> Calibration | None:
    if resume and output.exists():
        return Calibration.read(output)
    if output.exists() and not dry_run:
        raise OptionError(f"{output} exists already; --resume goes on with it, --output names another file")
    if not os.access(output.absolute().parent, os.W_OK):
        raise OptionError(f"{output} cannot be written: {output.parent} is not a folder that can be written to")
    return None


def _ask(plan: Plan, *, yes: bool, dry_run: bool) -> None:
    """Show the plan, and exit unless it is agreed to."""
    console = error_console()
    for line in str(plan).splitlines():
        show(console, line)
    if dry_run:
        raise typer.Exit(Exit.ALL)
    if not yes and plan.steps and not _agrees():
        show(console, "Nothing was sent.")
        raise typer.Exit(Exit.NONE)


def _agrees() -> bool:
    show(error_console(), "Send these requests? [y/N]")
    try:
        return input().strip().lower() in ("y", "yes")  # typer.confirm writes to standard output, which is the report's
    except (EOFError, KeyboardInterrupt, RuntimeError):  # RuntimeError: standard input is closed
        return False


def _exit(calibration: Calibration) -> Exit:
    if calibration.is_interrupted:
        return Exit.INTERRUPTED
    decided = sum(step.is_decided for step in calibration.steps.values())
    return Exit.of(total=len(calibration.steps), succeeded=decided, file_errors=0)
