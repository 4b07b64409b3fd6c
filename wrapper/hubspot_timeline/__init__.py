"""Send HubSpot timeline events in batches and account for every single one (unofficial)."""

from logging import NullHandler, getLogger
from typing import TYPE_CHECKING

from hubspot_app_events_api.models import AppEvent
from hubspot_timeline.accounts import AccountPool, AsyncAccountPool, PoolReport
from hubspot_timeline.async_client import AsyncTimelineClient
from hubspot_timeline.auth.credentials import AccessTokenLike
from hubspot_timeline.auth.oauth import OAuthRefresh
from hubspot_timeline.client import TimelineClient
from hubspot_timeline.delivery.batches import BatchLimits
from hubspot_timeline.delivery.outcomes import (
    Created,
    EventLike,
    Outcome,
    Rejected,
    Report,
    Unconfirmed,
    Unsent,
)
from hubspot_timeline.delivery.progress import Progress
from hubspot_timeline.delivery.retry import ErrorLimit, RetryPolicy
from hubspot_timeline.errors import (
    AccessTokenError,
    AccountMigratingError,
    ApiError,
    AuthenticationError,
    BadRequestError,
    CertificateError,
    ConflictError,
    ConnectionLostError,
    EventError,
    InvalidResponseError,
    JournalError,
    LockedError,
    NotConnectedError,
    NotFoundError,
    OptionError,
    PayloadTooLargeError,
    PermissionDeniedError,
    QueueFullError,
    RateLimitError,
    RateLimitStoreError,
    ServerError,
    StoppedError,
    TimelineError,
    TokenRefreshError,
    TooManyErrorsError,
    UnexpectedStatusError,
)
from hubspot_timeline.events.builder import app_event, event
from hubspot_timeline.events.token_values import TokenValue
from hubspot_timeline.queue.asynchronous import AsyncTimelineQueue
from hubspot_timeline.queue.threaded import TimelineQueue
from hubspot_timeline.rate_limit import RateLimit
from hubspot_timeline.templates.tokens import template_token
from hubspot_timeline_api.models import (
    TimelineEvent,
    TimelineEventResult,
    TimelineEventTemplate,
    TimelineEventTemplateToken,
    TimelineIFrame,
)

__all__ = [
    "AccessTokenError",
    "AccessTokenLike",
    "AccountMigratingError",
    "AccountPool",
    "ApiError",
    "AppEvent",
    "AsyncAccountPool",
    "AsyncTimelineClient",
    "AsyncTimelineQueue",
    "AuthenticationError",
    "BadRequestError",
    "BatchLimits",
    "CertificateError",
    "ConflictError",
    "ConnectionLostError",
    "Created",
    "ErrorLimit",
    "EventError",
    "EventLike",
    "InvalidResponseError",
    "JournalError",
    "LockedError",
    "NotConnectedError",
    "NotFoundError",
    "OAuthRefresh",
    "OptionError",
    "Outcome",
    "PayloadTooLargeError",
    "PermissionDeniedError",
    "PoolReport",
    "Progress",
    "QueueFullError",
    "RateLimit",
    "RateLimitError",
    "RateLimitStoreError",
    "Rejected",
    "Report",
    "RetryPolicy",
    "ServerError",
    "StoppedError",
    "TimelineClient",
    "TimelineError",
    "TimelineEvent",
    "TimelineEventResult",
    "TimelineEventTemplate",
    "TimelineEventTemplateToken",
    "TimelineIFrame",
    "TimelineQueue",
    "TokenRefreshError",
    "TokenValue",
    "TooManyErrorsError",
    "Unconfirmed",
    "UnexpectedStatusError",
    "Unsent",
    "app_event",
    "event",
    "template_token",
]

# Without a handler the standard library would print warnings of programs that have not configured logging.
getLogger(__name__).addHandler(NullHandler())

__version__: str

if not TYPE_CHECKING:  # to a type checker it would be any name

    def __getattr__(name: str) -> str:
        """Return the version of the installed distribution."""
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version  # noqa: PLC0415 - slow to import

        return version("hubspot-timeline")
