"""How a sandbox behaves where the service is undocumented or a test wants it otherwise."""

from collections.abc import Iterable
from typing import Any, TypeAlias, get_args

from attrs import field, frozen
from attrs.validators import ge, in_, lt

from hubspot_timeline_testing.sandbox.auth.accounts import Account
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.modes import (
    DuplicateMode,
    InvalidMode,
    NamingMode,
    RecordMode,
    TemplateMode,
    TypeMode,
)
from hubspot_timeline_testing.sandbox.rate_limit.limits import DailyLimit, RequestLimit

Template: TypeAlias = dict[str, Any]


def _accounts(given: Iterable[Account]) -> tuple[Account, ...]:
    accounts = tuple(given)
    names = [account.name for account in accounts]
    if len(set(names)) < len(names):
        raise ValueError("accounts: two of them have the same name")
    return accounts


def _templates(given: Iterable[Template]) -> tuple[Template, ...]:
    return tuple(given)


def _is_a_count(settings: object, attribute: object, given: int | None) -> None:  # noqa: ARG001 - as attrs calls it
    if given is not None and given < 1:
        raise ValueError(f"max_events is {given}; it must be 1 or more, or None for any number")


@frozen(kw_only=True)
class SandboxSettings:
    """The settings of one sandbox. Raises ValueError for values that make no sense.

    What the service does is undocumented in these points, so that the defaults are assumptions:
    `duplicates`: that v3 does as its successor does. `max_events`: 100 in a batch, as in v1 and in the sibling
    operations; None for any number. `invalid_events`: that the others of a batch are created. `error_names`: that a 207
    names an event in the context of its error. `limit.retry_after`: that a 429 has no Retry-After.
    `max_body_bytes`: a longer request body is refused with 413 while it is read.

    These are for the convenience of tests: `template_checks`, `records`, `types` (see the modes' own words).
    `templates`: those that it holds from the beginning, each as the service lists it, of the app `app`.
    `accounts`: who is let in; without any, every token is. `limit`: the rate window of each account, `daily` its day;
    by default there is neither. `faults`: how it misbehaves.
    """

    duplicates: DuplicateMode = field(default="conflict", validator=in_(get_args(DuplicateMode)))
    max_events: int | None = field(default=100, validator=_is_a_count)
    invalid_events: InvalidMode = field(default="partial", validator=in_(get_args(InvalidMode)))
    error_names: NamingMode = field(default="context", validator=in_(get_args(NamingMode)))
    template_checks: TemplateMode = field(default="lenient", validator=in_(get_args(TemplateMode)))
    records: RecordMode = field(default="create", validator=in_(get_args(RecordMode)))
    types: TypeMode = field(default="lenient", validator=in_(get_args(TypeMode)))
    max_body_bytes: int = field(default=20_000_000, validator=ge(1))
    accounts: tuple[Account, ...] = field(default=(), converter=_accounts)
    templates: tuple[Template, ...] = field(default=(), converter=_templates)
    app: int = field(default=1, validator=[ge(-(2**31)), lt(2**31)])
    faults: FaultPlan = field(factory=FaultPlan)
    limit: RequestLimit | None = None
    daily: DailyLimit | None = None
