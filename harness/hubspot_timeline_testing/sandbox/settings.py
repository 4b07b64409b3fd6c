"""The settings of a sandbox: what the service does not document, and what tests want to vary."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias, get_args

from attrs import field, frozen
from attrs.validators import deep_iterable, ge, in_, lt, matches_re, optional

from hubspot_timeline_testing.sandbox.auth.accounts import Account
from hubspot_timeline_testing.sandbox.error_texts import ErrorText
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.rate_limit.limits import DailyLimit, RequestLimit

DuplicateMode: TypeAlias = Literal["conflict", "in-use", "last-wins"]
"""What happens to a batch with an id that its template has already, or that occurs twice in the batch.

conflict: 409 for the whole batch, as in the successor of v3. in-use: 400 for the whole batch, as in v1.
last-wins: the newer event replaces the older one, as an old text of the vendor describes.
"""

InvalidEventMode: TypeAlias = Literal["partial", "refuse-batch"]
"""What happens to a batch with an event that breaks a rule which is not in the document.

partial: 207, and the others are created. refuse-batch: 400, and none is created.
"""

ErrorNameMode: TypeAlias = Literal["context", "id", "message", "nothing"]
"""How an error of a 207 names its event: in its context under `id`, as its own `id`, in its message, or not."""

TemplateCheckMode: TypeAlias = Literal["lenient", "strict"]
"""lenient: an event of an unknown template is accepted unchecked. strict: it is rejected."""

RecordMode: TypeAlias = Literal["create", "must-exist"]
"""What an unknown objectId does: it creates the record, which is easier for tests, or the event is rejected."""

TypeMode: TypeAlias = Literal["lenient", "strict"]
"""lenient: numbers in tokens and epoch timestamps are accepted, as documented. strict: only what the schemas allow."""

DuplicateStatus: TypeAlias = Literal["conflict", "invalid"]
"""What happens to a batch of app events with an id that occurs twice in it: 409 or 400, both for the whole batch."""

SingleResponse: TypeAlias = Literal["created", "accepted"]
"""The response to a single app event. created: 201 with the event. accepted: 200 without a body."""

MAX_MIGRATED_AFTER = 10**9
"""The seconds below which a migration, or a delay, can be planned, so that its time is a date."""


def _accounts(accounts: Iterable[Account]) -> tuple[Account, ...]:
    accounts = tuple(accounts)
    if len({account.name for account in accounts}) < len(accounts):
        raise ValueError("accounts: two of them have the same name")
    return accounts


def _objects(values: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(values)


def _versions(versions: Iterable[str]) -> tuple[str, ...]:
    return tuple(versions)


def _is_count(settings: object, attribute: object, count: int | None) -> None:  # noqa: ARG001 - the signature of a validator
    if count is not None and count < 1:
        raise ValueError(f"max_events is {count}; it must be 1 or more, or None for any number")


@frozen(kw_only=True)
class AppEventSettings:
    """The settings of app events, the successor of version 3. Raises ValueError for an invalid value.

    `versions`: those that are served. `event_types`: the parsed `*-hsmeta.json` files of the app's project, which has
    the name `project`, by default any.

    The service does not document the following, so that the defaults are assumptions:
    `invalid_events`: refuse-batch, as in the vendor's text; partial is a 200 with `errors`, as in its schema.
    `invalid_names`: a 400 names the invalid events, as in a sample. `conflict_names`: a 409 does not name them.
    `repeated_ids`: an id twice in one batch is a 409. `single_response`: 201 with the event.
    `contacts_need_object_id`: an email or a utk is enough. `v3_ids_are_taken`: an id used in version 3 is free.
    """

    versions: tuple[str, ...] = field(
        default=("2026-03", "2026-09"), converter=_versions, validator=deep_iterable(matches_re(r"(?!v3$)[a-z0-9.-]+"))
    )
    event_types: tuple[dict[str, Any], ...] = field(default=(), converter=_objects)
    project: str = ""
    invalid_events: InvalidEventMode = field(default="refuse-batch", validator=in_(get_args(InvalidEventMode)))
    invalid_names: bool = True
    conflict_names: bool = False
    repeated_ids: DuplicateStatus = field(default="conflict", validator=in_(get_args(DuplicateStatus)))
    single_response: SingleResponse = field(default="created", validator=in_(get_args(SingleResponse)))
    contacts_need_object_id: bool = False
    v3_ids_are_taken: bool = False


@frozen(kw_only=True)
class SandboxSettings:
    """The settings of one sandbox. Raises ValueError for an invalid value.

    The service does not document the following, so that the defaults are assumptions:
    `duplicates`: v3 behaves as its successor. `max_events`: 100 in a batch, as in v1 and in sibling operations; None
    for any number. `invalid_events`: the other events of a batch are created. `error_names`: a 207 names an event in
    the context of its error. `limit.retry_after`: a 429 has no Retry-After.
    `max_body_bytes`: a longer request body is rejected with 413 while it is read.

    For the convenience of tests: `template_checks`, `records`, `types` (see the types of these settings).
    `templates`: the templates at the start, each as the service lists it, of the app `app`.
    `accounts`: the accounts whose secrets are accepted; without any, every token is. `limit`: the rolling window of
    each account, `daily` its daily limit; by default there is neither. `faults`: the plan of faults at the start.
    `read_delay`: the seconds of the sandbox's clock after which an event can be read; 404 until then.
    `app_events`: see AppEventSettings. `migrated_after`: the seconds after which version 3 answers 401, by
    default never. `errors`: texts of errors that were measured, see ErrorText.
    """

    duplicates: DuplicateMode = field(default="conflict", validator=in_(get_args(DuplicateMode)))
    max_events: int | None = field(default=100, validator=_is_count)
    invalid_events: InvalidEventMode = field(default="partial", validator=in_(get_args(InvalidEventMode)))
    error_names: ErrorNameMode = field(default="context", validator=in_(get_args(ErrorNameMode)))
    template_checks: TemplateCheckMode = field(default="lenient", validator=in_(get_args(TemplateCheckMode)))
    records: RecordMode = field(default="create", validator=in_(get_args(RecordMode)))
    types: TypeMode = field(default="lenient", validator=in_(get_args(TypeMode)))
    max_body_bytes: int = field(default=20_000_000, validator=ge(1))
    accounts: tuple[Account, ...] = field(default=(), converter=_accounts)
    templates: tuple[dict[str, Any], ...] = field(default=(), converter=_objects)
    app: int = field(default=1, validator=[ge(-(2**31)), lt(2**31)])
    faults: FaultPlan = field(factory=FaultPlan)
    limit: RequestLimit | None = None
    daily: DailyLimit | None = None
    read_delay: float = field(default=0.0, validator=[ge(0), lt(MAX_MIGRATED_AFTER)])
    app_events: AppEventSettings = field(factory=AppEventSettings)
    migrated_after: float | None = field(default=None, validator=optional([ge(0), lt(MAX_MIGRATED_AFTER)]))
    errors: Mapping[str, ErrorText] = field(factory=dict, hash=False)
