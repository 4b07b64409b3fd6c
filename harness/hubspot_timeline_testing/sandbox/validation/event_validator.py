"""Validation of single events beyond the document: sizes, record, template.

Sizes (documented, since 2025-03-17) have K as 1000 or 1024, which is not documented; the smaller applies. The
messages and categories of errors are guesses.
"""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.errors import ServiceError, validation_error
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
class EventValidator:
    """Validates the events of one request, which conform to the document."""

    _store: Store
    _settings: SandboxSettings
    _app: int | None  # of the caller
    _templates: dict[str, Template | None] = field(factory=dict)  # one lookup a request

    def validate(self, event: Mapping[str, Any], text: str, identity: RecordIdentity) -> None:
        """Raise ServiceError (400) for an invalid event; `text` is the event as JSON."""
        _require_record(event, identity.object_type)
        _require_sizes(event, text)
        self._require_template(event)
        self._require_known_record(identity)

    def record_identity(self, event: Mapping[str, Any]) -> RecordIdentity:
        """Return the record of an event; the type is the event's, else its template's, else that of contacts."""
        template = self._template(event)
        template_type = template.body["objectType"] if template else ""
        object_type = object_type_name(event.get("customObjectTypeId") or template_type or CONTACT)
        return RecordIdentity(object_type, event.get("objectId", ""), event.get("utk", ""), event.get("email", ""))

    def _require_template(self, event: Mapping[str, Any]) -> None:
        template, template_id = self._template(event), event["eventTemplateId"]
        owner = template.app if template else self._store.templates.owner(template_id)
        is_foreign = owner is not None and self._app not in (None, owner)
        is_missing = template is None and (owner is not None or self._settings.template_checks == "strict")
        if is_foreign or is_missing:
            message = f"The app that owns the token has no template {template_id[:100]}."
            raise ServiceError(400, message, "INVALID_EVENT_TEMPLATE")
        if template:
            _require_tokens(event, template)

    def _require_known_record(self, identity: RecordIdentity) -> None:
        is_created = self._settings.records == "create" or not identity.object_id
        if not is_created and not self._store.records.exists(identity):
            message = f"No {identity.object_type[:100]} has the objectId {identity.object_id[:100]}."
            raise ServiceError(400, message, "OBJECT_NOT_FOUND")

    def _template(self, event: Mapping[str, Any]) -> Template | None:
        template_id = event["eventTemplateId"]
        if template_id not in self._templates:
            self._templates[template_id] = self._store.templates.get(template_id)
        return self._templates[template_id]


def _require_record(event: Mapping[str, Any], object_type: str) -> None:
    if not any(event.get(name) for name in _IDENTITIES):
        raise validation_error(f"The event identifies no record: it has none of {', '.join(_IDENTITIES)}.")
    if object_type != CONTACT and not event.get("objectId"):
        raise validation_error(f"An event on a record of type {object_type[:100]} needs an objectId.")


def _require_sizes(event: Mapping[str, Any], text: str) -> None:
    sizes = [("The event's id", event["id"], MAX_ID_BYTES)]
    sizes += [(f"The token {name[:100]}", value, MAX_TOKEN_BYTES) for name, value in event["tokens"].items()]
    for name, value, limit in [*sizes, ("The event as JSON", text, MAX_EVENT_BYTES)]:
        # A character has at most 4 bytes, so that most texts need not be encoded.
        if len(value) * 4 > limit and (size := len(value.encode())) > limit:
            raise validation_error(f"{name} has {size} bytes; at most {limit} are allowed.")


def _require_tokens(event: Mapping[str, Any], template: Template) -> None:
    for name, value in event["tokens"].items():
        token = template.token(name)
        if token is None:
            raise validation_error(f"The template {template.body['id']} has no token {name[:100]}.")
        error = _value_error(value, token)
        if error:
            raise validation_error(f"The token {name[:100]} is {value[:100]!r}, which is {error}.")


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
