"""The quick way in, for plain events: models all of whose values are what the document wants.

It takes less than half the time. What is not plain, or not certainly so, is None here and goes the way of all others,
with the same result; that way alone knows what to say of a fault.
"""

from datetime import datetime
from typing import Any

from attrs import fields

from hubspot_timeline.batching import Item
from hubspot_timeline.checks import MAX_TOKEN_BYTES, check_iframe, has_plain_tokens
from hubspot_timeline.codec import dumps
from hubspot_timeline.errors import EventError
from hubspot_timeline.events import NewId
from hubspot_timeline.moments import rfc3339
from hubspot_timeline_api.models import EventTokens, ExtraData, TimelineEvent, TimelineIFrame
from hubspot_timeline_api.types import UNSET, Unset

# After a change of the document this way may no longer know all that there is; then it takes nothing.
_TEXTS = {"event_template_id", "id", "email", "object_id", "utk", "domain"}
_OTHERS = {"tokens", "timestamp", "extra_data", "timeline_i_frame"}
_ABSENT = {"custom_object_type_id", "additional_properties"}
_IS_WHOLE = {field.name for field in fields(TimelineEvent)} == _TEXTS | _OTHERS | _ABSENT

_STRINGS = frozenset((str, NewId, Unset))
_LONGEST_ID = 125  # characters, which are 500 bytes at most


def plain_item(position: int, event: object) -> Item | None:
    """Return a plain event ready for a batch, None for any other."""
    if type(event) is not TimelineEvent or not _IS_WHOLE:
        return None
    try:
        wire = _wire(event)
        body = dumps(wire) if wire else b""
    except (EventError, ValueError, TypeError, RecursionError):
        return None
    return Item(position, event, event.id, body) if 0 < len(body) <= MAX_TOKEN_BYTES else None


def _wire(event: TimelineEvent) -> dict[str, Any] | None:  # noqa: C901, PLR0912 - a field a line; each call would count
    """Return a plain event in wire names, in the order of the generated code; the bytes have to be the same."""
    id_, tokens = event.id, event.tokens
    texts = (event.event_template_id, id_, event.email, event.object_id, event.utk, event.domain)
    if not _STRINGS.issuperset(map(type, texts)):
        return None
    if not id_ or len(id_) > _LONGEST_ID or "{{uuid}}" in id_:
        return None
    if not event.event_template_id or not (event.email or event.object_id or event.utk):
        return None
    if type(tokens) is not EventTokens or not has_plain_tokens(tokens.additional_properties):
        return None
    if event.custom_object_type_id is not UNSET or event.additional_properties:
        return None
    wire: dict[str, Any] = {
        "eventTemplateId": event.event_template_id,
        "id": id_,
        "tokens": tokens.additional_properties,
    }
    if event.domain is not UNSET:
        wire["domain"] = event.domain
    if event.email is not UNSET:
        wire["email"] = event.email
    if event.extra_data is not UNSET:
        if type(event.extra_data) is not ExtraData or type(event.extra_data.additional_properties) is not dict:
            return None
        wire["extraData"] = event.extra_data.additional_properties
    if event.object_id is not UNSET:
        wire["objectId"] = event.object_id
    if event.timestamp is not UNSET:
        if type(event.timestamp) is not datetime or event.timestamp.utcoffset() is None:
            return None
        wire["timestamp"] = rfc3339(event.timestamp)
    if event.utk is not UNSET:
        wire["utk"] = event.utk
    if event.timeline_i_frame is not UNSET:
        if type(event.timeline_i_frame) is not TimelineIFrame:
            return None
        wire["timelineIFrame"] = event.timeline_i_frame.to_dict()
        check_iframe(wire["timelineIFrame"])
    return wire
