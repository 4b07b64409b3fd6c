"""Event types of app events, as files of a project have them, made from the templates of v3."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

import msgspec

from hubspot_timeline_api.models import TokenType

OBJECT_TYPES = {
    **dict.fromkeys(("contacts", "contact", "0-1"), "CONTACT"),
    **dict.fromkeys(("companies", "company", "0-2"), "COMPANY"),
    **dict.fromkeys(("deals", "deal", "0-3"), "DEAL"),
    **dict.fromkeys(("tickets", "ticket", "0-5"), "TICKET"),
    "app_object": "APP_OBJECT",
}
_CUSTOM_OBJECT = re.compile(r"2-\d+|p\d+_\w+", re.ASCII | re.IGNORECASE)
_MAX_UID = 64  # of other components of a project

_Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]


class _Option(msgspec.Struct):
    value: str
    label: str


class _Token(msgspec.Struct, rename="camel"):
    name: str
    type: TokenType
    label: str = ""
    options: list[_Option] | None = None
    object_property_name: str | None = None


class Template(msgspec.Struct, rename="camel"):
    """A template of v3, with the fields that an event type takes over."""

    id: _Text
    name: _Text
    object_type: str
    tokens: list[_Token]
    header_template: str | None = None
    detail_template: str | None = None


def slug(text: str) -> str:
    """Return a text in lower-case ASCII letters, digits and underscores; it may be empty."""
    plain = unicodedata.normalize("NFKD", text).casefold().encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "_", plain).strip("_")[:_MAX_UID].rstrip("_")


def uids(templates: Sequence[Template]) -> list[str]:
    """Return a uid for each template: the slug of its name, with its id where the slug is empty or not the only one."""
    slugs = [slug(template.name) for template in templates]
    counts = Counter(slugs)
    return [
        name if name and counts[name] == 1 else f"{name or 'event_type'}_{slug(template.id)}"
        for template, name in zip(templates, slugs, strict=True)
    ]


def event_type(template: Template, uid: str) -> dict[str, Any]:
    """Return the content of the file of an event type."""
    texts = {"headerTemplate": template.header_template, "detailTemplate": template.detail_template}
    config = {
        "name": template.name,
        **record_type(template.object_type),
        **{field: text for field, text in texts.items() if text},
        "properties": [_property(token) for token in template.tokens],
    }
    return {"uid": uid, "type": "app-event", "config": config}


def record_type(name: str) -> dict[str, Any]:
    """Return the field for the type of records that v3 gives this name; empty for an unknown one."""
    if standard := OBJECT_TYPES.get(name.casefold()):
        return {"objectType": standard}
    return {"supportsCustomObject": True} if _CUSTOM_OBJECT.fullmatch(name) else {}


def _property(token: _Token) -> dict[str, Any]:
    fields = {"name": token.name, "label": token.label or token.name, "type": token.type.value}
    if token.type is not TokenType.ENUMERATION:
        return fields
    return {**fields, "options": msgspec.to_builtins(token.options or [])}
