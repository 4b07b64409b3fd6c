"""The quick way in, for plain events: models, rows of files and lines of JSON whose values are what the document wants.

It takes little more than half the time, for which it is written in one piece. What is not plain, or not certainly so,
is None here and goes the way of all others, with the same bytes; that way alone knows what to say of a fault.
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from attrs import fields

from hubspot_timeline.delivery.batches import Item
from hubspot_timeline.events.builder import NewId
from hubspot_timeline.events.checks import MAX_TOKEN_BYTES, check_iframe, has_plain_tokens, is_plain
from hubspot_timeline.events.codec import dumps
from hubspot_timeline.events.timestamps import is_as_sent, rfc3339
from hubspot_timeline.events.wire import FIELDS, Encoded, Normalised
from hubspot_timeline_api.models import EventTokens, ExtraData, TimelineEvent, TimelineIFrame
from hubspot_timeline_api.types import UNSET

# After a change of the document this way may no longer know all that there is; then it takes nothing.
_TEXTS = {"event_template_id", "id", "email", "object_id", "utk", "domain", "custom_object_type_id"}
_OTHERS = {"tokens", "timestamp", "extra_data", "timeline_i_frame", "additional_properties"}
_IS_WHOLE = {field.name for field in fields(TimelineEvent)} == _TEXTS | _OTHERS

_STRINGS = (str, NewId)
_FIELDS = frozenset(FIELDS)
_LONGEST_ID = 125  # characters, which are 500 bytes at most


def plain_item(position: int, event: object) -> Item | None:
    """Return a plain event ready for a batch, and None for any other."""
    try:
        return _READY.get(type(event), _not_plain)(position, event)
    except Exception:  # noqa: BLE001 - whatever its values do when they are looked at
        return None


def _not_plain(position: int, event: object) -> None:  # noqa: ARG001 - as the others
    return None


def _of_row(position: int, wire: Normalised) -> Item | None:
    """Return a row of a file ready for a batch, unless somebody has changed it after it was read."""
    if wire.get("timestamp") is not wire.moment or not _is_ready(wire):
        return None
    body = dumps(wire)
    return Item(position, wire, wire["id"], body) if len(body) <= MAX_TOKEN_BYTES else None


def _of_encoded(position: int, event: Encoded) -> Item:
    return Item(position, event, event.id, event.body)


def plain_json(wire: object, body: bytes) -> Encoded | None:
    """Return an event that is to be sent as it is, from what its JSON says and is; else None. Raises EventError."""
    if type(wire) is not dict or len(body) > MAX_TOKEN_BYTES or not _is_ready(wire):
        return None
    if "timestamp" in wire and not is_as_sent(wire["timestamp"]):
        return None
    return Encoded(wire["id"], body)


def _is_ready(wire: dict[str, Any]) -> bool:
    """Tell of a JSON object that nothing is to be done to it, its timestamp aside. Raises EventError."""
    if not wire.keys() <= _FIELDS or not is_plain(wire) or len(wire["id"]) > _LONGEST_ID or "{{uuid}}" in wire["id"]:
        return False
    if "timelineIFrame" in wire:
        check_iframe(wire["timelineIFrame"])
    return True


def _of_model(  # noqa: C901, PLR0912 - all fields, one after the other: to call for each would take twice the time
    position: int, event: TimelineEvent
) -> Item | None:
    template, id_, tokens = event.event_template_id, event.id, event.tokens
    if type(template) is not str or not template or event.additional_properties != {}:
        return None
    if type(id_) not in _STRINGS or not id_ or len(id_) > _LONGEST_ID or "{{uuid}}" in id_:
        return None
    if not (event.object_id or ((event.email or event.utk) and event.custom_object_type_id is UNSET)):
        return None
    if type(tokens) is not EventTokens or not has_plain_tokens(tokens.additional_properties):
        return None

    # In the order of the generated code, since the bytes have to be the same.
    wire: dict[str, Any] = {"eventTemplateId": template, "id": id_, "tokens": tokens.additional_properties}
    if event.custom_object_type_id is not UNSET:
        if type(event.custom_object_type_id) is not str:
            return None
        wire["customObjectTypeId"] = event.custom_object_type_id
    if event.domain is not UNSET:
        if type(event.domain) is not str:
            return None
        wire["domain"] = event.domain
    if event.email is not UNSET:
        if type(event.email) is not str:
            return None
        wire["email"] = event.email
    if event.extra_data is not UNSET:
        if type(event.extra_data) is not ExtraData or type(event.extra_data.additional_properties) is not dict:
            return None
        wire["extraData"] = event.extra_data.additional_properties
    if event.object_id is not UNSET:
        if type(event.object_id) is not str:
            return None
        wire["objectId"] = event.object_id
    if event.timestamp is not UNSET:
        if type(event.timestamp) is not datetime or type(event.timestamp.tzinfo) is not timezone:
            return None
        wire["timestamp"] = rfc3339(event.timestamp)
    if event.utk is not UNSET:
        if type(event.utk) is not str:
            return None
        wire["utk"] = event.utk
    if event.timeline_i_frame is not UNSET:
        if type(event.timeline_i_frame) is not TimelineIFrame:
            return None
        wire["timelineIFrame"] = event.timeline_i_frame.to_dict()
        check_iframe(wire["timelineIFrame"])
    body = dumps(wire)
    return Item(position, event, id_, body) if len(body) <= MAX_TOKEN_BYTES else None


_READY: dict[type, Callable[[int, Any], Item | None]] = {Encoded: _of_encoded, Normalised: _of_row}
if _IS_WHOLE:
    _READY[TimelineEvent] = _of_model
