"""The options of the data source: strings under case-insensitive names, checked on the driver."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar, get_args

from attrs import field, frozen

from hubspot_timeline.base_client import ClientOptions
from hubspot_timeline.config import api_from_environment, base_url_from_environment, rate_limit_store_from_environment
from hubspot_timeline.delivery.batches import BatchLimits
from hubspot_timeline.delivery.outcomes import Duplicates
from hubspot_timeline.delivery.retry import ErrorLimit
from hubspot_timeline.errors import OptionError
from hubspot_timeline.files.templates import read_templates
from hubspot_timeline.rate_limit import RateLimit
from hubspot_timeline.tables import EventMaker
from hubspot_timeline.templates.suggestions import suggestion
from hubspot_timeline.templates.validation import TemplateRules

T = TypeVar("T")

IDs = Literal["column", "content"]
OnRejected = Literal["deadLetter", "fail", "ignore"]

NAMES = (
    *("api", "fallbackApi", "baseUrl", "eventTypes", "templates"),
    *("accountColumn", "credentials", "idColumn", "ids", "duplicates", "allowSpeculation"),
    *("batchSize", "inFlight", "accountsInFlight", "rateLimit", "rateStore", "maxErrors", "maxErrorRate"),
    *("onRejected", "deadLetterPath", "reportPath"),
)
_OF_SPARK = {"checkpointlocation", "queryname"}  # a stream passes its own options on
_RATE_LIMIT = re.compile(r"(\d+)/(\d+(?:\.\d+)?)s?")
_FUNCTION = re.compile(r"[\w.]+:\w+")


@frozen
class SinkOptions:
    """The options of one writer, which are pickled for its tasks; docs/spark.md describes each."""

    account_column: str
    id_column: str
    ids: IDs
    credentials: str | None
    duplicates: Duplicates
    allow_speculation: bool
    on_rejected: OnRejected
    dead_letter_path: str | None
    report_path: str | None
    templates: TemplateRules | None = field(repr=False)
    rate_limit: RateLimit
    has_shared_limit: bool  # tasks share the rate limit of an account
    client: ClientOptions = field(repr=False)
    max_open_accounts: int

    def event_maker(self) -> EventMaker:
        """Return what makes the events of one task."""
        account_column = None if self.credentials is None else self.account_column
        return EventMaker(account_column, self.id_column, ids_by_content=self.ids == "content")


def parse_options(given: Mapping[str, Any]) -> SinkOptions:
    """Return the options. Raises OptionError with the name of one that is unknown or has a wrong value."""
    names = {name.lower(): name for name in NAMES}
    # Also in the form of Python's keywords.
    values = {name.lower().replace("_", ""): str(value) for name, value in given.items() if value is not None}
    if unknown := sorted(values.keys() - names.keys() - _OF_SPARK):
        advice = "save() takes no path" if unknown == ["path"] else suggestion(unknown[0], names.values())
        raise OptionError(f"option {unknown[0]}: is unknown; {advice}")
    get = {names[key]: value for key, value in values.items() if key in names}.get
    dead_letters = get("deadLetterPath")
    on_rejected = _choice("onRejected", get("onRejected", "deadLetter" if dead_letters else "fail"), OnRejected)
    if (on_rejected == "deadLetter") != (dead_letters is not None):
        raise OptionError(
            "option deadLetterPath: goes with onRejected=deadLetter; set both, or onRejected to fail or ignore"
        )
    credentials, templates = get("credentials"), get("templates")
    if credentials is not None and not _FUNCTION.fullmatch(credentials):
        raise OptionError(
            "option credentials: name the function that returns the access token of an account as module:function; "
            "an access token would be shown in the query plan"
        )
    rate_limit = _rate_limit(get("rateLimit", "110/10s"))
    rate_store = get("rateStore", rate_limit_store_from_environment())
    return SinkOptions(
        account_column=get("accountColumn", "account"),
        id_column=get("idColumn", "id"),
        ids=_choice("ids", get("ids", "column"), IDs),
        credentials=credentials,
        duplicates=_choice("duplicates", get("duplicates", "reject"), Duplicates),
        allow_speculation=_choice("allowSpeculation", get("allowSpeculation", "false"), Literal["true", "false"])
        == "true",
        on_rejected=on_rejected,
        dead_letter_path=dead_letters,
        report_path=get("reportPath"),
        templates=read_templates(templates) if templates else None,
        max_open_accounts=_number("accountsInFlight", get("accountsInFlight", "10000"), int),
        rate_limit=rate_limit,
        has_shared_limit=rate_store != "memory:",
        client=_client_options(get, rate_limit, rate_store),
    )


def _client_options(get: Callable[..., Any], rate_limit: RateLimit, rate_store: str) -> ClientOptions:
    count, rate = get("maxErrors"), get("maxErrorRate")
    return ClientOptions(
        api=get("api", api_from_environment()),
        fallback_api=get("fallbackApi"),
        base_url=get("baseUrl") or base_url_from_environment(),
        event_types=get("eventTypes"),
        batch=BatchLimits(max_events=_number("batchSize", get("batchSize", "100"), int)),
        max_in_flight=_number("inFlight", get("inFlight", "2"), int),
        rate_limit=rate_limit,
        rate_limit_store=rate_store,
        error_limit=ErrorLimit(
            count=None if count is None else _number("maxErrors", count, int),
            rate=None if rate is None else _number("maxErrorRate", rate, float),
        ),
    )


def _rate_limit(text: str) -> RateLimit:
    if not (found := _RATE_LIMIT.fullmatch(text.replace(" ", ""))):
        raise OptionError(f"option rateLimit: is {text!r}; write requests/seconds, such as 110/10s")
    return RateLimit(int(found[1]), float(found[2]))


def _number(name: str, text: str, kind: Callable[[str], T]) -> T:
    try:
        return kind(text)
    except ValueError:
        raise OptionError(f"option {name}: is {text!r}, not a number") from None


def _choice(name: str, text: str, choices: Any) -> Any:
    allowed = {choice.lower(): choice for choice in get_args(choices)}
    if text.lower() not in allowed:
        raise OptionError(f"option {name}: is {text!r}; use one of {', '.join(allowed.values())}")
    return allowed[text.lower()]
