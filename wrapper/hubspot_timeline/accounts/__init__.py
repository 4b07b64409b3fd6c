"""Many accounts in one process: each has its own access token, rate limit and report; connections are shared."""

from hubspot_timeline.accounts.async_pool import AsyncAccountPool
from hubspot_timeline.accounts.pool import AccountPool
from hubspot_timeline.accounts.report import PoolReport

__all__ = ["AccountPool", "AsyncAccountPool", "PoolReport"]
