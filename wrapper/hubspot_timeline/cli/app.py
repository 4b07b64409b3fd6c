"""The commands, gathered."""

from importlib.metadata import version
from typing import Annotated

import typer

from hubspot_timeline.cli.contract import PASS_THROUGH, contract
from hubspot_timeline.cli.sandbox import sandbox
from hubspot_timeline.cli.send import send
from hubspot_timeline.cli.templates import templates
from hubspot_timeline.cli.validate import validate

_SEND_ENDS = (
    "Exit codes: 0 all events were created · 1 some were not, or a file could not be read to its end · "
    "2 bad usage, or no file could be read · 3 nothing was created · 130 interrupted"
)
_VALIDATE_ENDS = (
    "Exit codes: 0 all events are valid · 1 some are not, or a file could not be read to its end · "
    "2 bad usage, or no file could be read · 3 nothing is valid"
)
_CONTRACT_ENDS = (
    "Exit codes: 0 the contract holds · 1 it is broken · 2 bad usage, or a host that must not be used · "
    "3 it could not be verified: no response, only 401, 403, 423, 429 or 477, or no success of an operation · "
    "130 interrupted"
)

app = typer.Typer(
    name="hubspot-timeline",
    help="Send HubSpot timeline events in batches and account for every single one (unofficial).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # a traceback must not show a token
)
app.command(epilog=_SEND_ENDS)(send)
app.command("retry", help="Send the events of dead-letter files again; like send in all else.", epilog=_SEND_ENDS)(send)
app.command(epilog=_VALIDATE_ENDS)(validate)
app.command(epilog=_CONTRACT_ENDS, context_settings=PASS_THROUGH)(contract)
app.command()(sandbox)
app.add_typer(templates, name="templates")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(version("hubspot-timeline"))
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Say what holds for all commands."""
