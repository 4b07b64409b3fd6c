"""The operations of one tag; `…_request` builds the request of an operation without sending it."""

from .create_event import _get_kwargs as create_event_request
from .create_events import _get_kwargs as create_events_request
from .get_event import _get_kwargs as get_event_request
from .get_event_detail import _get_kwargs as get_event_detail_request
from .render_event import _get_kwargs as render_event_request

__all__ = (
    "create_events_request",
    "create_event_request",
    "get_event_request",
    "get_event_detail_request",
    "render_event_request",
)
