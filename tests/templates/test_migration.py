"""Templates of v3 become event types, or the template and the field that does not fit are named."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline.templates.migration import Problem, migrate
from hubspot_timeline_testing.strategies import any_json, from_schema, invalid

TEMPLATE: dict[str, Any] = {
    "id": "12",
    "name": "Webinar registration",
    "objectType": "contacts",
    "headerTemplate": "Registered for {{webinar}}",
    "detailTemplate": "{{seats}} seats, asked {{extraData.question}}{{#if seats}}{{else}}{{/if}}",
    "tokens": [
        {"name": "webinar", "label": "Webinar", "type": "string", "options": []},
        {"name": "seats", "type": "enumeration", "options": [{"value": "1", "label": "One"}], "createdAt": "-"},
    ],
}


def numbered(count: int) -> list[dict[str, Any]]:
    """Return tokens with different names."""
    return [{"name": f"t{number}", "type": "string"} for number in range(count)]


def test_a_template_becomes_an_event_type() -> None:
    """Every field has its place; the id of the template leads to the uid."""
    migration = migrate([TEMPLATE])
    config = {
        "name": "Webinar registration",
        "objectType": "CONTACT",
        "headerTemplate": TEMPLATE["headerTemplate"],
        "detailTemplate": TEMPLATE["detailTemplate"],
        "properties": [
            {"name": "webinar", "label": "Webinar", "type": "string"},
            {"name": "seats", "label": "seats", "type": "enumeration", "options": [{"value": "1", "label": "One"}]},
        ],
    }
    assert migration.event_types == [{"uid": "webinar_registration", "type": "app-event", "config": config}]
    assert migration.uids == {"12": "webinar_registration"}
    assert migration.problems == []


@pytest.mark.parametrize(
    ("object_type", "fields"),
    [
        ("Contacts", {"objectType": "CONTACT"}),
        ("company", {"objectType": "COMPANY"}),
        ("0-3", {"objectType": "DEAL"}),
        ("TICKET", {"objectType": "TICKET"}),
        ("APP_OBJECT", {"objectType": "APP_OBJECT"}),
        ("2-7000129", {"supportsCustomObject": True}),
        ("p42_parcel", {"supportsCustomObject": True}),
    ],
)
def test_types_of_records_are_renamed(object_type: str, fields: dict[str, Any]) -> None:
    """Every spelling of v3; a custom object is not named by its event type."""
    [event_type] = migrate([{**TEMPLATE, "objectType": object_type}]).event_types
    config = event_type["config"]
    assert {name: config[name] for name in ("objectType", "supportsCustomObject") if name in config} == fields


ERRORS: list[tuple[dict[str, Any], str, str]] = [
    ({"name": "n" * 51}, "name", "has 51 characters, and an event type at most 50; shorten it"),
    ({"headerTemplate": "h" * 1_001}, "headerTemplate", "has 1,001 characters, and an event type at most 1,000; "),
    ({"detailTemplate": "d" * 10_001}, "detailTemplate", "has 10,001 characters, and an event type at most 10,000; "),
    ({"objectType": "contcts"}, "objectType", "'contcts' is not a type of records; did you mean contacts?"),
    ({"tokens": numbered(501)}, "tokens", "there are 501, and an event type has at most 500 properties"),
    ({"tokens": [{"name": "a b", "type": "date"}]}, "tokens[0].name", "is 'a b'; the name of a token may hold"),
    ({"tokens": [{"name": "log", "type": "date"}]}, "tokens[0].name", "is 'log'; the name log is reserved"),
    ({"tokens": [*numbered(1), *numbered(1)]}, "tokens[0].name", "2 tokens have the name t0; keep one"),
    ({"tokens": [{"name": "a", "type": "numbr"}]}, "tokens[0].type", "'numbr' is not a type; did you mean number?"),
    ({"tokens": {}}, "tokens", "is an object, not a list"),
    ({"name": ""}, "name", "is empty"),
    ({"name": 5}, "name", "is a whole number, not a string"),
]


@pytest.mark.parametrize(("changes", "field", "reason"), ERRORS)
def test_a_template_with_an_error_is_named_and_the_others_are_converted(
    changes: dict[str, Any], field: str, reason: str
) -> None:
    """Its event type stays empty in the map."""
    migration = migrate([{**TEMPLATE, **changes}, {**TEMPLATE, "id": "13", "name": "Other"}])
    problem = next(problem for problem in migration.problems if problem.is_error)
    assert (problem.template, problem.field) == ("12", field)
    assert problem.reason.startswith(reason)
    assert migration.uids == {"12": "", "13": "other"}
    assert [event_type["uid"] for event_type in migration.event_types] == ["other"]


def test_what_the_limits_allow_is_converted() -> None:
    """A template at every limit has no error."""
    texts = {"name": "n" * 50, "headerTemplate": "h" * 1_000, "detailTemplate": "d" * 10_000}
    assert migrate([{**TEMPLATE, **texts, "tokens": numbered(500)}]).problems == []


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"objectType": "2-1"}, "objectType", "is a custom object; each event needs objectTypeFullyQualifiedName"),
        (
            {"tokens": [{"name": "seats", "type": "number", "objectPropertyName": "size"}], "headerTemplate": ""},
            "tokens[0].objectPropertyName",
            "the property size of the record will not be set by events",
        ),
        ({"name": "会议"}, "name", "has no uid of its own, so that the id was appended: event_type_12"),
    ],
)
def test_what_is_lost_is_a_warning(changes: dict[str, Any], field: str, reason: str) -> None:
    """The template is converted."""
    migration = migrate([{**TEMPLATE, **changes}])
    [problem] = migration.problems
    assert str(problem).startswith(f"warning: template 12: {field}: {reason}")
    assert len(migration.event_types) == 1


def named(*names: tuple[str, str]) -> list[dict[str, Any]]:
    """Return templates with these ids and names."""
    return [{**TEMPLATE, "id": template_id, "name": name} for template_id, name in names]


def test_equal_names_give_different_uids_in_any_order() -> None:
    """Each has its id appended, and a warning says so; other names are not affected."""
    templates = named(("1", "E-Mail: geöffnet"), ("2", "e-mail geoffnet"), ("3", "Straße №7"))
    migration = migrate(templates)
    assert migration.uids == {"1": "e_mail_geoffnet_1", "2": "e_mail_geoffnet_2", "3": "strasse_no7"}
    assert [(problem.template, problem.is_error) for problem in migration.problems] == [("1", False), ("2", False)]
    assert migrate(templates[::-1]).uids == migration.uids
    assert migrate(templates) == migration


def test_a_uid_that_several_templates_have_is_an_error_of_all_of_them() -> None:
    """A name can be another one with its id."""
    templates = named(("1", "Note"), ("2", "note"), ("3", "Note 1"))
    migration = migrate(templates)
    assert migration.uids == migrate(templates[::-1]).uids == {"1": "", "2": "note_2", "3": ""}
    reason = "2 templates have the uid note_1; change the name of all but one"
    errors = [problem for problem in migration.problems if problem.is_error]
    assert errors == [Problem("1", "name", reason), Problem("3", "name", reason)]


def test_a_uid_that_another_template_is_mapped_to_is_an_error() -> None:
    """Events of one would go out as the other's, which is allowed only where both are mapped to it already."""
    templates = named(("1", "One"), ("2", "Two"))
    reason = "event-types.json maps template 2 to the uid one; change the name, or map both to it"
    for names in ({"1": "", "2": "one"}, {"1": "deployed", "2": "one"}):
        migration = migrate(templates, names)
        assert (migration.uids, migration.problems) == (names, [Problem("1", "name", reason)])
        assert [event_type["uid"] for event_type in migration.event_types] == ["two"]

    deliberate = {"1": "one", "2": "one"}
    assert (migrate(templates, deliberate).uids, migrate(templates, deliberate).problems) == (deliberate, [])


def test_an_id_that_several_templates_have_is_an_error_of_all_of_them() -> None:
    """Events could mean either."""
    migration = migrate([*named(("1", "One"), ("1", "Two")), {"id": "1"}])
    assert (migration.event_types, migration.uids) == ([], {"1": ""})
    assert [problem.field for problem in migration.problems] == ["name", "id", "id"]


def test_a_value_without_an_id_is_named_by_its_number() -> None:
    """It is not in the map."""
    migration = migrate([TEMPLATE, 5, {"id": ""}, {}])
    assert migration.uids == {"12": "webinar_registration"}
    assert [str(problem) for problem in migration.problems] == [
        "error: template number 2: the template: is a whole number, not an object",
        "error: template number 3: id: is empty",
        "error: template number 4: id: is missing",
    ]


TEXT = {"type": "string"}
OPTION = {"type": "object", "required": ["value", "label"], "properties": {"value": TEXT, "label": TEXT}}
PROPERTY: dict[str, Any] = {
    "type": "object",
    "required": ["name", "label", "type"],
    "additionalProperties": False,
    "properties": {
        "name": {"pattern": r"^[A-Za-z0-9._\-]+$"},
        "label": {"type": "string", "minLength": 1},
        "type": {"enum": ["string", "number", "enumeration", "date"]},
        "options": {"type": "array", "items": OPTION},
    },
}
CONFIG = {
    "type": "object",
    "required": ["name", "properties"],
    "oneOf": [{"required": ["objectType"]}, {"required": ["supportsCustomObject"]}],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 50},
        "objectType": {"enum": ["CONTACT", "COMPANY", "DEAL", "TICKET", "APP_OBJECT"]},
        "supportsCustomObject": {"const": True},
        "headerTemplate": {"type": "string", "maxLength": 1_000},
        "detailTemplate": {"type": "string", "maxLength": 10_000},
        "properties": {"type": "array", "maxItems": 500, "items": PROPERTY},
    },
}
EVENT_TYPE = jsonschema_rs.validator_for({
    "type": "object",
    "required": ["uid", "type", "config"],
    "additionalProperties": False,
    "properties": {"uid": {"pattern": "^[a-z0-9_]+$"}, "type": {"const": "app-event"}, "config": CONFIG},
})  # fmt: skip


TOKEN = {"$ref": "#/components/schemas/TimelineEventTemplateToken"}


def templates_near_the_limits() -> st.SearchStrategy[Any]:
    """Return a strategy for valid templates, most of which can be converted."""
    changes: dict[str, st.SearchStrategy[Any]] = {
        "id": st.sampled_from(["1", "2", "3", "4"]),
        "name": st.sampled_from(["a", "Ä", "a 1", "a 2", "会", "n" * 50, "n" * 51]),
        "objectType": st.sampled_from(["contacts", "0-2", "2-1", "products"]),
        "tokens": st.just([]) | from_schema({"type": "array", "items": TOKEN}),
    }
    template = from_schema("TimelineEventTemplate")
    return st.builds(lambda template, changed: {**template, **changed}, template, st.fixed_dictionaries(changes))


@given(
    st.lists(templates_near_the_limits(), min_size=2, max_size=5)
    | st.lists(
        from_schema("TimelineEventTemplate", extra_fields=True)
        | invalid("TimelineEventTemplate").map(lambda invalid: invalid.value)
        | any_json(),
        max_size=5,
    )
)
def test_any_template_is_converted_within_the_limits_or_named_with_a_field(templates: list[Any]) -> None:
    """No template is left out silently, and no two event types have the same uid."""
    migration = migrate(templates)
    for event_type in migration.event_types:
        EVENT_TYPE.validate(event_type)
    uids = [event_type["uid"] for event_type in migration.event_types]
    assert len(set(uids)) == len(uids)
    assert sorted(filter(None, migration.uids.values())) == sorted(uids)

    assert all(problem.field and problem.reason for problem in migration.problems)
    with_errors = {problem.template for problem in migration.problems if problem.is_error}
    names = [
        template["id"] if isinstance(template, dict) and isinstance(template.get("id"), str) and template["id"] else
        f"number {number}"
        for number, template in enumerate(templates, 1)
    ]  # fmt: skip
    assert with_errors <= set(names)
    assert len(uids) == sum(name not in with_errors for name in names)
