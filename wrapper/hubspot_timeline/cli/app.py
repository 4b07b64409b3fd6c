"""The commands of the application; each is imported when it is run, so that no other command pays for it."""

import sys
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
from typer.core import MarkupMode, TyperGroup

import hubspot_timeline
from hubspot_timeline.cli.streams import exit_code

_UNWRITTEN = "4 as 0, but standard output could not be written, and standard error has the result"
_SEND_EXITS = (
    "Exit codes: 0 all events were created · 1 some were not, or a file could not be read to its end, or written · "
    f"2 bad usage, or no file could be read · 3 no event is known to be created · {_UNWRITTEN} · 130 interrupted"
)
_EVENT_EXITS = (
    f"Exit codes: 0 the event was created, or existed · 2 bad usage · 3 it was not created · {_UNWRITTEN} · "
    "130 interrupted"
)
_VALIDATE_EXITS = (
    "Exit codes: 0 all events are valid · 1 some are not, or a file could not be read to its end · "
    f"2 bad usage, or no file could be read · 3 nothing is valid · {_UNWRITTEN}"
)
_CONTRACT_EXITS = (
    "Exit codes: 0 the contract holds · 1 it is broken · 2 bad usage, or a host that nothing is sent to · "
    "3 it could not be verified: no response, only 401, 403, 423, 429 or 477, or no request to an operation succeeded "
    f"· {_UNWRITTEN} · 130 interrupted; the reports have what was found until then"
)

_MIGRATE_EXITS = (
    "Exit codes: 0 all templates were written · 1 some have errors, and were not · "
    "2 bad usage, no template could be read, or a file exists with other content · 3 all have errors"
)
_CALIBRATE_EXITS = (
    "Exit codes: 0 each experiment has decided something · 1 some could not · 2 bad usage, or a host or account that "
    f"no event is sent to · 3 nothing was decided, or the plan was declined · {_UNWRITTEN} · 130 interrupted; the file "
    "has what was found until then, and --resume goes on"
)

# So many columns that no line is wrapped where the output is not a terminal.
_WIDTH_OF_FILES = 10_000

# Options of `schemathesis run` may follow the URL.
_PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}

# By name: the function `name.name` of this package, and what its help adds to the docstring.
_COMMANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "send": ("send", {"epilog": _SEND_EXITS}),
    "retry": (
        "send",
        {
            "epilog": _SEND_EXITS,
            "help": "Send the events of dead-letter files again; otherwise the same as send. "
            "Those of several accounts need --account-column account, where they have theirs.",
        },
    ),
    "event": ("event", {"epilog": _EVENT_EXITS}),
    "validate": ("validate", {"epilog": _VALIDATE_EXITS}),
    "contract": ("contract", {"epilog": _CONTRACT_EXITS, "context_settings": _PASS_THROUGH}),
    "calibrate": ("calibrate", {"epilog": _CALIBRATE_EXITS}),
    "sandbox": ("sandbox", {"epilog": f"Exit codes: 0 stopped by Ctrl-C · 2 bad usage · {_UNWRITTEN}"}),
    "templates": ("templates", {}),
    "migrate": ("migrate", {"epilog": _MIGRATE_EXITS}),
}


class LazyCommands(TyperGroup):
    """A group whose commands are imported when they are needed, and whose errors are shown alike."""

    def main(self, *args: Any, **settings: Any) -> NoReturn:
        """Run a command, and exit."""
        settings["standalone_mode"] = False
        if not sys.stdout.isatty():
            self.rich_markup_mode: MarkupMode = None  # a frame has the width of a terminal
            settings["terminal_width"] = _WIDTH_OF_FILES
        try:
            code = super().main(*args, **settings)
        except SystemExit as end:  # of --show-completion
            code = end.code
        except Exception as error:  # noqa: BLE001 - raised again where it is none of the known ones
            from hubspot_timeline.cli.errors import end_with  # noqa: PLC0415 - slow to import

            code = end_with(error)
        sys.exit(exit_code(int(code or 0)))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class has it
        """Return the names of the commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the base class has it
        """Return a command, or None if there is none of this name."""
        if cmd_name not in _COMMANDS:
            return None
        name, texts = _COMMANDS[cmd_name]
        command = getattr(import_module(f"hubspot_timeline.cli.{name}"), name)
        if not isinstance(command, typer.Typer):
            function, command = command, typer.Typer(add_completion=False)
            command.command(cmd_name, **texts)(function)
        command.rich_markup_mode = self.rich_markup_mode
        return typer.main.get_command(command)


app: typer.Typer = typer.Typer(
    name="hubspot-timeline",
    help="Send HubSpot timeline events in batches and account for every single one (unofficial).",
    cls=LazyCommands,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},  # of all commands
    pretty_exceptions_show_locals=False,  # a traceback must not show a token
)


def _show_version(is_set: bool) -> None:
    if is_set:
        typer.echo(hubspot_timeline.__version__)
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options of all commands."""
