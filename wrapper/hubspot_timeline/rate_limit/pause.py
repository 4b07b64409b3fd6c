"""The pause after a 429, for all who share a rate limit."""

import logging

from hubspot_timeline.delivery.retry import rate_limit_wait
from hubspot_timeline.errors import RateLimitError, RateLimitStoreError, TimelineError
from hubspot_timeline.rate_limit.limiter import RateLimiter

_log = logging.getLogger(__name__)


def pause_if_limited(rate_limiter: RateLimiter, error: TimelineError, longest: float) -> None:
    """Let all who share the rate limiter wait after a 429, not only the request that got it.

    `longest` is in seconds: a run stops rather than wait longer, and later runs should get their own 429.
    """
    try:
        if isinstance(error, RateLimitError):
            rate_limiter.pause(min(rate_limit_wait(error), longest))
    except RateLimitStoreError as failure:  # the next request meets the same error, and stops its run
        _log.warning("The pause after a 429 cannot be shared (%s): %s", error, failure)
