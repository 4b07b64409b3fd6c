"""How a command ends: its exit codes, and the one line on standard error for an error."""

import re
from enum import IntEnum
from typing import Any

import typer
from rich.console import Console

from hubspot_timeline.auth.credentials import OAUTH_VARIABLES, TOKEN_VARIABLE
from hubspot_timeline.cli.console import error_console, print_line, show
from hubspot_timeline.config import ACCOUNTS_VARIABLE, APP_ID_VARIABLE, BASE_URL_VARIABLE, RATE_LIMIT_STORE_VARIABLE
from hubspot_timeline.errors import JournalError, OptionError, TimelineError
from hubspot_timeline.files import FileError

_CLIENT_ID, _CLIENT_SECRET, _REFRESH_TOKEN = OAUTH_VARIABLES
_BASE_URL = f"--base-url (or {BASE_URL_VARIABLE})"

# What the messages of the library call something that the command has another name for.
_COMMAND_WORDS = {
    r"base_url and the path of OAuthRefresh": _BASE_URL,
    r"client_id and client_secret": f"{_CLIENT_ID} and {_CLIENT_SECRET}",
    r"a new refresh_token": f"a new {_REFRESH_TOKEN}",
    r"max_bytes of BatchLimits": "--batch-size",
    r"the seconds in retry_after": "the time that the service names",
    rf"set {TOKEN_VARIABLE},": f"set {TOKEN_VARIABLE} or use --token-file,",
    rf"{TOKEN_VARIABLE} is blank; set it,": f"{TOKEN_VARIABLE} is blank; set it or use --token-file,",
    r"pass app_id= to the client, --app-id to the command": "use --app-id",
    r"error_limit allows": "--max-errors or --max-error-rate allows",
    r"^eventTemplateId: is missing$": "eventTemplateId: is missing; --template sets it for all rows without one",
    r"^delimiter is": "--delimiter is",
    r"^encoding '": "--encoding '",
    r"^time_zone '": "--time-zone '",
    r"^rate is": "--max-error-rate is",
    r"\bflush_interval\b": "--flush-interval",
    r"\bmax_in_flight\b": "--max-in-flight",
    r"\brate_limit_store\b": f"--rate-limit-store (or {RATE_LIMIT_STORE_VARIABLE})",
    r"\bbase_url\b": _BASE_URL,
    r"event\(\) converts a date, or a datetime with a time zone": "the command `event` converts 2026-03-10T10:00Z",
    r"set account_column to 'account'": "add --accounts and --account-column account",
    rf"set {ACCOUNTS_VARIABLE} to": f"give --accounts (or {ACCOUNTS_VARIABLE}),",
    r"\bapp_id\b": f"--app-id (or {APP_ID_VARIABLE})",
}

_NUMBERS = {
    "integer": "a whole number",
    "int range": "a whole number",
    "float": "a number",
    "float range": "a number",
}


class Exit(IntEnum):
    """An exit code; `validate` counts valid events where `send` counts created ones."""

    ALL = 0
    SOME = 1
    USAGE = 2
    NONE = 3
    INTERRUPTED = 130

    @classmethod
    def of(cls, *, total: int, succeeded: int, file_errors: int) -> "Exit":
        """Return the code of a run; `file_errors` is how many files could not be read, or not to their end."""
        if not total and file_errors:
            return cls.USAGE
        if not succeeded:
            return cls.NONE
        return cls.SOME if succeeded < total or file_errors else cls.ALL


def end_with(error: Exception) -> Exit:
    """Show an error that ends a command, and return the exit code. Raises one that is a defect of the command."""
    console = error_console()
    match error:
        case OptionError() | FileError() | JournalError():
            show_error(console, str(error))
        case TimelineError():
            show_error(console, str(error))
            return Exit.SOME
        case ImportError() if not isinstance(error, ModuleNotFoundError):  # says what to install
            show_error(console, str(error))
        case _ if hasattr(error, "format_message"):  # of Click, which newer versions of Typer contain privately
            _show_usage_error(console, error)
        case _:
            raise error
    return Exit.USAGE


def show_error(console: Console, message: str) -> None:
    """Show an error that is not about a row."""
    show(console, f"Error: {in_command_words(message)}", "red")


def in_command_words(message: str) -> str:
    """Return a message of the library with the options of the command in place of those of Python."""
    for words, words_of_command in _COMMAND_WORDS.items():
        message = re.sub(words, words_of_command, message)
    return message


def _show_usage_error(console: Console, error: Any) -> None:
    message = _usage_message(error)
    if message.startswith("Usage:"):  # the help of a group without a command; on a terminal it is shown already
        print_line(message)
    elif message:
        show_error(console, message)
        if context := error.ctx:
            show(console, f"See {context.command_path} --help.")


def _usage_message(error: Any) -> str:
    message: str = error.format_message()
    if getattr(error, "option_name", "") == "--token" and hasattr(error, "possibilities"):  # not that of `event`
        return (
            f"an access token is never an argument, which other users could see; use {TOKEN_VARIABLE} or --token-file"
        )
    if not isinstance(error, typer.BadParameter) or not error.param or not error.message:
        return message
    variable = f" (or {error.param.envvar})" if error.param.envvar else ""
    name = f"{error.param.opts[-1]}{variable}"
    kind: Any = error.param.type
    if kind.name not in _NUMBERS:
        return f"{name}: {error.message}"
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    limits = "" if low is None else f" of at least {low}" if high is None else f" from {low} to {high}"
    return f"{name} is {error.message.partition(' is not ')[0]}; it must be {_NUMBERS[kind.name]}{limits}"
