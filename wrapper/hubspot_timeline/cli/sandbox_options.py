"""The options of the command `sandbox`. Those that are not given are None: the file for --config may say them."""

from pathlib import Path
from typing import Annotated

import typer

from hubspot_timeline_testing.sandbox.faults.kinds import NAMED_ONLY, Fault
from hubspot_timeline_testing.sandbox.faults.latency import LATENCY_WORDS
from hubspot_timeline_testing.sandbox.faults.parsing import KINDS
from hubspot_timeline_testing.sandbox.modes import (
    DuplicateMode,
    InvalidMode,
    NamingMode,
    RecordMode,
    TemplateMode,
    TypeMode,
)

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")]
Database = Annotated[
    Path | None, typer.Option(dir_okay=False, help="SQLite file that keeps the events; without it, memory does.")
]
Duplicates = Annotated[
    DuplicateMode | None,
    typer.Option(
        help="What an id that is taken does: refuse its batch with 409, refuse it with 400, or replace the event.",
        show_default="conflict",
    ),
]
MaxEvents = Annotated[
    int | None, typer.Option(min=0, help="The most events of a batch; 0 for any number.", show_default="100")
]
InvalidEvents = Annotated[
    InvalidMode | None,
    typer.Option(help="Whether an event that breaks a rule refuses its whole batch.", show_default="partial"),
]
ErrorNames = Annotated[
    NamingMode | None,
    typer.Option(help="How an error of a 207 says which event it is about.", show_default="context"),
]
TemplateChecks = Annotated[
    TemplateMode | None,
    typer.Option(help="Whether events need a template that the sandbox holds.", show_default="lenient"),
]
Records = Annotated[
    RecordMode | None, typer.Option(help="What an objectId does that no record has.", show_default="create")
]
Types = Annotated[
    TypeMode | None,
    typer.Option(help="Whether numbers in tokens and epoch timestamps are taken, too.", show_default="lenient"),
]
Config = Annotated[
    Path | None,
    typer.Option(
        help="A JSON file with settings, accounts and faults; the other options go before it.", show_default=False
    ),
]
TemplatesFile = Annotated[
    Path | None,
    typer.Option("--templates", help="A JSON file with templates, as the service lists them.", show_default=False),
]
Daily = Annotated[
    int | None,
    typer.Option(min=1, help="The most requests of an account in a day (UTC).", show_default="any number"),
]
FaultRate = Annotated[
    float | None, typer.Option(min=0, max=1, help="The chance that a request meets a fault.", show_default="0")
]
Faults = Annotated[
    str | None,
    typer.Option(
        help=f"Which faults it may meet, with commas between: {KINDS}.",
        show_default=f"all names but {', '.join(fault for fault in Fault if fault in NAMED_ONLY)}",
    ),
]
Script = Annotated[
    str | None,
    typer.Option(
        help="What the first requests meet, in their order: faults, or none, with commas between.",
        show_default="nothing",
    ),
]
Seed = Annotated[int | None, typer.Option(help="The same seed draws the same faults and latencies.", show_default="0")]
Latency = Annotated[
    str | None,
    typer.Option(help=f"What every request waits before its work: {LATENCY_WORDS}.", show_default="0"),
]
FaultsFile = Annotated[
    Path | None,
    typer.Option(
        help="A file with a whole plan as JSON, instead of the options above: script, rate, kinds, seed, latency, and "
        "events, which says what events meet by patterns of their ids.",
        show_default=False,
    ),
]
FaultsJson = Annotated[
    str | None, typer.Option(help="A whole plan as --faults-file takes it, as text.", show_default=False)
]
Rate = Annotated[
    int | None,
    typer.Option(
        min=1, help="The most requests of a token in any --rate-seconds; 429 beyond.", show_default="any number"
    ),
]
RateSeconds = Annotated[float, typer.Option(help="The length of the rate window.")]
RetryAfter = Annotated[bool, typer.Option("--retry-after", help="Say in a 429 of the rate window when to come again.")]
Json = Annotated[bool, typer.Option("--json", help='Print the address as one line of JSON: {"url": …}.')]
Stdin = Annotated[bool, typer.Option("--until-stdin-closes", hidden=True)]
