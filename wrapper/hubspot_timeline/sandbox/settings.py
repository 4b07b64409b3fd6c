"""How a sandbox behaves where the service is undocumented or a test wants it otherwise."""

from collections.abc import Iterable
from typing import get_args

from attrs import field, frozen
from attrs.validators import ge, in_

from hubspot_timeline.sandbox.access.accounts import Account
from hubspot_timeline.sandbox.access.limits import DailyLimit, RequestLimit
from hubspot_timeline.sandbox.faults.plan import FaultPlan
from hubspot_timeline.sandbox.modes import DuplicateMode, InvalidMode, NamingMode, RecordMode, TemplateMode, TypeMode


def _tuple(given: Iterable[Account]) -> tuple[Account, ...]:
    return tuple(given)


def _is_a_count(instance: object, attribute: object, given: int | None) -> None:  # noqa: ARG001 - as attrs calls it
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

    These are for the convenience of tests: `templates`, `records`, `types` (see the modes' own words).
    `accounts`: who is let in; without any, every token is. `limit`: the rate window of each account, `daily` its day;
    by default there is neither. `faults`: how it misbehaves.
    """

    duplicates: DuplicateMode = field(default="conflict", validator=in_(get_args(DuplicateMode)))
    max_events: int | None = field(default=100, validator=_is_a_count)
    invalid_events: InvalidMode = field(default="partial", validator=in_(get_args(InvalidMode)))
    error_names: NamingMode = field(default="context", validator=in_(get_args(NamingMode)))
    templates: TemplateMode = field(default="lenient", validator=in_(get_args(TemplateMode)))
    records: RecordMode = field(default="create", validator=in_(get_args(RecordMode)))
    types: TypeMode = field(default="lenient", validator=in_(get_args(TypeMode)))
    max_body_bytes: int = field(default=20_000_000, validator=ge(1))
    accounts: tuple[Account, ...] = field(default=(), converter=_tuple)
    faults: FaultPlan = field(factory=FaultPlan)
    limit: RequestLimit | None = None
    daily: DailyLimit | None = None
