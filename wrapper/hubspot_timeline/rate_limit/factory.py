"""Opens the rate limiter that the option `rate_limit_store` names."""

import re
import time
from collections.abc import Callable

from hubspot_timeline.errors import OptionError, RateLimitStoreError
from hubspot_timeline.rate_limit.limiter import RateLimit, RateLimiter, Unlimited

# The user and the password before the host, or a password in the query, also where the rest of a URL is wrong.
_PASSWORD = re.compile(r"^(?P<kept>[\w+.-]*(:/*|//))?.+(?=@)|(?<=password=)[^&#]*", re.DOTALL)

# Each store is imported when it is opened, since its libraries take long to load.
# ruff: noqa: PLC0415


def open_rate_limiter(store: str, limit: RateLimit | None, clock: Callable[[], float] | None = None) -> RateLimiter:
    """Return the rate limiter of a store.

    `store`: `memory:` for this client alone, `sqlite:PATH` for all processes of this machine, `redis://…` for several
    machines. Without a limit no store is used. `clock` replaces the clock of the store.
    Raises OptionError for a store that is unknown or cannot be opened.
    """
    if limit is None:
        return Unlimited(clock or time.monotonic)
    try:
        match store.partition(":"):
            case "memory", ":", "":
                from hubspot_timeline.rate_limit.memory import MemoryRateLimiter

                return MemoryRateLimiter(limit, clock or time.monotonic)
            case "sqlite", ":", path if path:
                from hubspot_timeline.rate_limit.sqlite import SQLiteRateLimiter

                return SQLiteRateLimiter(path, limit, clock or time.time)
            case (("redis" | "rediss"), ":", _) if not store.endswith(":"):
                return _open_redis(store, limit, clock)
    except RateLimitStoreError as error:
        raise OptionError(f"rate_limit_store cannot be opened: {error}") from error
    shown = str.__repr__(_PASSWORD.sub(r"\g<kept>***", store))
    raise OptionError(f"rate_limit_store is {shown}; use memory:, sqlite:PATH or redis://host:port/0")


def _open_redis(url: str, limit: RateLimit, clock: Callable[[], float] | None) -> RateLimiter:
    try:
        from hubspot_timeline.rate_limit.redis import RedisRateLimiter

        return RedisRateLimiter(url, limit, clock)
    except ImportError as error:
        raise OptionError(
            "rate_limit_store names Redis, which needs: pip install 'hubspot-timeline[redis]' (in a clone: pip install "
            f"-e '.[redis]'; {error})"
        ) from error
    # The text of an error quotes the part of the URL that is wrong, which may be a password.
    except (ValueError, TypeError, LookupError, AttributeError):
        raise OptionError(
            "rate_limit_store is not a valid redis URL; percent-encode the special characters of a password, and "
            "correct or remove what is behind a question mark"
        ) from None
