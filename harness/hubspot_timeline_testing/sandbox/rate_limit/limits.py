"""The rate limits of an account, as they are set."""

from math import inf
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen
from attrs.validators import ge, gt, lt


@frozen
class RequestLimit:
    """How many requests of one account are accepted in any span of so many seconds, which excludes its end.

    Refused requests do not count; that is an assumption, since the vendor does not say.
    `retry_after`: whether a refusal says after how many whole seconds to come again; nobody documents that it does.
    Raises ValueError for values that cannot be meant.
    """

    requests: int = field(default=110, validator=ge(1))
    seconds: float = field(default=10.0, validator=[gt(0), lt(inf)])
    retry_after: bool = False

    @property
    def policy(self) -> str:
        """The word for it in a 429."""
        return "SECONDLY" if self.seconds == 1 else "TEN_SECONDLY_ROLLING"


def _is_time_zone(limit: object, attribute: object, given: str) -> None:  # noqa: ARG001 - as attrs calls it
    try:
        ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"time_zone is {given!r}, which is no time zone such as Europe/Dublin") from error


@frozen
class DailyLimit:
    """How many requests of one account are accepted in a day, which ends at midnight in its time zone.

    Private apps have one, OAuth apps have not (documented). Raises ValueError for values that cannot be meant.
    """

    requests: int = field(default=250_000, validator=ge(1))
    time_zone: str = field(default="UTC", validator=_is_time_zone)
