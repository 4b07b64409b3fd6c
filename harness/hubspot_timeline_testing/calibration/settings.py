"""What a calibration is about, as the user states it."""

from collections.abc import Iterable

from attrs import field, frozen
from attrs.validators import and_, ge, gt, le, matches_re, optional

from hubspot_timeline_testing.contract.documents import V3, is_api
from hubspot_timeline_testing.contract.settings import ContractUsageError


def _apis(names: Iterable[str]) -> tuple[str, ...]:
    names = (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))
    for name in names:
        if not is_api(name):
            raise ContractUsageError(f"{name!r} is not an API; use v3, or a version of app events, such as 2026-09")
    return tuple(sorted(names, key=lambda name: name != V3))  # v3 first, since app events are compared with it


@frozen(kw_only=True)
class CalibrationSettings:
    """The target of a run. Raises ContractUsageError, or ValueError for a value out of range.

    `apis`: v3, versions of app events, or both. `email`: of the contact that gets the events; `object_id`: its id,
    for app events. For v3 either `template`, with an event token named calibration, or `app_id`, whose template is
    then created and deleted. `event_type`: for app events, with a property named calibration.
    `largest_batch`: up to how many events in one batch are tried. `exhaust_limit`: only fill a window of the rate
    limit. `account`: the id of the account, required for the vendor's hosts; `allow_any_account`: even if it is not
    one for tests. `timeout`: the seconds to wait for a response.
    """

    apis: tuple[str, ...] = field(default=(V3,), converter=_apis)
    email: str = field(validator=matches_re(r"[^@\s]+@[^@\s]+"))
    object_id: str = ""
    template: str = ""
    app_id: int | None = field(default=None, validator=optional(and_(ge(1), le(2**31 - 1))))
    event_type: str = ""
    largest_batch: int = field(default=501, validator=[ge(2), le(1000)])
    exhaust_limit: bool = False
    account: str = ""
    allow_any_account: bool = False
    timeout: float = field(default=30.0, validator=gt(0))

    def __attrs_post_init__(self) -> None:
        if self.exhaust_limit:
            return
        if V3 in self.apis and not self.template and self.app_id is None:
            raise ContractUsageError("version 3 needs a template, or an app id to create one for the time of the run")
        if set(self.apis) - {V3} and not self.event_type:
            raise ContractUsageError("app events need an event type, which cannot be created by a request")

    def type_name(self, api: str) -> str:
        """Return the template, or the event type, of an API's events."""
        return self.template if api == V3 else self.event_type
