"""`hubspot-timeline event`: sends one event that the options describe."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

import typer

from hubspot_app_events_api.models import AppEvent
from hubspot_timeline.apis import V3_VERSION
from hubspot_timeline.auth.credentials import TOKEN_VARIABLE
from hubspot_timeline.cli.console import error_console, log_messages, print_line, show
from hubspot_timeline.cli.errors import Exit, in_command_words
from hubspot_timeline.cli.interrupts import Interrupts
from hubspot_timeline.cli.options import ApiVersion, AsJson, BaseUrl, EventTypes, TemplatesPath, TokenFile
from hubspot_timeline.cli.target import open_target
from hubspot_timeline.client import TimelineClient
from hubspot_timeline.delivery.outcomes import Created, Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.errors import OptionError, printable
from hubspot_timeline.events.builder import app_event
from hubspot_timeline.events.builder import event as build_event
from hubspot_timeline.events.token_values import TokenValue
from hubspot_timeline.files import read_templates
from hubspot_timeline.templates.validation import TemplateRules
from hubspot_timeline_api.models import TimelineEvent

_MEANINGS = {
    "created": "in the service, exactly once",
    "rejected": "not created, and will not be as it is",
    "unconfirmed": "may be in the service; send it again with the same --id",
    "unsent": "not in the service; send it again once the cause is gone",
}


def event(
    *,
    template: Annotated[str | None, typer.Option(help="The eventTemplateId.")] = None,
    event_type: Annotated[str | None, typer.Option(help="The eventTypeName, for an app event; see --api.")] = None,
    email: Annotated[str | None, typer.Option(help="The contact, by its email address.")] = None,
    object_id: Annotated[str | None, typer.Option(help="The record, by its id.")] = None,
    utk: Annotated[str | None, typer.Option(help="The contact, by its user token.")] = None,
    tokens: Annotated[
        list[str] | None,
        typer.Option(
            "--token",
            metavar="NAME=VALUE",
            help="An event token, or a property of an app event; repeatable. The value is sent as it is written. With "
            "--templates it must fit the type of its token, and a date may be written as in ISO 8601.",
        ),
    ] = None,
    event_id: Annotated[
        str | None,
        typer.Option("--id", help="The id, with which a second event is not created.", show_default="a new one"),
    ] = None,
    timestamp: Annotated[
        str | None, typer.Option(help="RFC 3339 or epoch milliseconds.", show_default="the time of the request")
    ] = None,
    templates: TemplatesPath = None,
    api: ApiVersion = V3_VERSION,
    event_types: EventTypes = None,
    base_url: BaseUrl = None,
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Send one event, and show its outcome."""
    if (template is None) == (event_type is None):
        raise OptionError("one of --template and --event-type is needed: the type of the event")
    if event_type is not None and api == V3_VERSION:
        raise OptionError("--event-type is for app events; add --api 2026-09")
    rules = read_templates(templates) if templates else None
    values = _values(tokens or (), rules, template)
    moment = _timestamp(timestamp)

    def build(values: dict[str, TokenValue]) -> TimelineEvent | AppEvent:
        if event_type is not None:
            return app_event(
                event_type, values, email=email, object_id=object_id, utk=utk, id=event_id, timestamp=moment
            )
        return build_event(
            template or "", values, email=email, object_id=object_id, utk=utk, id=event_id, timestamp=moment
        )

    console = error_console()
    with (
        open_target(base_url, token_file, use_sandbox=False) as target,
        TimelineClient(
            target.token, base_url=target.base_url, api=api, event_types=event_types, duplicates="ok"
        ) as timeline,
        log_messages(console),
        Interrupts(timeline, console) as interrupts,
    ):
        [outcome] = timeline.stream([values], make=build, validate=rules)
    if isinstance(outcome, Rejected | Unconfirmed | Unsent):
        show(console, in_command_words(str(outcome.error)))
    print_line(json.dumps(_numbers(outcome, event_id)) if as_json else _line(outcome, event_id))
    if interrupts.received:
        raise typer.Exit(Exit.INTERRUPTED)
    raise typer.Exit(Exit.of(total=1, succeeded=isinstance(outcome, Created), file_errors=0))


def _values(texts: Sequence[str], rules: TemplateRules | None, template: str | None) -> dict[str, TokenValue]:
    """Return the values of the event tokens by their names. Raises OptionError."""
    values: dict[str, TokenValue] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:  # not quoted, since it may be an access token
            raise OptionError(
                "--token is an event token, NAME=VALUE, such as seats=2; for the access token, which is never an "
                f"argument that other users could see, use {TOKEN_VARIABLE} or --token-file"
            )
        if name in values:
            raise OptionError(f"--token has {name} twice; remove one")
        values[name] = _date(value) if rules and rules.is_date(template or "", name) else value
    return values


def _date(text: str) -> TokenValue:
    """Return what ISO 8601 says; other text as it is, which the check of its template explains."""
    try:
        is_basic = len(text) == len("20260310")
        if text.isdecimal() and not is_basic:  # epoch milliseconds, some of which ISO 8601 would take for a time
            return text
        is_date = is_basic or len(text) == len("2026-03-10")
        return date.fromisoformat(text) if is_date else datetime.fromisoformat(text)
    except ValueError:
        return text


def _timestamp(text: str | None) -> str | int | None:
    return int(text) if text and text.isdecimal() and len(text) < 20 else text


def _name(outcome: Outcome) -> str:
    return type(outcome).__name__.lower()


def _line(outcome: Outcome, event_id: str | None) -> str:
    existed = isinstance(outcome, Created) and outcome.existed
    meaning = "an event with this id exists already" if existed else _MEANINGS[_name(outcome)]
    return f"{_name(outcome)} {printable(outcome.id or event_id or '')}".rstrip() + f": {meaning}"


def _numbers(outcome: Outcome, event_id: str | None) -> dict[str, Any]:
    error = getattr(outcome, "error", None)
    return {
        "outcome": _name(outcome),
        "id": outcome.id or event_id,
        "existed": isinstance(outcome, Created) and outcome.existed,
        "attempts": outcome.attempts,
        "error": None if error is None else in_command_words(str(error)),
    }
