"""Validation of single events beyond the document: sizes, record, template.

Sizes (documented, since 2025-03-17) have K as 1000 or 1024, which is not documented; the smaller applies. The
messages and categories of errors are guesses.
"""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.records import CONTACT, RecordIdentity, object_type_name
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.storage.templates import Template

MAX_ID_BYTES = 500
MAX_TOKEN_BYTES = 510_000
MAX_EVENT_BYTES = 1_000_000

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_EPOCH = re.compile(r"-?[0-9]{1,16}")  # milliseconds
_IDENTITIES = ("objectId", "utk", "email")


@frozen
class EventRejection:
    """Why one event is rejected; the rest of its batch is not affected."""

    message: str
    category: str = "VALIDATION_ERROR"


@frozen
class EventValidator:
    """Validates the events of one request, which conform to the document."""

    _store: Store
    _settings: SandboxSettings
    _app: int | None  # of the caller
    _templates: dict[str, Template | None] = field(factory=dict)  # one lookup a request

    def rejection(self, event: Mapping[str, Any], text: str, identity: RecordIdentity) -> EventRejection | None:
        """Return why an event is rejected, None if it is valid; `text` is the event as JSON."""
        return (
            _record_missing(event, identity.object_type)
            or _size_exceeded(event, text)
            or self._template_mismatch(event)
            or self._record_unknown(identity)
        )

    def record_identity(self, event: Mapping[str, Any]) -> RecordIdentity:
        """Return the record of an event; the type is the event's, else its template's, else that of contacts."""
        template = self._template(event)
        template_type = template.body["objectType"] if template else ""
        object_type = object_type_name(event.get("customObjectTypeId") or template_type or CONTACT)
        return RecordIdentity(object_type, event.get("objectId", ""), event.get("utk", ""), event.get("email", ""))

    def _template_mismatch(self, event: Mapping[str, Any]) -> EventRejection | None:
        template, template_id = self._template(event), event["eventTemplateId"]
        owner = template.app if template else self._store.templates.owner(template_id)
        is_foreign = owner is not None and self._app not in (None, owner)
        is_missing = template is None and (owner is not None or self._settings.template_checks == "strict")
        if is_foreign or is_missing:
            message = f"The app that owns the token has no template {template_id[:100]}."
            return EventRejection(message, "INVALID_EVENT_TEMPLATE")
        error = _token_error(event, template) if template else None
        return EventRejection(error) if error else None

    def _record_unknown(self, identity: RecordIdentity) -> EventRejection | None:
        if self._settings.records == "create" or not identity.object_id or self._store.records.exists(identity):
            return None
        message = f"No {identity.object_type[:100]} has the objectId {identity.object_id[:100]}."
        return EventRejection(message, "OBJECT_NOT_FOUND")

    def _template(self, event: Mapping[str, Any]) -> Template | None:
        template_id = event["eventTemplateId"]
        if template_id not in self._templates:
            self._templates[template_id] = self._store.templates.get(template_id)
        return self._templates[template_id]


def _record_missing(event: Mapping[str, Any], object_type: str) -> EventRejection | None:
    if not any(event.get(name) for name in _IDENTITIES):
        return EventRejection(f"The event identifies no record: it has none of {', '.join(_IDENTITIES)}.")
    if object_type != CONTACT and not event.get("objectId"):
        return EventRejection(f"An event on a record of type {object_type[:100]} needs an objectId.")
    return None


def _size_exceeded(event: Mapping[str, Any], text: str) -> EventRejection | None:
    sizes = [("The event's id", event["id"], MAX_ID_BYTES)]
    sizes += [(f"The token {name[:100]}", value, MAX_TOKEN_BYTES) for name, value in event["tokens"].items()]
    for name, value, limit in [*sizes, ("The event as JSON", text, MAX_EVENT_BYTES)]:
        # A character has at most 4 bytes, so that most texts need not be encoded.
        if len(value) * 4 > limit and (size := len(value.encode())) > limit:
            return EventRejection(f"{name} has {size} bytes; at most {limit} are allowed.")
    return None


def _token_error(event: Mapping[str, Any], template: Template) -> str | None:
    """Return what is wrong with the first invalid token of an event, None if all are valid."""
    for name, value in event["tokens"].items():
        token = template.token(name)
        if token is None:
            return f"The template {template.body['id']} has no token {name[:100]}."
        error = _value_error(value, token)
        if error:
            return f"The token {name[:100]} is {value[:100]!r}, which is {error}."
    return None


def _value_error(value: str, token: Mapping[str, Any]) -> str | None:
    match token["type"]:
        case "number" if not _NUMBER.fullmatch(value):
            return "not a number"
        case "number" if not isfinite(float(value)):
            return "not a finite number"
        case "date" if not _EPOCH.fullmatch(value):
            return "not a date: it must be in epoch milliseconds"
        case "enumeration":
            values = [option["value"] for option in token["options"]]
            return None if value in values else f"not one of its options: {', '.join(values)[:200]}"
    return None
