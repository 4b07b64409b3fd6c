"""Send HubSpot timeline events in batches and account for every single one (unofficial).

Names are loaded when they are first asked for: a program that imports this package and sends nothing pays nothing.
"""

from importlib import import_module
from logging import NullHandler, getLogger
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from hubspot_timeline.events.builder import event
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
    "ApiError",
    "AsyncTimelineClient",
    "AsyncTimelineQueue",
    "AuthenticationError",
    "BadRequestError",
    "BatchLimits",
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
    "event",
    "template_token",
]

# Silent until whoever uses it asks: the standard library would print warnings that nobody handles.
getLogger(__name__).addHandler(NullHandler())

# Where the names are, from the bottom of the house to its top, so that asking for one loads only what lies below it.
_ROOMS = (
    "hubspot_timeline.errors",
    "hubspot_timeline.events.token_values",
    "hubspot_timeline_api.models",
    "hubspot_timeline.events.builder",
    "hubspot_timeline.templates.tokens",
    "hubspot_timeline.auth.oauth",
    "hubspot_timeline.auth.credentials",
    "hubspot_timeline.delivery.batches",
    "hubspot_timeline.rate_limit",
    "hubspot_timeline.delivery.retry",
    "hubspot_timeline.delivery.outcomes",
    "hubspot_timeline.delivery.progress",
    "hubspot_timeline.queue.threaded",
    "hubspot_timeline.queue.asynchronous",
    "hubspot_timeline.client",
    "hubspot_timeline.async_client",
)


def __getattr__(name: str) -> Any:
    """Load a public name, and keep it."""
    rooms = _ROOMS if name in __all__ else ()
    for room in rooms:
        found = getattr(import_module(room), name, None)
        if found is not None:
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, loaded or not."""
    return list(__all__)
