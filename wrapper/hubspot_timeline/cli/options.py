"""Options that several commands share, and how a token is found."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from rich.console import Console
from rich.text import Text

from hubspot_timeline.auth.credentials import AccessTokenLike, credentials_from_environment
from hubspot_timeline.cli.exit_codes import Exit
from hubspot_timeline.config import BASE_URL, BASE_URL_VARIABLE
from hubspot_timeline.errors import JournalError, OptionError
from hubspot_timeline.files import FileError, Format
from hubspot_timeline_testing.sandbox import SandboxStartError

Files: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…", help="JSON Lines (wire names, one event a line) or CSV, also as .gz; - is standard input."
    ),
]
Form: TypeAlias = Annotated[
    Format | None, typer.Option("--format", help="The form of the files; told by their names if not given.")
]
Template: TypeAlias = Annotated[
    str | None, typer.Option("--template", help="The eventTemplateId of rows that name none.")
]
TemplatesPath: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--templates",
        metavar="FILE",
        help="Check events by these templates first: JSON as the service lists them, a list of templates, or one.",
    ),
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="For machines: JSON on standard output, the result on its last line.")
]


BaseUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(help="Where to send to.", show_default=f"{BASE_URL_VARIABLE}, else {BASE_URL}"),
]
Keep: TypeAlias = Annotated[
    bool, typer.Option("--keep", help="Keep the sandbox open until Ctrl-C, with its page to look at.")
]
UseSandbox: TypeAlias = Annotated[
    bool, typer.Option("--sandbox", help="Send to a sandbox that is started on this machine for this run.")
]
TokenFile: TypeAlias = Annotated[
    Path | None, typer.Option(help="A file that holds the OAuth access token; else HUBSPOT_TIMELINE_TOKEN is used.")
]
BatchSize: TypeAlias = Annotated[int, typer.Option(help="The most events in one request.", min=1)]
RateLimitOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        help="The most requests in any 10 seconds; 0 for no limit.",
        show_default="110; no limit with --sandbox",
        min=0,
    ),
]
RateLimitStore: TypeAlias = Annotated[
    str,
    typer.Option(
        help="Who shares the rate limit: memory: this run, sqlite:PATH all runs that name the file, redis://HOST#NAME "
        "all that name server and name.",
        envvar="HUBSPOT_TIMELINE_RATE_LIMIT_STORE",
    ),
]
MaxInFlight: TypeAlias = Annotated[int, typer.Option(help="How many requests may be under way at once.", min=1)]
Attempts: TypeAlias = Annotated[
    int, typer.Option(help="The most requests that carry the same events, where trouble passes.", min=1)
]
MaxErrors: TypeAlias = Annotated[
    int | None, typer.Option(help="Stop once more events than this failed.", show_default="any number", min=0)
]
MaxErrorRate: TypeAlias = Annotated[
    float | None,
    typer.Option(
        help="Stop once more than this share failed, looked at from 1,000 events on.",
        show_default="any share",
        min=0,
        max=1,
    ),
]
JournalPath: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--journal",
        help="Keep what became of each event in this file: the same command, run again after whatever ended it, "
        "goes on where it was.",
    ),
]
DeadLetterPath: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="Where events that were not created are written to, with their errors; an existing file is added to.",
        show_default="dead-letters-TIME.jsonl",
    ),
]


@contextmanager
def usage_errors(console: Console) -> Iterator[None]:
    """Turn an error that no row is at fault for into its message and the exit code of bad usage."""
    try:
        yield
    except (OptionError, FileError, JournalError, SandboxStartError) as error:
        console.print(Text(f"Error: {error}"), style="red", soft_wrap=True)
        raise typer.Exit(Exit.USAGE) from error


def find_token(token_file: Path | None) -> AccessTokenLike:
    """Return the token of a file, else of the environment. Raises OptionError, without quoting it, if there is none."""
    if token_file is None:
        return credentials_from_environment()
    try:
        token = token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"the token file {token_file} cannot be read: {_reason(error)}") from error
    if not token:
        raise OptionError(f"the token file {token_file} is empty")
    return token


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else "it is no UTF-8 text"
