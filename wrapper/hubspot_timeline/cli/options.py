"""The options that several commands have, and where the access token comes from."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from hubspot_timeline.auth.credentials import AccessTokenLike, credentials_from_environment
from hubspot_timeline.config import APP_ID_VARIABLE, BASE_URL, BASE_URL_VARIABLE
from hubspot_timeline.errors import OptionError
from hubspot_timeline.files import Format

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
AppId: TypeAlias = Annotated[
    int | None, typer.Option(help="The app that templates belong to.", envvar=APP_ID_VARIABLE, min=1, max=2**31 - 1)
]
TokenFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="The file with the OAuth access token; by default HUBSPOT_TIMELINE_TOKEN is used."),
]


def find_token(token_file: Path | None) -> AccessTokenLike:
    """Return the access token of a file, else of the environment. Raises OptionError, without the token in it."""
    if token_file is None:
        return credentials_from_environment()
    try:
        token = token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise OptionError(f"the token file {token_file} cannot be read: {reason}") from error
    if not token:
        raise OptionError(f"the token file {token_file} is empty")
    return token
