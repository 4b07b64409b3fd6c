"""Each kind of change of the document has its level; what callers send and what they read are judged by their own."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from changes.change_kinds import Kind, Level
from tests.helpers.changed_document import changes, fresh

Document = dict[str, Any]
Mutation = Callable[[Document], object]
B, C, D, N = Level.BREAKING, Level.COMPATIBLE, Level.DOCUMENTATION, Level.NOTE

BATCH = "/integrators/timeline/v3/events/batch/create"
EVENTS = "/integrators/timeline/v3/events"
TEMPLATES = "/integrators/timeline/v3/{appId}/event-templates"
RENDER = "/integrators/timeline/v3/events/{eventTemplateId}/{eventId}/render"


def schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def prop(document: Document, name: str) -> Any:
    """Return the schema of a property; `TimelineEvent` is only sent, `TimelineEventResult` only read."""
    owner, _, own = name.partition(".")
    return schema(document, owner)["properties"][own]


def put(found: Any, **words: Any) -> None:
    found.update(words)


def add(name: str, *, required: bool = False) -> Mutation:
    def mutation(document: Document) -> None:
        owner = schema(document, name)
        owner["properties"]["nickname"] = {"type": "string"}
        owner["required"] += ["nickname"] * required

    return mutation


def own(name: str, inner: Document, **words: Any) -> Mutation:
    """Return a mutation that gives a map a property of its own."""
    return lambda document: put(schema(document, name), properties={"plan": inner}, **words)


def answer(inner: Document) -> Document:
    return {"description": "So.", "content": {"application/json": {"schema": inner}}}


def of(name: str, **words: Any) -> Mutation:
    """Return a mutation that gives a property other words."""
    return lambda document: put(prop(document, name), **words)


def operation(document: Document, path: str = BATCH, method: str = "post") -> Any:
    return document["paths"][path][method]


def move(document: Document, path: str, other: str) -> None:
    document["paths"][other] = document["paths"].pop(path)


ROWS: dict[str, tuple[Mutation, Kind, Level, str]] = {
    "operation added": (
        lambda d: put(d["paths"][EVENTS], get={"operationId": "list_events", "tags": ["events"], "responses": {}}),
        Kind.OPERATION_ADDED, C, "`list_events` (`GET /integrators/timeline/v3/events`) is a new operation",
    ),
    "operation removed": (
        lambda d: d["paths"][TEMPLATES].pop("post"), Kind.OPERATION_REMOVED, B, "`create_template` (`POST ",
    ),
    "path removed": (lambda d: d["paths"].pop(BATCH), Kind.OPERATION_REMOVED, B, "`create_events` (`POST "),
    "path renamed": (lambda d: move(d, BATCH, "/v4/batch"), Kind.OPERATION_MOVED, B, "to `POST /v4/batch`"),
    "method changed": (
        lambda d: put(d["paths"][BATCH], put=d["paths"][BATCH].pop("post")),
        Kind.OPERATION_MOVED, B, f"from `POST {BATCH}` to `PUT {BATCH}`",
    ),
    "operation renamed": (
        lambda d: put(operation(d), operationId="send"), Kind.OPERATION_RENAMED, B, "`send` instead of `create_events`",
    ),
    "first tag": (lambda d: put(operation(d), tags=["batches"]), Kind.MODULE_CHANGED, B, "stands under the tag"),
    "further tag": (lambda d: operation(d)["tags"].append("batches"), Kind.DOCUMENTATION, D, "has the tags"),
    "way in added": (
        lambda d: operation(d)["security"].append({"developerKey": []}), Kind.SECURITY_ADDED, C, "`developerKey`, too",
    ),
    "way in removed": (
        lambda d: operation(d, TEMPLATES, "get")["security"].pop(), Kind.SECURITY_REMOVED, B, "takes `developerKey` no",
    ),
    "no security": (lambda d: operation(d).pop("security"), Kind.SECURITY_CHANGED, B, "has `security` no more"),
    "security scheme": (
        lambda d: put(d["components"]["securitySchemes"]["developerKey"], name="key"),
        Kind.SECURITY_CHANGED, B, "`developerKey` has `name` `key` instead of `hapikey`",
    ),
    "security scheme removed": (
        lambda d: d["components"]["securitySchemes"].pop("bearer"), Kind.PART_REMOVED, B, "`bearer` is gone",
    ),
    "optional parameter added": (
        lambda d: operation(d, RENDER, "get")["parameters"].append({"name": "tz", "in": "query"}),
        Kind.PARAMETER_ADDED, C, "`render_event(tz)` is a new optional argument",
    ),
    "required parameter added": (
        lambda d: operation(d, RENDER, "get")["parameters"].append({"name": "tz", "in": "query", "required": True}),
        Kind.PARAMETER_ADDED_REQUIRED, B, "`render_event(tz)` is new, and required",
    ),
    "parameter removed": (
        lambda d: operation(d, RENDER, "get")["parameters"].pop(), Kind.PARAMETER_REMOVED, B, "(detail)` is gone",
    ),
    "parameter of a path removed": (
        lambda d: d["paths"][TEMPLATES]["parameters"].pop(), Kind.PARAMETER_REMOVED, B, "event-templates(appId)` is go",
    ),
    "parameter required": (
        lambda d: put(operation(d, RENDER, "get")["parameters"][0], required=True),
        Kind.PARAMETER_REQUIRED, B, "`render_event(detail)` is required now",
    ),
    "parameter optional": (
        lambda d: put(d["components"]["parameters"]["AppId"], required=False), Kind.PARAMETER_OPTIONAL, C, "(appId)` i",
    ),
    "parameter renamed": (
        lambda d: put(d["components"]["parameters"]["AppId"], name="app"), Kind.PARAMETER_CHANGED, B, "`app` instead o",
    ),
    "parameter elsewhere": (
        lambda d: put(d["components"]["parameters"]["AppId"], **{"in": "query"}),
        Kind.PARAMETER_CHANGED, B, "has `in` `query` instead of `path`",
    ),
    "type of a parameter": (
        lambda d: put(d["components"]["parameters"]["AppId"]["schema"], type="string"), Kind.TYPE_CHANGED, B, "(appId)",
    ),
    "optional body added": (
        lambda d: put(operation(d, TEMPLATES, "get"), requestBody={"content": {}}), Kind.BODY_ADDED, C, "(body)` is ne",
    ),
    "required body added": (
        lambda d: put(operation(d, TEMPLATES, "get"), requestBody={"content": {}, "required": True}),
        Kind.BODY_ADDED_REQUIRED, B, "`list_templates(body)` is new, and required",
    ),
    "body removed": (lambda d: operation(d).pop("requestBody"), Kind.BODY_REMOVED, B, "`create_events(body)` is gone"),
    "body optional": (
        lambda d: put(operation(d)["requestBody"], required=False), Kind.BODY_OPTIONAL, C, "(body)` is optional now",
    ),
    "media type added": (
        lambda d: put(operation(d)["requestBody"]["content"], **{"text/csv": {}}), Kind.MEDIA_TYPE_ADDED, C, "`text/cs",
    ),
    "media type removed": (
        lambda d: operation(d, RENDER, "get")["responses"]["200"]["content"].pop("text/html"),
        Kind.MEDIA_TYPE_REMOVED, B, "`render_event → 200` has the media type `text/html` no more",
    ),
    "status added that reads as before": (
        lambda d: put(operation(d)["responses"], **{"404": operation(d)["responses"]["default"]}),
        Kind.STATUS_ADDED, C, "`create_events` may answer `404` now",
    ),
    "status added that reads as what is referred to": (
        lambda d: put(operation(d, EVENTS)["responses"], **{"404": d["components"]["responses"]["Refusal"]}),
        Kind.STATUS_ADDED, C, "`create_event` may answer `404` now",
    ),
    "status added with another body": (
        lambda d: put(operation(d)["responses"], **{"404": answer({"type": "string"})}),
        Kind.STATUS_ADDED_COVERED, B, "may answer `404` now, which was read as `default` before",
    ),
    "status added without a body": (
        lambda d: put(operation(d)["responses"], **{"202": {"description": "Later."}}),
        Kind.STATUS_ADDED_COVERED, B, "may answer `202` now, which was read as `default` before",
    ),
    "status removed": (
        lambda d: operation(d)["responses"].pop("207"), Kind.STATUS_REMOVED, B, "`create_events` answers `207` no more",
    ),
    "header added": (
        lambda d: put(operation(d)["responses"]["201"], headers={"X-Left": {}}), Kind.HEADER_ADDED, C, "`X-Left`",
    ),
    "schema added": (lambda d: put(d["components"]["schemas"], New={}), Kind.PART_ADDED, C, "`New` is new in `schemas"),
    "schema removed": (
        lambda d: d["components"]["schemas"].pop("Links"), Kind.PART_REMOVED, B, "`Links` is gone from `schemas`",
    ),
    "optional property sent": (add("TimelineEvent"), Kind.PROPERTY_ADDED, C, "`TimelineEvent.nickname` is a new opt"),
    "optional property read": (add("TimelineEventResult"), Kind.PROPERTY_ADDED, C, "is a new optional field"),
    "required property sent": (
        add("TimelineEvent", required=True), Kind.PROPERTY_ADDED_REQUIRED, B, "`TimelineEvent.nickname` is new, and re",
    ),
    "required property read": (
        add("TimelineEventResult", required=True), Kind.PROPERTY_ADDED_REQUIRED, C, "is new, and required",
    ),
    "required property both ways": (
        add("TimelineIFrame", required=True), Kind.PROPERTY_ADDED_REQUIRED, B, "`TimelineIFrame.nickname` is new",
    ),
    "property of a map": (own("Links", {"type": "string"}), Kind.PROPERTY_ADDED, C, "`Links.plan` is a new optional f"),
    "property of a map, of another type": (
        own("EventTokens", {"type": "integer"}),
        Kind.PROPERTY_ADDED_COVERED, B, "`EventTokens.plan` is a new optional field, for which `additionalProperties`",
    ),
    "property of a map, of another type, read": (
        own("Links", {"type": "integer"}, required=["plan"]),
        Kind.PROPERTY_ADDED_COVERED, B, "`Links.plan` is new, and required, for which `additionalProperties` spoke b",
    ),
    "property of a map that is read, only narrower": (
        own("Links", {"type": "string", "maxLength": 9}), Kind.PROPERTY_ADDED, C, "`Links.plan` is a new optional f",
    ),
    "property of a map that is sent, narrower": (
        own("EventTokens", {"type": "string", "maxLength": 9}), Kind.PROPERTY_ADDED_COVERED, B, "`EventTokens.plan` is",
    ),
    "property of a map of anything": (
        own("ExtraData", {"type": "integer"}), Kind.PROPERTY_ADDED, C, "`ExtraData.plan` is a new optional field",
    ),
    "property sent removed": (
        lambda d: schema(d, "TimelineEvent")["properties"].pop("utk"), Kind.PROPERTY_REMOVED, B, "`TimelineEvent.utk` ",
    ),
    "property read removed": (
        lambda d: schema(d, "TimelineEventResult")["properties"].pop("utk"), Kind.PROPERTY_REMOVED, B, "is gone",
    ),
    "property sent required": (
        lambda d: schema(d, "TimelineEvent")["required"].append("utk"), Kind.PROPERTY_REQUIRED, B, "is required now",
    ),
    "property read required": (
        lambda d: schema(d, "TimelineEventResult")["required"].append("utk"), Kind.PROPERTY_REQUIRED, C, "is required",
    ),
    "property sent optional": (
        lambda d: schema(d, "TimelineEvent")["required"].remove("id"), Kind.PROPERTY_OPTIONAL, C, "`TimelineEvent.id` ",
    ),
    "property read optional": (
        lambda d: schema(d, "TimelineEventResult")["required"].remove("id"), Kind.PROPERTY_OPTIONAL, B, "is optional n",
    ),
    "property both ways optional": (
        lambda d: schema(d, "TimelineIFrame")["required"].remove("url"), Kind.PROPERTY_OPTIONAL, B, "is optional now",
    ),
    "type": (of("TimelineEvent.utk", type="integer"), Kind.TYPE_CHANGED, B, "type `integer` instead of `string`"),
    "wider type sent": (of("TimelineEvent.utk", type=["string", "null"]), Kind.TYPE_WIDENED, C, "has the type"),
    "wider type read": (of("TimelineEventResult.utk", type=["string", "null"]), Kind.TYPE_WIDENED, B, "has the type"),
    "integers for numbers": (of("TimelineIFrame.width", type="number"), Kind.TYPE_WIDENED, B, "`number` instead of"),
    "narrower type read": (of("ErrorBody.status", type="string"), Kind.TYPE_NARROWED, C, "`ErrorBody.status` has the "),
    "no type read": (lambda d: prop(d, "TimelineEventResult.utk").pop("type"), Kind.TYPE_WIDENED, B, "no more"),
    "null sent": (of("TimelineEvent.utk", nullable=True), Kind.TYPE_WIDENED, C, "may be null now"),
    "null read": (of("TimelineEventResult.utk", nullable=True), Kind.TYPE_WIDENED, B, "may be null now"),
    "format": (of("TimelineEvent.timestamp", format="date"), Kind.FORMAT_CHANGED, B, "`date` instead of `date-time`"),
    "format read": (of("TimelineEventResult.id", format="uuid"), Kind.FORMAT_CHANGED, B, "has the format now: `uuid`"),
    "word read": (lambda d: schema(d, "BatchStatus")["enum"].append("STUCK"), Kind.WORD_ADDED, B, "new word `STUCK`"),
    "word read no more": (lambda d: schema(d, "BatchStatus")["enum"].pop(), Kind.WORD_REMOVED, C, "`PROCESSING` no mo"),
    "words for any text sent": (of("TimelineEvent.utk", enum=["a"]), Kind.ENUM_ADDED, B, "has `enum` now"),
    "words for any text read": (
        of("TimelineEventResult.objectType", enum=["contacts"]), Kind.ENUM_ADDED, B, 'objectType` has `enum` now: `["c',
    ),
    "one word for any text read": (of("TimelineEventResult.utk", const="a"), Kind.ENUM_ADDED, B, "has `const` now: `a"),
    "pattern sent": (of("TimelineEvent.utk", pattern="^a"), Kind.LIMIT_TIGHTER, B, "has `pattern` now: `^a`"),
    "pattern read": (of("TimelineEventResult.utk", pattern="^a"), Kind.LIMIT_TIGHTER, C, "has `pattern` now: `^a`"),
    "another pattern": (
        of("TimelineEventTemplateToken.name", pattern="^a"), Kind.LIMIT_CHANGED, B, "`^a` instead of `^[A-Za-z0-9",
    ),
    "names of a map": (
        lambda d: put(schema(d, "EventTokens")["propertyNames"], pattern="^a"), Kind.LIMIT_CHANGED, B, "`EventTokens (",
    ),
    "values of a map": (
        lambda d: put(schema(d, "Links"), additionalProperties=False), Kind.LIMIT_CHANGED, B, "has `additionalProperti",
    ),
    "values of a map shut out": (
        lambda d: put(schema(d, "EventDetail"), additionalProperties=False), Kind.LIMIT_TIGHTER, C, "`EventDetail` has",
    ),
    "type in a list": (
        lambda d: put(schema(d, "ErrorContext")["additionalProperties"]["items"], type="integer"),
        Kind.TYPE_CHANGED, B, "`ErrorContext{}[]` has the type",
    ),
    "fewer items sent": (of("TimelineEventTemplateCreate.tokens", maxItems=5), Kind.LIMIT_TIGHTER, B, "`5` instead of"),
    "more items sent": (of("TimelineEventTemplateCreate.tokens", maxItems=501), Kind.LIMIT_LOOSER, C, "`501` instead"),
    "longer at least, sent": (of("TimelineEvent.utk", minLength=1), Kind.LIMIT_TIGHTER, B, "has `minLength` now: `1`"),
    "default sent": (of("TimelineEvent.utk", default="a"), Kind.DEFAULT_CHANGED, B, "has the default now: `a`"),
    "default read": (of("TimelineEventResult.utk", default="a"), Kind.DEFAULT_CHANGED, C, "has the default now: `a`"),
    "title": (lambda d: put(schema(d, "Links"), title="Ways"), Kind.CLASS_RENAMED, B, "`Links` has the title now: `Wa"),
    "reference": (
        lambda d: put(prop(d, "TimelineEvent.tokens"), **{"$ref": "#/components/schemas/Links"}),
        Kind.REFERENCE_CHANGED, B, "`#/components/schemas/Links` instead of",
    ),
    "choice sent": (
        of("TimelineEvent.utk", oneOf=[{"type": "string"}]), Kind.LIMIT_CHANGED, B, "has `oneOf` now",
    ),
    "map of anything said no more": (
        lambda d: schema(d, "ExtraData").pop("additionalProperties"),
        Kind.NOTE, N, "`ExtraData` has `additionalProperties` no more; it was `true`, which is what holds without it",
    ),
    "never null said": (of("TimelineEvent.utk", nullable=False), Kind.NOTE, N, "`TimelineEvent.utk` has `nullable` no"),
    "items that may be alike said": (
        of("TimelineEventTemplateList.results", uniqueItems=False), Kind.NOTE, N, "has `uniqueItems` now: `false`, wh",
    ),
    "no length at least said": (of("TimelineEventResult.utk", minLength=0), Kind.NOTE, N, "has `minLength` now: `0`"),
    "nothing required said": (
        lambda d: put(schema(d, "Links"), required=[]), Kind.NOTE, N, "`Links` has `required` now: `[]`, which is wha",
    ),
    "no properties said": (lambda d: put(schema(d, "Links"), properties={}), Kind.NOTE, N, "has `properties` now: `{}"),
    "no parameters said": (
        lambda d: put(operation(d), parameters=[]), Kind.NOTE, N, "`create_events` has `parameters` now: `[]`, which",
    ),
    "not deprecated said": (of("TimelineEvent.utk", deprecated=False), Kind.NOTE, N, "has `deprecated` now: `false`"),
    "deprecated": (of("TimelineEvent.utk", deprecated=True), Kind.DEPRECATION, C, "has `deprecated` now: `true`"),
    "another server": (lambda d: put(d["servers"][0], url="b"), Kind.SERVER_CHANGED, B, "`servers` has `url` `b` ins"),
    "words of a server": (lambda d: put(d["servers"][0], description="b"), Kind.DOCUMENTATION, D, "`servers` is desc"),
    "server": (lambda d: d["servers"].append({"url": "https://b.example"}), Kind.SERVER_CHANGED, B, "`servers` are"),
    "unknown keyword": (of("TimelineEvent.utk", contentEncoding="x"), Kind.UNJUDGED, B, "has `contentEncoding` now: `"),
    "description": (of("TimelineEvent.utk", description="So."), Kind.DOCUMENTATION, D, "`TimelineEvent.utk` is descri"),
    "summary": (lambda d: put(operation(d), summary="So."), Kind.DOCUMENTATION, D, "`create_events` is described"),
    "source": (of("TimelineEvent.timelineIFrame", **{"x-source": "seed"}), Kind.NOTE, N, "has another `x-source`"),
    "correction": (lambda d: operation(d).pop("x-correction"), Kind.NOTE, N, "has another `x-correction`"),
    "example": (
        lambda d: operation(d)["requestBody"]["content"]["application/json"].pop("examples"), Kind.NOTE, N, "`examples",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_each_change_has_its_kind_its_level_and_its_words(name: str) -> None:
    """A single change of the document is a single change here."""
    mutation, kind, level, words = ROWS[name]
    changed = fresh()
    mutation(changed)

    [found] = changes(changed)

    assert (found.kind, found.level) == (kind, level)
    assert words in found.fact


REVERSED = {
    Kind.BODY_REQUIRED: "body optional",
    Kind.HEADER_REMOVED: "header added",
    Kind.OPERATION_REMOVED: "operation added",
    Kind.PARAMETER_ADDED_REQUIRED: "parameter of a path removed",
    Kind.TYPE_NARROWED: "null sent",
    Kind.LIMIT_LOOSER: "pattern sent",
    Kind.WORD_ADDED: "word read no more",
    Kind.STATUS_ADDED_COVERED: "status removed",
    Kind.MEDIA_TYPE_REMOVED: "media type added",
    Kind.PROPERTY_REMOVED: "required property sent",
}


@pytest.mark.parametrize("kind", REVERSED)
def test_the_way_back_is_another_kind(kind: Kind) -> None:
    """What is added one way is removed the other way; still it is one change."""
    changed = fresh()
    ROWS[REVERSED[kind]][0](changed)

    [found] = changes(fresh(), changed)

    assert found.kind is kind


def test_each_kind_is_seen() -> None:
    """So that none stands in the table of verdicts alone."""
    assert {kind for _, kind, _, _ in ROWS.values()} | {kind for _, kind, _ in CHOICES.values()} | set(REVERSED) == set(
        Kind
    )


CHOICES: dict[str, tuple[Any, Kind, Level]] = {
    "another type": ({"type": "boolean"}, Kind.TYPE_WIDENED, C),
    "a type that is part of another": ({"type": "number"}, Kind.MEMBER_OVERLAPS, B),
    "null, which another allows": ({"type": "null"}, Kind.MEMBER_OVERLAPS, B),
    "a list of types": ({"type": ["boolean", "string"]}, Kind.MEMBER_OVERLAPS, B),
    "no type": ({"minLength": 1}, Kind.MEMBER_OVERLAPS, B),
    "what is not followed": ({"$ref": "#/components/schemas/Links"}, Kind.MEMBER_OVERLAPS, B),
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_that_is_sent_takes_more_only_where_its_members_share_no_type(name: str) -> None:
    """What fits two members of `oneOf` is refused; `anyOf` has nothing against it."""
    member, kind, level = CHOICES[name]
    members = [{"type": "integer"}, {"type": "string", "nullable": True}]
    for key, expected in {"oneOf": (kind, level), "anyOf": (Kind.TYPE_WIDENED, C)}.items():
        old, new = fresh(), fresh()
        old["components"]["schemas"]["TimelineEvent"]["properties"]["utk"] = {key: members}
        new["components"]["schemas"]["TimelineEvent"]["properties"]["utk"] = {key: [*members, member]}

        [found] = changes(new, old)

        assert (found.kind, found.level) == expected


OPTIONAL: dict[str, Callable[[Document], Any]] = {
    "parameter": lambda d: operation(d, RENDER, "get")["parameters"][0],
    "body": lambda d: operation(d)["requestBody"],
}


@pytest.mark.parametrize("name", OPTIONAL)
def test_what_was_optional_is_not_optional_now(name: str) -> None:
    """Where `required: false` is said or left out, both mean the same."""
    said, left_out = fresh(), fresh()
    OPTIONAL[name](said)["required"] = False
    OPTIONAL[name](left_out).pop("required", None)

    for found in (changes(said, left_out), changes(left_out, said)):
        assert [(each.kind, each.level) for each in found] == [(Kind.NOTE, N)]


def test_a_range_of_statuses_covers_before_the_rest_does() -> None:
    """A status is read as its range where there is one, else as `default`."""
    old, new = fresh(), fresh()
    for document in (old, new):
        operation(document)["responses"]["4XX"] = answer({"type": "string"})
    operation(new)["responses"]["404"] = answer({"type": "string"})
    operation(new)["responses"]["503"] = answer({"type": "string"})

    assert {found.pointer[-1]: found.kind for found in changes(new, old)} == {
        "404": Kind.STATUS_ADDED,
        "503": Kind.STATUS_ADDED_COVERED,
    }


def test_a_status_that_nothing_covered_is_compatible() -> None:
    """Nobody read anything there."""
    old, new = fresh(), fresh()
    for document in (old, new):
        del operation(document)["responses"]["default"]
    operation(new)["responses"]["202"] = {"description": "Later."}

    assert [(found.kind, found.level) for found in changes(new, old)] == [(Kind.STATUS_ADDED, C)]


def test_a_request_and_an_answer_are_judged_apart_and_together() -> None:
    """The stricter verdict holds where a schema is used both ways; so it does where nothing uses it."""
    old, new = fresh(), fresh()
    schema(old, "EventDetail")["properties"]["frame"] = {"$ref": "#/components/schemas/Unread"}
    for document in (old, new):
        document["components"]["schemas"] |= {name: {"enum": ["a", "b"]} for name in ("Unread", "Unused")}
    new["components"]["schemas"] = copy.deepcopy(new["components"]["schemas"])
    for name in ("Unread", "Unused"):
        schema(new, name)["enum"].pop()
    schema(new, "EventDetail")["properties"]["frame"] = {"$ref": "#/components/schemas/Unread"}

    levels = {change.subject: change.level for change in changes(new, old)}

    assert levels == {"Unread": C, "Unused": B}


def test_what_was_sent_once_is_judged_as_sent() -> None:
    """Those who send it still are not helped by a document in which it is only read."""
    new = fresh()
    schema(new, "TimelineEvent")["properties"]["timelineIFrame"] = {"type": "object"}
    schema(new, "TimelineIFrame")["properties"]["nickname"] = {"type": "string"}
    schema(new, "TimelineIFrame")["required"].append("nickname")

    found = {change.kind: change.level for change in changes(new)}

    assert found == {Kind.REFERENCE_CHANGED: B, Kind.PROPERTY_ADDED_REQUIRED: B}
