"""The options that several commands have, and where the access token comes from."""

import csv
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from hubspot_timeline.auth.credentials import AccessTokenLike, credentials_from_environment, token_from_file
from hubspot_timeline.config import API_VARIABLE, APP_ID_VARIABLE, BASE_URL, BASE_URL_VARIABLE, api_from_environment
from hubspot_timeline.errors import OptionError
from hubspot_timeline.files import CsvOptions, Format, read_columns

Files: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…",
        help="JSON Lines (JSON field names, one event a line), a JSON array or CSV, also as .gz; - is standard input.",
    ),
]
FileFormat: TypeAlias = Annotated[
    Format | None, typer.Option("--format", help="The format of the files.", show_default="by their names")
]
Delimiter: TypeAlias = Annotated[
    str | None, typer.Option(help="The character between the columns of CSV.", show_default="guessed from , ; tab |")
]
Encoding: TypeAlias = Annotated[
    str | None, typer.Option(help="The encoding of CSV, such as cp1252.", show_default="guessed from UTF-8, cp1252")
]
TimeZone: TypeAlias = Annotated[
    str | None, typer.Option(help="The zone of timestamps in CSV that have none, such as Europe/Berlin.")
]
TimeFormat: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="The format of timestamps in CSV, such as '%d.%m.%Y %H:%M'.",
        show_default="RFC 3339 or epoch milliseconds",
    ),
]
ColumnMap: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="HEADING=FIELD,…",
        help="The fields of headings in CSV: 'E-Mail=email,Plätze=tokens.seats'; 'Notiz=' reads no column Notiz.",
    ),
]
ColumnMapFile: TypeAlias = Annotated[
    str | None, typer.Option("--map-file", metavar="FILE", help='The same as a JSON object: {"E-Mail": "email"}.')
]
ApiVersion: TypeAlias = Annotated[
    str, typer.Option("--api", help="v3, or the version of app events, such as 2026-09.", envvar=API_VARIABLE)
]
EventTypes: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--event-types",
        metavar="DIR|FILE",
        help="The event type for each template, by which events of v3 become app events: the folder that migrate "
        "writes, or its event-types.json.",
    ),
]
EventType: TypeAlias = Annotated[
    str | None, typer.Option("--event-type", help="The eventTypeName of rows without one.")
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
AccountColumn: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="The column of CSV, by its heading, or the field of JSON Lines with the account of each row.",
    ),
]
Production: TypeAlias = Annotated[
    bool, typer.Option("--production", help="Allow a production host of the vendor; needs --confirm-production.")
]
ConfirmProduction: TypeAlias = Annotated[
    str | None, typer.Option("--confirm-production", metavar="HOST", help="The full name of the production host.")
]
Apis: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--api",
        metavar="VERSION,…",
        help="v3, the version of app events, such as 2026-09, or several; repeatable.",
        show_default=f"{API_VARIABLE}, else v3",
    ),
]


def split_names(values: Iterable[str] | None) -> list[str]:
    """Return the values of an option that is repeatable, and may hold several values separated by commas."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]


def chosen_apis(values: Iterable[str] | None) -> list[str]:
    """Return the APIs of the option --api, each once, else the one of the environment."""
    return list(dict.fromkeys(split_names(values) or [api_from_environment()]))


def csv_options(
    files: Sequence[str],
    file_format: Format | None,
    *,
    delimiter: str | None,
    encoding: str | None,
    time_zone: str | None,
    time_format: str | None,
    column_map: Sequence[str] | None,
    column_map_file: str | None,
) -> CsvOptions:
    """Return how the CSV files of a command are written.

    Raises OptionError, also for a missing file, and FileError for the file of the map.
    """
    is_any_set = any((delimiter, encoding, time_zone, time_format, column_map, column_map_file))
    if is_any_set and Format.CSV not in {file_format or Format.of(name) for name in files}:
        raise OptionError("--delimiter, --encoding, --time-zone, --time-format and --map need CSV; add --format csv")
    columns = read_columns(column_map_file) if column_map_file else {}
    # As CSV, so that quotes can be put around a heading with a comma.
    for pair in chain.from_iterable(csv.reader(column_map or ())):
        heading, sign, field = pair.rpartition("=")
        if not sign:
            raise OptionError(f"--map has {pair!r}; write HEADING=FIELD, such as 'E-Mail=email'")
        columns[heading.strip()] = field.strip()
    delimiter = "\t" if delimiter in ("tab", r"\t") else delimiter
    return CsvOptions(
        delimiter=delimiter, encoding=encoding, time_zone=time_zone, time_format=time_format, columns=columns
    )


def find_access_token(token_file: Path | None) -> str:
    """Return the access token itself, for a command that does not refresh it. Raises OptionError."""
    token = find_token(token_file)
    if not isinstance(token, str):
        raise OptionError("an access token is required: set HUBSPOT_TIMELINE_TOKEN or use --token-file")
    return token


def find_token(token_file: Path | None) -> AccessTokenLike:
    """Return the access token of a file, else of the environment. Raises OptionError, without the token in it."""
    return credentials_from_environment() if token_file is None else token_from_file(token_file)
