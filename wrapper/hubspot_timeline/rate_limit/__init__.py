"""The rate limit of a client, in the memory of this process, in an SQLite file or in Redis."""

from hubspot_timeline.rate_limit.factory import open_rate_limiter
from hubspot_timeline.rate_limit.limiter import RateLimit, RateLimiter, Unavailable, Unlimited

__all__ = ["RateLimit", "RateLimiter", "Unavailable", "Unlimited", "open_rate_limiter"]
