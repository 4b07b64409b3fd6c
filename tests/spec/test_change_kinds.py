"""Each kind of change of the document has its level, in what callers send and in what they read."""

import copy
from typing import Any

import pytest

from changes.change_kinds import Kind, Level
from changes.compare import Change
from tests.helpers.changed_document import REMOVED, fresh, patched
from tests.helpers.changed_document import changes as compared

B, C, N = Level.BREAKING, Level.COMPATIBLE, Level.NOTE
ROOT = "/integrators/timeline/v3"
BATCH, CREATE = f"paths {ROOT}/events/batch/create post", f"paths {ROOT}/events post"
RENDER = f"paths {ROOT}/events/{{eventTemplateId}}/{{eventId}}/render get"
TEMPLATES = f"paths {ROOT}/{{appId}}/event-templates"
SCHEMAS = "components schemas"
SENT, READ, BOTH = f"{SCHEMAS} TimelineEvent", f"{SCHEMAS} TimelineEventResult", f"{SCHEMAS} TimelineIFrame"
UTK, READ_UTK = f"{SENT} properties utk", f"{READ} properties utk"
APP_ID = "components parameters AppId"
TEXT = {"type": "string"}
DETAIL = fresh()["paths"][RENDER.split()[1]]["get"]["parameters"][0]


def response(schema: Any) -> dict[str, Any]:
    return {"description": "A response.", "content": {"application/json": {"schema": schema}}}


# What changes, its new value, and the kind and the level that it has.
ROWS: list[tuple[str, Any, Kind, Level]] = [
    (f"paths {ROOT}/events get", {"operationId": "list_events", "responses": {}}, Kind.OPERATION_ADDED, C),
    (f"{TEMPLATES} post", REMOVED, Kind.OPERATION_REMOVED, B),
    (BATCH.removesuffix(" post"), REMOVED, Kind.OPERATION_REMOVED, B),
    (f"{BATCH} tags", ["batches"], Kind.NOTE, N),
    (f"{BATCH} security -", {"developerKey": []}, Kind.SECURITY_ADDED, C),
    (f"{TEMPLATES} get security 1", REMOVED, Kind.SECURITY_CHANGED, B),
    (f"{BATCH} security", REMOVED, Kind.SECURITY_CHANGED, B),
    ("components securitySchemes developerKey name", "key", Kind.SECURITY_CHANGED, B),
    ("components securitySchemes bearer", REMOVED, Kind.COMPONENT_REMOVED, B),
    (f"{RENDER} parameters -", {"name": "tz", "in": "query"}, Kind.PARAMETER_ADDED, C),
    (f"{RENDER} parameters -", {"name": "tz", "in": "query", "required": True}, Kind.PARAMETER_REQUIRED, B),
    (f"{RENDER} parameters 0", REMOVED, Kind.PARAMETER_REMOVED, B),
    (f"{TEMPLATES} parameters 0", REMOVED, Kind.PARAMETER_REMOVED, B),
    (f"{RENDER} parameters 0 required", True, Kind.PARAMETER_REQUIRED, B),
    (f"{APP_ID} required", False, Kind.PARAMETER_OPTIONAL, C),
    (f"{APP_ID} name", "app", Kind.PARAMETER_CHANGED, B),
    (f"{APP_ID} in", "query", Kind.PARAMETER_CHANGED, B),
    (f"{APP_ID} schema type", "string", Kind.TYPE_CHANGED, B),
    (f"{TEMPLATES} get requestBody", {"content": {}}, Kind.PARAMETER_ADDED, C),
    (f"{TEMPLATES} get requestBody", {"content": {}, "required": True}, Kind.PARAMETER_REQUIRED, B),
    (f"{BATCH} requestBody", REMOVED, Kind.PARAMETER_REMOVED, B),
    (f"{BATCH} requestBody required", False, Kind.PARAMETER_OPTIONAL, C),
    (f"{BATCH} requestBody content text/csv", {}, Kind.MEDIA_TYPE_ADDED, C),
    (f"{RENDER} responses 200 content text/html", REMOVED, Kind.MEDIA_TYPE_REMOVED, B),
    (f"{BATCH} responses 404", fresh()["components"]["responses"]["Refusal"], Kind.STATUS_OVERRIDES_DEFAULT, B),
    (f"{CREATE} responses 404", {"$ref": "#/components/responses/Refusal"}, Kind.STATUS_ADDED, C),
    (f"{BATCH} responses 404", response(TEXT), Kind.STATUS_OVERRIDES_DEFAULT, B),
    (f"{BATCH} responses 202", {"description": "Later."}, Kind.STATUS_OVERRIDES_DEFAULT, B),
    (f"{BATCH} responses 207", REMOVED, Kind.STATUS_REMOVED, B),
    (f"{BATCH} responses 201 headers", {"X-Left": {}}, Kind.HEADER_ADDED, C),
    (f"{SCHEMAS} New", {}, Kind.COMPONENT_ADDED, C),
    (f"{SCHEMAS} Links", REMOVED, Kind.COMPONENT_REMOVED, B),
    (f"{SENT} properties nickname", TEXT, Kind.PROPERTY_ADDED, C),
    (f"{READ} properties nickname", TEXT, Kind.PROPERTY_ADDED, C),
    (f"{SCHEMAS} Links properties", {"plan": TEXT}, Kind.PROPERTY_ADDED, C),
    (f"{SCHEMAS} Links properties", {"plan": TEXT | {"maxLength": 9}}, Kind.PROPERTY_ADDED, C),
    (f"{SCHEMAS} Links properties", {"plan": {"type": "integer"}}, Kind.PROPERTY_OVERRIDES_MAP, B),
    (f"{SCHEMAS} EventTokens properties", {"plan": {"type": "integer"}}, Kind.PROPERTY_OVERRIDES_MAP, B),
    (f"{SCHEMAS} EventTokens properties", {"plan": TEXT | {"maxLength": 9}}, Kind.PROPERTY_OVERRIDES_MAP, B),
    (f"{SCHEMAS} ExtraData properties", {"plan": {"type": "integer"}}, Kind.PROPERTY_ADDED, C),
    (UTK, REMOVED, Kind.PROPERTY_REMOVED, B),
    (READ_UTK, REMOVED, Kind.PROPERTY_REMOVED, B),
    (f"{SENT} required -", "utk", Kind.PROPERTY_REQUIRED, B),
    (f"{READ} required -", "utk", Kind.PROPERTY_REQUIRED, C),
    (f"{SENT} required", ["eventTemplateId", "tokens"], Kind.PROPERTY_OPTIONAL, C),
    (f"{READ} required 0", REMOVED, Kind.PROPERTY_OPTIONAL, B),
    (f"{BOTH} required 0", REMOVED, Kind.PROPERTY_OPTIONAL, B),
    (f"{UTK} type", "integer", Kind.TYPE_CHANGED, B),
    (f"{UTK} type", ["string", "null"], Kind.TYPE_WIDENED, C),
    (f"{READ_UTK} type", ["string", "null"], Kind.TYPE_WIDENED, B),
    (f"{READ_UTK} type", ["string"], Kind.NOTE, N),
    (f"{READ_UTK} type", REMOVED, Kind.TYPE_WIDENED, B),
    (f"{BOTH} properties width type", "number", Kind.TYPE_WIDENED, B),
    (f"{SCHEMAS} ErrorBody properties status type", "string", Kind.TYPE_NARROWED, C),
    (f"{SENT} properties timestamp format", "date", Kind.FORMAT_CHANGED, B),
    (f"{READ} properties id format", "uuid", Kind.FORMAT_CHANGED, B),
    (f"{SCHEMAS} BatchStatus enum -", "STUCK", Kind.ENUM_VALUE_ADDED, B),
    (f"{SCHEMAS} BatchStatus enum 0", REMOVED, Kind.ENUM_VALUE_REMOVED, C),
    (f"{UTK} enum", ["a"], Kind.ENUM_ADDED, B),
    (f"{READ} properties objectType enum", ["contacts"], Kind.ENUM_ADDED, B),
    (f"{READ_UTK} const", "a", Kind.ENUM_ADDED, B),
    (f"{UTK} pattern", "^a", Kind.CONSTRAINT_TIGHTENED, B),
    (f"{READ_UTK} pattern", "^a", Kind.CONSTRAINT_TIGHTENED, C),
    (f"{SCHEMAS} TimelineEventTemplateToken properties name pattern", "^a", Kind.CONSTRAINT_CHANGED, B),
    (f"{SCHEMAS} EventTokens propertyNames pattern", "^a", Kind.CONSTRAINT_CHANGED, B),
    (f"{SCHEMAS} Links additionalProperties", False, Kind.CONSTRAINT_CHANGED, B),
    (f"{SCHEMAS} EventDetail additionalProperties", False, Kind.CONSTRAINT_TIGHTENED, C),
    (f"{SCHEMAS} ErrorContext additionalProperties items type", "integer", Kind.TYPE_CHANGED, B),
    (f"{SCHEMAS} TimelineEventTemplateCreate properties tokens maxItems", 5, Kind.CONSTRAINT_TIGHTENED, B),
    (f"{SCHEMAS} TimelineEventTemplateCreate properties tokens maxItems", 501, Kind.CONSTRAINT_LOOSENED, C),
    (f"{UTK} minLength", 1, Kind.CONSTRAINT_TIGHTENED, B),
    (f"{UTK} oneOf", [TEXT], Kind.CONSTRAINT_CHANGED, B),
    (f"{UTK} default", "a", Kind.DEFAULT_CHANGED, B),
    (f"{READ_UTK} default", "a", Kind.DEFAULT_CHANGED, C),
    (f"{SCHEMAS} Links title", "Ways", Kind.NOTE, N),
    (f"{SENT} properties tokens $ref", "#/components/schemas/Links", Kind.REFERENCE_CHANGED, B),
    (f"{UTK} deprecated", True, Kind.DEPRECATION, C),
    ("servers 0 url", "https://b.example", Kind.SERVER_CHANGED, B),
    ("servers 0 description", "Another.", Kind.NOTE, N),
    ("servers -", {"url": "https://b.example"}, Kind.SERVER_CHANGED, B),
    (f"{UTK} contentEncoding", "base64", Kind.UNCLASSIFIED, B),
    (f"{UTK} nullable", True, Kind.UNCLASSIFIED, B),
    (f"{UTK} required", "yes", Kind.UNCLASSIFIED, B),
    (f"{SENT} required -", "id", Kind.UNCLASSIFIED, B),
    (f"{SENT} properties", [], Kind.UNCLASSIFIED, B),
    (f"{SCHEMAS} BatchStatus enum -", "COMPLETE", Kind.UNCLASSIFIED, B),
    (f"{RENDER} parameters -", DETAIL, Kind.UNCLASSIFIED, B),
    (f"paths {ROOT}/empty", {}, Kind.UNCLASSIFIED, B),
    ("components pathItems", {"Item": {}}, Kind.COMPONENT_ADDED, C),
    ("components other", {"Item": {}}, Kind.UNCLASSIFIED, B),
    ("openapi", "3.2.0", Kind.UNCLASSIFIED, B),
    (f"{UTK} description", "Other text.", Kind.NOTE, N),
    (f"{BATCH} summary", "Other text.", Kind.NOTE, N),
    (f"{SENT} properties timelineIFrame x-source", "seed", Kind.NOTE, N),
    (f"{BATCH} x-source", REMOVED, Kind.NOTE, N),
    (f"{BATCH} requestBody content application/json examples", REMOVED, Kind.NOTE, N),
]
# The change back is of another kind.
REVERSED: list[tuple[str, Any, Kind, Level]] = [
    (f"{BATCH} requestBody required", False, Kind.PARAMETER_REQUIRED, B),
    (f"{BATCH} responses 201 headers", {"X-Left": {}}, Kind.HEADER_REMOVED, B),
    (f"paths {ROOT}/events get", {"operationId": "list_events", "responses": {}}, Kind.OPERATION_REMOVED, B),
    (f"{TEMPLATES} parameters 0", REMOVED, Kind.PARAMETER_REQUIRED, B),
    (f"{UTK} type", ["string", "null"], Kind.TYPE_NARROWED, B),
    (f"{UTK} pattern", "^a", Kind.CONSTRAINT_LOOSENED, C),
    (f"{SCHEMAS} BatchStatus enum 0", REMOVED, Kind.ENUM_VALUE_ADDED, B),
    (f"{BATCH} responses 207", REMOVED, Kind.STATUS_OVERRIDES_DEFAULT, B),
    (f"{BATCH} requestBody content text/csv", {}, Kind.MEDIA_TYPE_REMOVED, B),
    (f"{SENT} properties nickname", TEXT, Kind.PROPERTY_REMOVED, B),
]


def kinds(changes: list[Change]) -> list[tuple[Kind, Level]]:
    return [(change.kind, change.level) for change in changes]


@pytest.mark.parametrize(("path", "value", "kind", "level"), ROWS)
def test_a_single_difference_is_a_single_change(path: str, value: Any, kind: Kind, level: Level) -> None:
    """It has its kind and its level, and its sentence begins with what changed."""
    [change] = compared(patched((path, value)))
    assert kinds([change]) == [(kind, level)]
    assert change.text.startswith(f"`{change.place.subject}` ")


@pytest.mark.parametrize(("path", "value", "kind", "level"), REVERSED)
def test_the_reverse_of_a_change_is_another_kind(path: str, value: Any, kind: Kind, level: Level) -> None:
    """What is added one way is removed the other way."""
    assert kinds(compared(fresh(), patched((path, value)))) == [(kind, level)]


def test_each_kind_occurs_in_a_table() -> None:
    """No kind is untested."""
    tested = {row[2] for row in [*ROWS, *REVERSED]}
    assert tested | {Kind.OPERATION_MOVED} == set(Kind)


@pytest.mark.parametrize(
    ("name", "added", "level"),
    [("TimelineEvent", Kind.PROPERTY_REQUIRED, B), ("TimelineEventResult", None, C), ("TimelineIFrame", None, B)],
)
def test_a_new_required_property_breaks_senders(name: str, added: Kind | None, level: Level) -> None:
    """Readers find one more field; callers who send the schema have to pass it."""
    path = f"{SCHEMAS} {name}"
    changes = compared(patched((f"{path} properties nickname", TEXT), (f"{path} required -", "nickname")))
    assert sorted(kinds(changes)) == sorted([(Kind.PROPERTY_ADDED, C), (added or Kind.PROPERTY_REQUIRED, level)])


@pytest.mark.parametrize(("path", "method"), [(f"{ROOT}/v4", "post"), (f"{ROOT}/events/batch/create", "put")])
def test_an_operation_with_another_path_or_method_was_moved(path: str, method: str) -> None:
    """It is identified by its name, so it is one change."""
    operation = fresh()["paths"][f"{ROOT}/events/batch/create"]["post"]
    [change] = compared(patched((BATCH.removesuffix(" post"), REMOVED), (f"paths {path}", {method: operation})))
    assert kinds([change]) == [(Kind.OPERATION_MOVED, B)]
    assert f" moved from `POST {ROOT}/events/batch/create` to `{method.upper()} {path}`" in change.text


def test_an_operation_with_another_name_is_another_operation() -> None:
    """Its function has another name, too."""
    changes = compared(patched((f"{BATCH} operationId", "send")))
    assert kinds(changes) == [(Kind.OPERATION_REMOVED, B), (Kind.OPERATION_ADDED, C)]


def test_a_path_without_operations_is_reported_beside_other_changes() -> None:
    """Its own keys are compared only for paths that both documents have."""
    changes = compared(patched((f"paths {ROOT}/empty", {}), (f"{BATCH} x-source", REMOVED)))
    assert kinds(changes) == [(Kind.UNCLASSIFIED, B), (Kind.NOTE, N)]


@pytest.mark.parametrize(
    ("key", "old", "new", "kind"),
    [
        ("maxLength", 9, 5, Kind.CONSTRAINT_TIGHTENED),
        ("maximum", 5, 9.5, Kind.CONSTRAINT_LOOSENED),
        ("minLength", 5, 9, Kind.CONSTRAINT_TIGHTENED),
        ("exclusiveMinimum", 9, 5, Kind.CONSTRAINT_LOOSENED),
        ("minimum", 5, "9", Kind.CONSTRAINT_CHANGED),
    ],
)
def test_a_bound_that_allows_fewer_values_is_tighter(key: str, old: Any, new: Any, kind: Kind) -> None:
    """A lower bound does so upwards."""
    [change] = compared(patched((f"{UTK} {key}", new)), patched((f"{UTK} {key}", old)))
    assert change.kind is kind


def test_a_new_status_had_the_response_of_its_range_before_that_of_default() -> None:
    """A response is read by its range if there is one, or else by `default`."""
    text = response(TEXT)
    ranged = (f"{BATCH} responses 4XX", text)
    new = patched(ranged, (f"{BATCH} responses 404", text), (f"{BATCH} responses 503", text))
    assert {change.place.key: change.kind for change in compared(new, patched(ranged))} == {
        "404": Kind.STATUS_ADDED,
        "503": Kind.STATUS_OVERRIDES_DEFAULT,
    }


def test_a_new_status_without_range_and_default_is_compatible() -> None:
    """Nobody parsed it before."""
    without = (f"{BATCH} responses default", REMOVED)
    new = patched(without, (f"{BATCH} responses 202", {"description": "Later."}))
    assert kinds(compared(new, patched(without))) == [(Kind.STATUS_ADDED, C)]


def test_an_unused_schema_has_the_stricter_level() -> None:
    """A value that is gone breaks nobody who only reads it; nothing is known of an unused schema."""
    old = patched(
        (f"{SCHEMAS} EventDetail properties frame", {"$ref": "#/components/schemas/Unread"}),
        *((f"{SCHEMAS} {name}", {"enum": ["a", "b"]}) for name in ("Unread", "Unused")),
    )
    new = copy.deepcopy(old)
    for name in ("Unread", "Unused"):
        new["components"]["schemas"][name]["enum"].pop()
    assert {change.place.subject: change.level for change in compared(new, old)} == {"Unread": C, "Unused": B}


def test_a_schema_that_was_sent_is_still_sent_by_deployed_callers() -> None:
    """They are not helped by a document in which it is only read."""
    path = f"{SCHEMAS} TimelineIFrame"
    new = patched((f"{SENT} properties timelineIFrame", {"type": "object"}), (f"{path} required -", "nickname"))
    assert kinds(compared(new)) == [(Kind.REFERENCE_CHANGED, B), (Kind.PROPERTY_REQUIRED, B)]


@pytest.mark.parametrize(
    ("path", "value", "subject", "text"),
    [
        (UTK, REMOVED, "TimelineEvent.utk", "was removed: stop sending and reading it."),
        (f"{UTK} const", "a", "TimelineEvent.utk", "has the new `const` `a`: any other value is rejected."),
        (f"{BATCH} security", REMOVED, "create_events", 'no longer has `security` `[{"bearer": []}]`: check how you '),
        (f"{RENDER} parameters 0", REMOVED, "render_event(detail)", "was removed: stop passing it."),
        (f"{BATCH} responses 207", REMOVED, "create_events", "no longer has the status `207`: code that expects it n"),
        (f"{READ} required 0", REMOVED, "TimelineEventResult.eventTemplateId", "is no longer required: it may be "),
        (f"{BOTH} required 0", REMOVED, "TimelineIFrame.linkLabel", "is no longer required: it may be omitted; it "),
        (
            f"{SCHEMAS} ErrorContext additionalProperties items type", "date", "ErrorContext{}[]",
            "has `type` `date` instead of `string`: send and read the new type.",
        ),
        (f"{UTK} description", "Text.", "TimelineEvent.utk", "has a different `description`."),
    ],
)  # fmt: skip
def test_a_change_is_a_sentence_with_guidance(path: str, value: Any, subject: str, text: str) -> None:
    """It names what changed, and what those concerned have to do."""
    [change] = compared(patched((path, value)))
    assert change.text.startswith(f"`{subject}` {text}")
    assert change.text.endswith(".")
