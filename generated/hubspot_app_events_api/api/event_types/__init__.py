"""The operations of one tag; `…_request` builds the request of an operation without sending it."""

from .resolve_event_type import _get_kwargs as resolve_event_type_request

__all__ = ("resolve_event_type_request",)
