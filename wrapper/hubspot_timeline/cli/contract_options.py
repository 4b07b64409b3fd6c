"""The options of `hubspot-timeline contract`."""

from collections.abc import Iterable
from typing import Annotated, TypeAlias

import typer

from hubspot_timeline.config import APP_ID_VARIABLE
from hubspot_timeline_testing.contract.known_deviations import KNOWN_DEVIATIONS
from hubspot_timeline_testing.contract.settings import PHASES

Url: TypeAlias = Annotated[
    str, typer.Argument(metavar="URL", help="The base URL of the server, such as http://127.0.0.1:8080.")
]
Seed: TypeAlias = Annotated[
    int | None, typer.Option(help="Generate the same requests again.", show_default="random, and printed", min=0)
]
MaxExamples: TypeAlias = Annotated[
    int, typer.Option(help="The number of generated requests for each operation, and of chains.", min=1)
]
Operation: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Only this operation, by its operationId; repeatable.", show_default="all"),
]
Phases: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="PHASE,…", help=f"Only these phases: {', '.join(PHASES)}.", show_default="all"),
]
Allow: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DEVIATION,…",
        help="Accept a known deviation; repeatable. "
        + " ".join(f"{name}: {meaning}." for name, meaning in KNOWN_DEVIATIONS.items()),
        show_default="none",
    ),
]
AppId: TypeAlias = Annotated[
    int | None,
    typer.Option(
        help="The app whose templates are used, for servers that have only some.",
        envvar=APP_ID_VARIABLE,
        show_default="any number",
        min=1,
        max=2**31 - 1,
    ),
]
Timeout: TypeAlias = Annotated[
    float, typer.Option(help="Seconds after which a response is missing, even if a part of it has arrived.", min=0.1)
]
ConfigFile: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="The configuration of Schemathesis.", show_default="schemathesis.toml, here or above"
    ),
]
Production: TypeAlias = Annotated[
    bool, typer.Option("--production", help="Allow a production host of the vendor; needs --confirm-production too.")
]
ConfirmProduction: TypeAlias = Annotated[
    str | None, typer.Option("--confirm-production", metavar="HOST", help="The full name of the production host.")
]


def split(values: Iterable[str] | None) -> list[str]:
    """Return the values of an option that is repeatable, and may hold several values separated by commas."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]
