"""The options of send, validate and templates, and where the access token comes from."""

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

Files: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…",
        help="JSON Lines (JSON field names, one event a line) or CSV, also as .gz; - is standard input.",
    ),
]
FileFormat: TypeAlias = Annotated[
    Format | None, typer.Option("--format", help="The format of the files.", show_default="by their names")
]
Template: TypeAlias = Annotated[str | None, typer.Option("--template", help="The eventTemplateId of rows without one.")]
TemplatesPath: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--templates",
        metavar="FILE",
        help="Validate events by these templates first: JSON as the service lists them, a list of templates, or one.",
    ),
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Write JSON to standard output, with the result on its last line.")
]
BaseUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(help="The server to send to.", show_default=f"{BASE_URL_VARIABLE}, else {BASE_URL}"),
]
Keep: TypeAlias = Annotated[bool, typer.Option("--keep", help="Keep the sandbox and its page open until Ctrl-C.")]
UseSandbox: TypeAlias = Annotated[
    bool, typer.Option("--sandbox", help="Send to a sandbox that is started on this machine for this run.")
]
TokenFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="The file with the OAuth access token; by default HUBSPOT_TIMELINE_TOKEN is used."),
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
        help="The runs that share the rate limit: memory: only this one, sqlite:PATH all with this file, "
        "redis://HOST#NAME all with this server and name.",
        envvar="HUBSPOT_TIMELINE_RATE_LIMIT_STORE",
    ),
]
MaxInFlight: TypeAlias = Annotated[int, typer.Option(help="How many requests may be in flight at once.", min=1)]
Attempts: TypeAlias = Annotated[
    int, typer.Option(help="The most requests that carry the same events, after temporary errors.", min=1)
]
MaxErrors: TypeAlias = Annotated[
    int | None, typer.Option(help="Stop when more events than this have failed.", show_default="any number", min=0)
]
MaxErrorRate: TypeAlias = Annotated[
    float | None,
    typer.Option(
        help="Stop when more than this share has failed, from 1,000 events on.",
        show_default="any share",
        min=0,
        max=1,
    ),
]
JournalPath: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--journal",
        help="Record the outcome of each event in this file: the same command, run again after any interruption, "
        "continues where it ended.",
    ),
]
FlushInterval: TypeAlias = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="Send the events of standard input or a pipe after at most this time, though their batch is not full. "
        "With --journal a batch is sent when it is full or the input ends.",
        show_default="1.0",
        min=0,
    ),
]
DeadLetterPath: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="The file for events that were not created, with their errors; an existing file is appended to.",
        show_default="dead-letters-TIME.jsonl",
    ),
]


@contextmanager
def usage_errors(console: Console) -> Iterator[None]:
    """Turn an error that is not about a row into its message and the exit code of bad usage."""
    try:
        yield
    except (OptionError, FileError, JournalError) as error:
        console.print(Text(f"Error: {error}"), style="red", soft_wrap=True)
        raise typer.Exit(Exit.USAGE) from error


def find_token(token_file: Path | None) -> AccessTokenLike:
    """Return the access token of a file, else of the environment. Raises OptionError, without the token in it."""
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
    return str(error.strerror) if isinstance(error, OSError) else "it is not UTF-8 text"
