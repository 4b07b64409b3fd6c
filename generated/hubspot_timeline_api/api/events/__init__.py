"""The operations of one tag; `…_request` builds the request of an operation without sending it."""

from .create_events import _get_kwargs as create_events_request

__all__ = ("create_events_request",)
