"""Validation of single events beyond the document: sizes, record, template.

Sizes (documented, since 2025-03-17) have K as 1000 or 1024, which is not documented; the smaller applies. The
messages and categories of errors are guesses.
"""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from attrs import field, frozen

from hubspot_timeline_testing.sandbox.apis import APP_EVENTS, Api
from hubspot_timeline_testing.sandbox.errors import ServiceError, validation_error
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.records import CONTACT, RecordIdentity, RecordTable, object_type_name
from hubspot_timeline_testing.sandbox.storage.templates import Template, TemplateTable
from hubspot_timeline_testing.sandbox.validation.event_types import CUSTOM_OBJECT, EventTypes

MAX_ID_BYTES = 500
MAX_TOKEN_BYTES = 510_000
MAX_EVENT_BYTES = 1_000_000

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_EPOCH = re.compile(r"-?[0-9]{1,16}")  # milliseconds
_IDENTITIES = ("objectId", "utk", "email")


@frozen
class EventValidator:
    """Validates the events of one request, which conform to the document."""

    _api: Api
    _types: TemplateTable | EventTypes
    _records: RecordTable
    _settings: SandboxSettings
    _app: int | None  # of the caller
    _templates: dict[str, Template | None] = field(factory=dict)  # one lookup a request

    def validate(self, event: Mapping[str, Any], text: str, identity: RecordIdentity) -> None:
        """Raise ServiceError (400) for an invalid event; `text` is the event as JSON."""
        self._require_record(event, identity.object_type)
        self._require_sizes(event, text)
        self._require_template(event)
        self._require_known_record(identity)

    def record_identity(self, event: Mapping[str, Any]) -> RecordIdentity:
        """Return the record of an event; the type is the event's, else its template's, else that of contacts."""
        template = self._template(event)
        template_type = template.body["objectType"] if template else ""
        object_type = object_type_name(event.get(self._api.object_type_field) or template_type or CONTACT)
        return RecordIdentity(object_type, event.get("objectId", ""), event.get("utk", ""), event.get("email", ""))

    def type_id(self, event: Mapping[str, Any]) -> str:
        """Return the id under which an event's template or type is stored; a type has two names."""
        template = self._template(event)
        return str(template.body["id"] if template else event[self._api.type_field])

    def _require_template(self, event: Mapping[str, Any]) -> None:
        template, template_id = self._template(event), event[self._api.type_field]
        owner = template.app if template else self._types.owner(template_id)
        is_foreign = owner is not None and self._app not in (None, owner)
        is_missing = template is None and (owner is not None or self._settings.template_checks == "strict")
        if is_foreign or is_missing:
            message = f"The app that owns the token has no {self._api.type_word} {template_id[:100]}."
            raise ServiceError(400, message, "INVALID_EVENT_TEMPLATE", kind="unknown_type")
        if template:
            self._require_values(event, template)

    def _require_known_record(self, identity: RecordIdentity) -> None:
        is_created = self._settings.records == "create" or not identity.object_id
        if not is_created and not self._records.exists(identity):
            message = f"No {identity.object_type[:100]} has the objectId {identity.object_id[:100]}."
            raise ServiceError(400, message, "OBJECT_NOT_FOUND", kind="unknown_object", subject=identity.object_id)

    def _template(self, event: Mapping[str, Any]) -> Template | None:
        template_id = event[self._api.type_field]
        if template_id not in self._templates:
            self._templates[template_id] = self._types.get(template_id)
        return self._templates[template_id]

    def _require_record(self, event: Mapping[str, Any], object_type: str) -> None:
        if not any(event.get(name) for name in _IDENTITIES):
            message = f"The event identifies no record: it has none of {', '.join(_IDENTITIES)}."
            raise validation_error(message, kind="no_identity")
        if self._api is APP_EVENTS:
            self._require_object_type(event, object_type)
        is_id_needed = object_type != CONTACT or (
            self._api is APP_EVENTS and self._settings.app_events.contacts_need_object_id
        )
        if is_id_needed and not event.get("objectId"):
            raise validation_error(f"An event on a record of type {object_type[:100]} needs an objectId.")

    def _require_object_type(self, event: Mapping[str, Any], object_type: str) -> None:
        """Raise ServiceError unless the event names a custom object exactly where its type is for these."""
        name, template = self._api.object_type_field, self._template(event)
        if object_type == CUSTOM_OBJECT:
            raise validation_error(f"An event of this type needs an {name}.")
        if template and template.body["objectType"] != CUSTOM_OBJECT and event.get(name):
            raise validation_error(f"Events of this type are not for custom objects; remove {name}.")

    def _require_sizes(self, event: Mapping[str, Any], text: str) -> None:
        sizes = [("The event's id", event["id"], MAX_ID_BYTES)]
        values = event[self._api.values_field]
        sizes += [
            (f"The {self._api.value_word} {name[:100]}", value, MAX_TOKEN_BYTES) for name, value in values.items()
        ]
        for name, value, limit in [*sizes, ("The event as JSON", text, MAX_EVENT_BYTES)]:
            # A character has at most 4 bytes, so that most texts need not be encoded.
            if len(value) * 4 > limit and (size := len(value.encode())) > limit:
                raise validation_error(f"{name} has {size} bytes; at most {limit} are allowed.")

    def _require_values(self, event: Mapping[str, Any], template: Template) -> None:
        type_word, value_word = self._api.type_word, self._api.value_word
        for name, value in event[self._api.values_field].items():
            token = template.token(name)
            if token is None:
                message = f"The {type_word} {template.body['id']} has no {value_word} {name[:100]}."
                raise validation_error(message, kind="unknown_value", subject=name)
            error = _value_error(value, token)
            if error:
                raise validation_error(f"The {value_word} {name[:100]} is {value[:100]!r}, which is {error}.")


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
