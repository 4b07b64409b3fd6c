"""The options of `contract`, and what their values mean."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from hubspot_timeline.config import APP_ID_VARIABLE
from hubspot_timeline.errors import OptionError
from hubspot_timeline_testing.contract import ALLOWANCES, ContractUsageError
from hubspot_timeline_testing.contract.reports import REPORTS
from hubspot_timeline_testing.contract.settings import PHASES

Url: TypeAlias = Annotated[
    str, typer.Argument(metavar="URL", help="The base URL of the server, such as http://127.0.0.1:8080.")
]
Seed: TypeAlias = Annotated[
    int | None, typer.Option(help="Think of the same requests again.", show_default="drawn, and told", min=0)
]
MaxExamples: TypeAlias = Annotated[
    int, typer.Option(help="How many requests are made up for an operation, and how many chains of them.", min=1)
]
Operation: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Only this operation, by its operationId; may be given again.", show_default="all"),
]
Phases: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="PHASE,…", help=f"Only these phases: {', '.join(PHASES)}.", show_default="all"),
]
Allow: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHAT",
        help="Do not count a known departure; may be given again. "
        + " ".join(f"{word}: {said}." for word, said in ALLOWANCES.items()),
        show_default="none",
    ),
]
AppId: TypeAlias = Annotated[
    int | None,
    typer.Option(
        help="The app whose templates are asked for, where the server knows only some.",
        envvar=APP_ID_VARIABLE,
        show_default="any number",
        min=1,
        max=2**31 - 1,
    ),
]
Rate: TypeAlias = Annotated[
    int | None, typer.Option(help="The most requests in a second.", show_default="no limit", min=1)
]
MaxTime: TypeAlias = Annotated[
    int | None,
    typer.Option(help="Seconds that chance goes on for, with new requests until then.", show_default="no limit", min=1),
]
MaxWait: TypeAlias = Annotated[
    float, typer.Option(help="Seconds that are waited in all where a 429 has a Retry-After.", min=0)
]
Timeout: TypeAlias = Annotated[
    float, typer.Option(help="Seconds after which an answer is missing, though a part of it has come.", min=0.1)
]
Report: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FORM[=FILE],…",
        help="Write a report: "
        + ", ".join(f"{form} (to {name})" for form, (name, _) in REPORTS.items())
        + ", or to another FILE; - is standard output. May be given again.",
        show_default="none",
    ),
]
Production: TypeAlias = Annotated[
    bool, typer.Option("--production", help="Send to the vendor's production host; --yes-i-mean has to say so too.")
]
HostAgain: TypeAlias = Annotated[
    str | None, typer.Option("--yes-i-mean", metavar="HOST", help="The name of the production host, in full.")
]

STANDARD_OUTPUT = "-"


def split(given: Iterable[str] | None) -> list[str]:
    """Return the words of an option that may be given again, or hold several words with commas between them."""
    return [word.strip() for part in given or () for word in part.split(",") if word.strip()]


def report_files(given: Iterable[str] | None) -> dict[str, str]:
    """Return the file for each form of report that is asked for. Raises ContractUsageError."""
    files: dict[str, str] = {}
    for word in split(given):
        form, _, name = word.partition("=")
        if form not in REPORTS:
            raise ContractUsageError(f"--report: {form!r} is no form of report; there are {', '.join(REPORTS)}")
        files[form] = name or REPORTS[form][0]
    if list(files.values()).count(STANDARD_OUTPUT) > 1:
        raise ContractUsageError("--report: only one report can go to standard output")
    for name in files.values():
        if name != STANDARD_OUTPUT:
            _try(name)
    return files


def _try(name: str) -> None:
    """See whether a report can be written, before anything is sent. Raises ContractUsageError."""
    if not Path(name).absolute().parent.is_dir():
        raise ContractUsageError(f"--report: the folder of {name} is not there; make it first")
    try:
        with Path(name).open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise ContractUsageError(f"--report: {name} cannot be written: {error.strerror}") from error


def write_reports(texts: dict[str, str]) -> None:
    """Write each text to its file. Raises OptionError, which names the first that could not be written, at the end."""
    failed = ""
    for name, text in texts.items():
        try:
            if name == STANDARD_OUTPUT:
                sys.stdout.write(text)
                sys.stdout.flush()
            else:
                Path(name).write_text(text, encoding="utf-8")
        except OSError as error:
            failed = failed or f"--report: {name} cannot be written: {error.strerror}"
    if failed:
        raise OptionError(failed)
