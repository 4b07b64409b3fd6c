"""The options of the command `sandbox`; None where the file for --config applies."""

from pathlib import Path
from typing import Annotated

import typer

from hubspot_timeline_testing.sandbox.faults.kinds import NAMED_ONLY, Fault
from hubspot_timeline_testing.sandbox.faults.latency import LATENCY_FORMATS
from hubspot_timeline_testing.sandbox.faults.parsing import KINDS
from hubspot_timeline_testing.sandbox.settings import (
    DuplicateMode,
    ErrorNameMode,
    InvalidEventMode,
    RecordMode,
    TemplateCheckMode,
    TypeMode,
)

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 for a free one.")]
Database = Annotated[
    Path | None, typer.Option(dir_okay=False, help="SQLite file for the events; without it they are in memory.")
]
Duplicates = Annotated[
    DuplicateMode | None,
    typer.Option(
        help="For an id that exists already: reject the batch with 409, reject it with 400, or replace the event.",
        show_default="conflict",
    ),
]
MaxEvents = Annotated[
    int | None,
    typer.Option(min=0, help="The maximum number of events in a batch; 0 for any number.", show_default="100"),
]
InvalidEvents = Annotated[
    InvalidEventMode | None,
    typer.Option(help="Whether one invalid event rejects its whole batch.", show_default="partial"),
]
ErrorNames = Annotated[
    ErrorNameMode | None,
    typer.Option(help="How an error of a 207 names its event.", show_default="context"),
]
TemplateChecks = Annotated[
    TemplateCheckMode | None,
    typer.Option(help="Whether events need a template that the sandbox has.", show_default="lenient"),
]
Records = Annotated[
    RecordMode | None,
    typer.Option(help="For an unknown objectId: create the record, or reject the event.", show_default="create"),
]
Types = Annotated[
    TypeMode | None,
    typer.Option(help="Whether numbers in tokens and epoch timestamps are accepted.", show_default="lenient"),
]
Config = Annotated[
    Path | None,
    typer.Option(
        help="A JSON file with settings, accounts and faults; other options take precedence.", show_default=False
    ),
]
TemplatesFile = Annotated[
    Path | None,
    typer.Option("--templates", help="A JSON file with templates, as the service lists them.", show_default=False),
]
Daily = Annotated[
    int | None,
    typer.Option(min=1, help="The maximum number of requests of an account in a day (UTC).", show_default="any number"),
]
FaultRate = Annotated[
    float | None, typer.Option(min=0, max=1, help="The probability of a fault for each request.", show_default="0")
]
Faults = Annotated[
    str | None,
    typer.Option(
        help=f"The faults to choose from, separated by commas: {KINDS}.",
        show_default=f"all but {', '.join(fault for fault in Fault if fault in NAMED_ONLY)}",
    ),
]
Script = Annotated[
    str | None,
    typer.Option(
        help="The faults of the first requests, separated by commas; none for no fault.",
        show_default="nothing",
    ),
]
Seed = Annotated[int | None, typer.Option(help="The same seed draws the same faults and latencies.", show_default="0")]
Latency = Annotated[
    str | None,
    typer.Option(help=f"The latency of every request: {LATENCY_FORMATS}.", show_default="0"),
]
FaultsFile = Annotated[
    Path | None,
    typer.Option(
        help="A JSON file with a whole plan, instead of the options above: script, rate, kinds, seed, latency, "
        "and events (faults by patterns of event ids).",
        show_default=False,
    ),
]
Rate = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="The maximum number of requests of a token in any --rate-seconds; 429 beyond.",
        show_default="any number",
    ),
]
RateSeconds = Annotated[float, typer.Option(help="The length of the rolling window.")]
RetryAfter = Annotated[bool, typer.Option("--retry-after", help="Send a Retry-After with a 429 of the rolling window.")]
Json = Annotated[bool, typer.Option("--json", help='Print the address as one line of JSON: {"url": …}.')]
Stdin = Annotated[bool, typer.Option("--until-stdin-closes", hidden=True)]
