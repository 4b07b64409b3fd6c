"""The APIs that events are sent through: v3, and the app events that succeed it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from hubspot_app_events_api.api.events import create_app_events_request
from hubspot_app_events_api.models import AppEventBatch
from hubspot_timeline.errors import EventError, OptionError
from hubspot_timeline.events.conversion import to_app_event
from hubspot_timeline.events.payload import APP_EVENTS, V3, EventFormat, PreparedEvent
from hubspot_timeline_api.api.events import create_events_request
from hubspot_timeline_api.models import TimelineEventBatch

V3_VERSION = "v3"
_APP_EVENTS_VERSION = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_ADVICE = "it must be v3, or the version of app events, such as 2026-09"


@frozen(eq=False)
class Api:
    """One API that events are sent through.

    `version` is its part of the path. `empty_batch` returns the generated request for a batch without events.
    `is_atomic`: a batch is created as a whole or not at all, and no event can be read back. `event_types`: the event
    type for each template, by which events of v3 are converted to app events.
    """

    version: str
    event_format: EventFormat
    empty_batch: Callable[[], dict[str, Any]]
    is_atomic: bool = False
    event_types: Mapping[str, str] | None = None

    def accept(self, event: PreparedEvent) -> PreparedEvent:
        """Return an event in the format of this API. Raises EventError if it has another one that is not converted."""
        if isinstance(event.payload, self.event_format.schema):
            return event
        if self.event_format is V3:
            raise EventError(
                "is an app event, and this client is for events of v3, also after it has gone over to fallback_api; "
                "send it with api='2026-09' (--api)"
            )
        return self.convert(event.body, event.payload.id)

    def convert(self, body: bytes, event_id: str) -> PreparedEvent:
        """Return an event of v3 as an app event. Raises EventError for a template without an event type."""
        return to_app_event(body, event_id, self.event_types)


class Apis:
    """The API of a client, and the `fallback` that takes its place once it refuses every access token.

    `had_conflict`: by the last response, an id existed already. Then the next request uses a new connection, on which a
    response is surely its own.
    """

    def __init__(self, primary: Api, fallback: Api | None = None) -> None:
        self.primary: Api = primary
        self.fallback: Api | None = fallback
        self.current: Api = primary
        self.had_conflict: bool = False

    def copy(self) -> "Apis":
        """Return the same APIs for another account, whose own responses decide when the fallback takes over."""
        return Apis(self.primary, self.fallback)

    def of(self, opened_by: str | None) -> Api:
        """Return the API for events, given the version that an earlier run sent them through, if any."""
        return self.fallback if self.fallback and opened_by == self.fallback.version else self.current

    def switch(self) -> bool:
        """Let the fallback take its place, and return whether it had not yet."""
        is_first = self.fallback is not None and self.current is not self.fallback
        self.current = self.fallback or self.current
        return is_first


def open_apis(version: str, fallback_version: str | None, event_types: Mapping[str, str] | None) -> Apis:
    """Return the APIs for the options of a client. Raises OptionError."""
    primary = _api("api", version, event_types)
    if fallback_version is None:
        if primary.event_format is V3 and event_types is not None:
            raise OptionError("event_types (--event-types) is set, but api is v3; set fallback_api too, or omit it")
        return Apis(primary)
    if primary.event_format is not V3 or fallback_version == V3_VERSION:
        raise OptionError("fallback_api takes the place of v3; it needs api='v3', and a version of app events")
    if event_types is None:
        raise OptionError("fallback_api needs event_types (--event-types), the event type for each template")
    return Apis(primary, _api("fallback_api", fallback_version, event_types))


def _api(option: str, version: object, event_types: Mapping[str, str] | None) -> Api:
    if version == V3_VERSION:
        return Api(V3_VERSION, V3, lambda: create_events_request(body=TimelineEventBatch(inputs=[])))
    if not isinstance(version, str) or not _APP_EVENTS_VERSION.fullmatch(version):
        raise OptionError(f"{option} is {version!r}; {_ADVICE}")
    return Api(
        version,
        APP_EVENTS,
        lambda: create_app_events_request(version, body=AppEventBatch(inputs=[])),
        is_atomic=True,
        event_types=event_types,
    )
