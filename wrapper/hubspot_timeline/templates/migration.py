"""Migration of the templates of v3 to the event types of app events, and what of a template does not fit.

The number of event types is not checked: v3 has the same limit for that of templates.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
from attrs import frozen

from hubspot_timeline.events.validation import token_name_problem
from hubspot_timeline.templates.event_types import OBJECT_TYPES, Template, event_type, record_type, slug, uids
from hubspot_timeline.templates.suggestions import shortened, suggestion
from hubspot_timeline.templates.validation import with_path

_MAX_PROPERTIES = 500

_Reason: TypeAlias = tuple[str, str]  # a field, and what is wrong with it


@frozen
class Problem:
    """What of a template does not fit: an error leaves its event type out, a warning says what is lost."""

    template: str
    field: str
    reason: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"{'error' if self.is_error else 'warning'}: template {self.template}: {self.field}: {self.reason}"


@frozen
class Migration:
    """The result of a migration.

    `event_types`: the content of the file of each event type.
    `uids`: the uid of the event type for each template id, empty for a template with errors that had none before.
    """

    event_types: Sequence[Mapping[str, Any]]
    uids: Mapping[str, str]
    problems: Sequence[Problem]


def migrate(templates: Sequence[object], names: Mapping[str, str] | None = None) -> Migration:
    """Return the event types for templates, which are JSON objects as v3 lists them.

    `names`: the uids that event-types.json has for template ids already; they are kept.
    The uid of an event type is the name of the template in lower-case ASCII letters, digits and underscores; templates
    whose names are then equal, or empty, have their id appended. It does not depend on the order of the templates.
    """
    parsed, problems = _parse(templates)
    names = names or {}
    ids = Counter(filter(None, map(_id, templates)))
    own_uids = uids(parsed)
    counts = Counter(own_uids)
    event_types: list[Mapping[str, Any]] = []
    uid_of = dict.fromkeys(ids, "")
    for template, uid in zip(parsed, own_uids, strict=True):
        errors = [*_errors(template), *_clashes(template, uid, ids, counts, names)]
        problems += [Problem(template.id, *error) for error in errors]
        problems += [Problem(template.id, *warning, is_error=False) for warning in _warnings(template, uid)]
        if not errors:
            event_types.append(event_type(template, uid))
            uid_of[template.id] = uid
    return Migration(event_types, {**uid_of, **names}, problems)


def _parse(templates: Sequence[object]) -> tuple[list[Template], list[Problem]]:
    parsed, problems = [], []
    for number, fields in enumerate(templates, 1):
        try:
            parsed.append(msgspec.convert(fields, Template))
        except msgspec.ValidationError as error:
            field, _, reason = with_path(str(error), "").partition(": ")
            problems.append(Problem(_id(fields) or f"number {number}", field, reason))
    return parsed, problems


def _id(fields: object) -> str | None:
    value = fields.get("id") if isinstance(fields, Mapping) else None
    return value if isinstance(value, str) else None


def _clashes(
    template: Template, uid: str, ids: Mapping[str, int], counts: Mapping[str, int], names: Mapping[str, str]
) -> Iterator[_Reason]:
    """Yield what forbids a template beside the others."""
    if ids[template.id] > 1:
        yield "id", f"{ids[template.id]} templates have it; remove all but one"
    elif counts[uid] > 1:
        yield "name", f"{counts[uid]} templates have the uid {uid}; change the name of all but one"
    elif names.get(template.id) != uid and uid in names.values():
        other = next(template_id for template_id, name in names.items() if name == uid)
        yield "name", f"event-types.json maps template {other} to the uid {uid}; change the name, or map both to it"


def _errors(template: Template) -> Iterator[_Reason]:
    yield from _too_long("name", template.name, 50)
    yield from _too_long("headerTemplate", template.header_template, 1_000)
    yield from _too_long("detailTemplate", template.detail_template, 10_000)
    name = template.object_type
    if not record_type(name):
        yield "objectType", f"{shortened(name)} is not a type of records; {suggestion(name, OBJECT_TYPES)}"
    if len(template.tokens) > _MAX_PROPERTIES:
        yield "tokens", f"there are {len(template.tokens)}, and an event type has at most {_MAX_PROPERTIES} properties"
    counts = Counter(token.name for token in template.tokens)
    for index, token in enumerate(template.tokens):
        if problem := token_name_problem(token.name):
            yield f"tokens[{index}].name", f"is {shortened(token.name)}; {problem}"
        elif counts[token.name] > 1:
            yield f"tokens[{index}].name", f"{counts[token.name]} tokens have the name {token.name}; keep one"


def _too_long(field: str, text: str | None, limit: int) -> Iterator[_Reason]:
    if text and len(text) > limit:
        yield field, f"has {len(text):,} characters, and an event type at most {limit:,}; shorten it"


def _warnings(template: Template, uid: str) -> Iterator[_Reason]:
    if uid != slug(template.name):
        yield "name", f"has no uid of its own, so that the id was appended: {uid}"
    if "supportsCustomObject" in record_type(template.object_type):
        yield "objectType", "is a custom object; each event needs objectTypeFullyQualifiedName (customObjectTypeId)"
    for index, token in enumerate(template.tokens):
        if name := token.object_property_name:
            yield f"tokens[{index}].objectPropertyName", f"the property {name} of the record will not be set by events"
