"""The settings of a sandbox: what the service does not document, and what tests want to vary."""

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias, get_args

from attrs import field, frozen
from attrs.validators import ge, in_, lt

from hubspot_timeline_testing.sandbox.auth.accounts import Account
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


def _accounts(accounts: Iterable[Account]) -> tuple[Account, ...]:
    accounts = tuple(accounts)
    if len({account.name for account in accounts}) < len(accounts):
        raise ValueError("accounts: two of them have the same name")
    return accounts


def _templates(templates: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(templates)


def _is_count(settings: object, attribute: object, count: int | None) -> None:  # noqa: ARG001 - the signature of a validator
    if count is not None and count < 1:
        raise ValueError(f"max_events is {count}; it must be 1 or more, or None for any number")


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
    templates: tuple[dict[str, Any], ...] = field(default=(), converter=_templates)
    app: int = field(default=1, validator=[ge(-(2**31)), lt(2**31)])
    faults: FaultPlan = field(factory=FaultPlan)
    limit: RequestLimit | None = None
    daily: DailyLimit | None = None
