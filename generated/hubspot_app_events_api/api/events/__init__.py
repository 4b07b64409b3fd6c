"""The operations of one tag; `…_request` builds the request of an operation without sending it."""

from .create_app_event import _get_kwargs as create_app_event_request
from .create_app_events import _get_kwargs as create_app_events_request

__all__ = (
    "create_app_event_request",
    "create_app_events_request",
)
