"""The event types of app events, from the files of an app's project (`*-hsmeta.json`)."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.sandbox.errors import ServiceError
from hubspot_timeline_testing.sandbox.storage.templates import Template, TemplateBody, prepare_template
from hubspot_timeline_testing.sandbox.validation.schemas import schema_error

CUSTOM_OBJECT = "APP_OBJECT"
"""The object type of a type whose events name the custom object themselves."""

_OBJECT_TYPES = ("CONTACT", "COMPANY", "DEAL", "TICKET", CUSTOM_OBJECT)
_MAX_LENGTHS = {"name": 50, "headerTemplate": 1_000, "detailTemplate": 10_000, "properties": 500}
_MAX_TYPES = 750


@frozen
class EventTypes:
    """The event types of one app, each as a template, whose id is the uid and whose tokens are the properties."""

    app: int
    _templates: Mapping[str, Template]

    def get(self, name: str) -> Template | None:
        """Return the type with that uid or full name, None if there is none."""
        return self._templates.get(name.removeprefix(self.full_name("")))

    def owner(self, name: str) -> int | None:
        """Return the app that owns a type, None for an unknown type."""
        return self.app if self.get(name) else None

    def full_name(self, uid: str) -> str:
        """Return the name that identifies a type in all accounts; its form is a guess."""
        return f"ae{self.app}_{uid}"


def parse_event_types(files: Iterable[Mapping[str, Any]], app: int, now: str) -> EventTypes:
    """Return the types in the parsed files of a project. Raises ValueError with the number of a file and its error."""
    templates: dict[str, Template] = {}
    for number, file in enumerate(files):
        error = _file_error(file) or (f"the uid {file['uid']} occurs twice" if file["uid"] in templates else None)
        if error:
            raise ValueError(f"event_types[{number}]: {error}")
        try:
            templates[file["uid"]] = Template(app, prepare_template(_template(file), now))
        except ServiceError as service_error:
            raise ValueError(f"event_types[{number}]: {service_error.message}") from service_error
    if len(templates) > _MAX_TYPES:
        raise ValueError(f"event_types has {len(templates)} types; an app has at most {_MAX_TYPES}")
    return EventTypes(app, templates)


def _file_error(file: Mapping[str, Any]) -> str | None:
    config, uid = file.get("config"), file.get("uid")
    if file.get("type") != "app-event" or not isinstance(config, dict) or not isinstance(uid, str) or not uid:
        return 'not an event type, which has a uid, the type "app-event" and a config'
    for field, length in _MAX_LENGTHS.items():
        if isinstance(config.get(field), str | list) and len(config[field]) > length:
            return f"config.{field} has {len(config[field])} entries or characters; at most {length} are allowed"
    if _object_type(config) not in _OBJECT_TYPES:
        return f"config.objectType must be one of {', '.join(_OBJECT_TYPES)}, or supportsCustomObject true"
    return schema_error("TimelineEventTemplate", _template(file))


def _template(file: Mapping[str, Any]) -> TemplateBody:
    """Return an event type as a template of version 3."""
    config = {"properties": [], **file["config"]}
    texts = {name: config[name] for name in ("name", "headerTemplate", "detailTemplate") if name in config}
    return {"id": file["uid"], "objectType": _object_type(config), "tokens": config["properties"], **texts}


def _object_type(config: Mapping[str, Any]) -> Any:
    return CUSTOM_OBJECT if config.get("supportsCustomObject") is True else config.get("objectType")
