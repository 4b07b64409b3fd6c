"""The commands, gathered."""

from importlib.metadata import version
from typing import Annotated

import typer

from hubspot_timeline.cli.sandbox import sandbox
from hubspot_timeline.cli.send import send
from hubspot_timeline.cli.validate import validate

app = typer.Typer(
    name="hubspot-timeline",
    help="Send HubSpot timeline events in batches and account for every single one (unofficial).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # a traceback must not show a token
)
app.command()(send)
app.command("retry", help="Send the events of dead-letter files again, with the same ids; like send in all else.")(send)
app.command()(validate)
app.command()(sandbox)


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
