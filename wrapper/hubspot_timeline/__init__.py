"""Send HubSpot timeline events in batches and account for every single one (unofficial)."""

from hubspot_timeline.async_client import AsyncTimelineClient
from hubspot_timeline.batching import BatchLimits
from hubspot_timeline.client import TimelineClient
from hubspot_timeline.errors import (
    AnswerError,
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectionLostError,
    EventError,
    LockedError,
    MigrationError,
    NotConnectedError,
    OptionError,
    RateLimitError,
    ScopeError,
    ServerError,
    StoppedError,
    TimelineError,
    TooLargeError,
    UnexpectedStatusError,
)
from hubspot_timeline.events import event
from hubspot_timeline.outcomes import (
    Created,
    EventLike,
    Outcome,
    Rejected,
    Report,
    Unconfirmed,
    Unsent,
)
from hubspot_timeline.policy import RetryPolicy
from hubspot_timeline.tokens import TokenValue
from hubspot_timeline_api.models import TimelineEvent, TimelineEventResult, TimelineIFrame

__all__ = [
    "AnswerError",
    "ApiError",
    "AsyncTimelineClient",
    "AuthenticationError",
    "BadRequestError",
    "BatchLimits",
    "ConflictError",
    "ConnectionLostError",
    "Created",
    "EventError",
    "EventLike",
    "LockedError",
    "MigrationError",
    "NotConnectedError",
    "OptionError",
    "Outcome",
    "RateLimitError",
    "Rejected",
    "Report",
    "RetryPolicy",
    "ScopeError",
    "ServerError",
    "StoppedError",
    "TimelineClient",
    "TimelineError",
    "TimelineEvent",
    "TimelineEventResult",
    "TimelineIFrame",
    "TokenValue",
    "TooLargeError",
    "Unconfirmed",
    "UnexpectedStatusError",
    "Unsent",
    "event",
]
