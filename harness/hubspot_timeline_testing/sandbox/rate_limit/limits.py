"""The configured rate limits of an account."""

from math import inf
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen
from attrs.validators import ge, gt, lt


@frozen
class RequestLimit:
    """The number of requests of one account that are accepted in any span of so many seconds, excluding its end.

    Rejected requests do not count; that is an assumption, since the vendor does not document it.
    `retry_after`: whether a 429 has a Retry-After in whole seconds; that is not documented either.
    Raises ValueError for an invalid value.
    """

    requests: int = field(default=110, validator=ge(1))
    seconds: float = field(default=10.0, validator=[gt(0), lt(inf)])
    retry_after: bool = False

    @property
    def policy(self) -> str:
        """The name of the limit in a 429."""
        return "SECONDLY" if self.seconds == 1 else "TEN_SECONDLY_ROLLING"


def _is_time_zone(limit: object, attribute: object, name: str) -> None:  # noqa: ARG001 - the signature of a validator
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"time_zone is {name!r}, which is not a time zone such as Europe/Dublin") from error


@frozen
class DailyLimit:
    """The number of requests of one account that are accepted in a day, which ends at midnight in its time zone.

    Private apps have one, OAuth apps do not (documented). Raises ValueError for an invalid value.
    """

    requests: int = field(default=250_000, validator=ge(1))
    time_zone: str = field(default="UTC", validator=_is_time_zone)
