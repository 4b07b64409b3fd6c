"""What goes over the wire comes out of the generated models as it went in, and valid (G10)."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_timeline import TimelineClient
from hubspot_timeline_api import models
from hubspot_timeline_testing.conformance import check_client
from hubspot_timeline_testing.strategies import from_schema
from tests.helpers.document import examples as documented
from tests.helpers.document import schemas, validator
from tests.helpers.examples import examples
from tests.helpers.scripted_http import Script, inputs

OBJECTS = [name for name, schema in schemas().items() if schema["type"] == "object"]
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
SURROGATES = range(0xD800, 0xE000)


def same_json(one: Any, other: Any) -> bool:
    """Compare as JSON, in which 1, 1.0 and true differ."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@pytest.mark.parametrize("schema", OBJECTS)
@given(data=st.data())
@settings(max_examples=examples(10, 500), suppress_health_check=SLOW)
def test_json_is_the_same_after_it_was_a_model(schema: str, data: st.DataObject) -> None:
    """Of each schema, with fields that the document does not know at every level; and it is valid again."""
    wire = data.draw(from_schema(schema, extra_fields=True))

    again = getattr(models, schema).from_dict(wire).to_dict()

    assert same_json(again, wire)
    validator(schema).validate(again)


@pytest.mark.parametrize("schema", OBJECTS)
@given(data=st.data())
@settings(max_examples=examples(5, 500), suppress_health_check=SLOW)
def test_a_model_is_the_same_after_it_was_json(schema: str, data: st.DataObject) -> None:
    """Of each schema, through text."""
    model = getattr(models, schema).from_dict(data.draw(from_schema(schema, extra_fields=True)))

    assert type(model).from_dict(json.loads(json.dumps(model.to_dict()))) == model


def test_the_generated_client_keeps_to_the_document() -> None:
    """Every model and every operation, as check_client() sees them."""
    assert check_client(max_examples=examples(5, 300)) == []


@pytest.mark.parametrize(("schema", "value"), [pytest.param(s, v, id=where) for where, s, v in documented()])
def test_every_example_survives(schema: str, value: Any) -> None:
    """The captured page's request and response among them, unchanged as JSON."""
    assert getattr(models, schema).from_dict(value).to_dict() == value


@pytest.mark.parametrize("zone", ["Z", "+02:00", "-05:30", "+14:00", "-12:00", "+05:45"])
@pytest.mark.parametrize("digits", ["", ".164", ".160", ".001", ".164211", ".000211", ".100001"])
@pytest.mark.parametrize("day", ["2026-03-10T23:04:41", "2024-02-29T00:00:00", "1969-12-31T23:59:59"])
def test_date_times_keep_their_digits_and_their_zone(day: str, digits: str, zone: str) -> None:
    """0, 3 and 6 digits of a second, Z and offsets, also such as are not of whole hours."""
    result = result_with(timestamp=f"{day}{digits}{zone}")

    validator("TimelineEventResult").validate(result)
    assert models.TimelineEventResult.from_dict(result).to_dict() == result


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_date_times_reach_from_the_first_year_to_the_last(text: str) -> None:
    """As far as Python's do."""
    assert models.TimelineEventResult.from_dict(result_with(timestamp=text)).to_dict()["timestamp"] == text


def result_with(**fields: Any) -> dict[str, Any]:
    return {"eventTemplateId": "1", "id": "a", "objectType": "CONTACT", "tokens": {}, **fields}


def blocks_of_all_characters(size: int) -> Iterator[str]:
    """Yield every Unicode scalar value once; surrogates are none."""
    scalars = [chr(code) for code in range(sys.maxunicode + 1) if code not in SURROGATES]
    yield from ("".join(scalars[begin : begin + size]) for begin in range(0, len(scalars), size))


def test_every_character_survives() -> None:
    """Each of the 1,112,064 Unicode scalar values, in a model and in the request that leaves."""
    events = [
        {
            "eventTemplateId": "1",
            "id": f"{number}",
            "email": "a@example.com",
            "tokens": {"t": text},
            "extraData": {text: text},
        }
        for number, text in enumerate(blocks_of_all_characters(8192))
    ]
    script = Script()
    with TimelineClient("t", httpx_args=script.httpx_args) as timeline:
        report = timeline.send(events)

    assert report.created == len(events) == 136
    sent = {event["id"]: event for request in script.requests for event in inputs(request)}
    for event in events:
        assert sent[event["id"]] == event
        assert models.TimelineEvent.from_dict(event).to_dict() == event


@pytest.mark.parametrize("number", [-(2**31), -1, 0, 1, 2**31 - 1])
def test_integers_survive_to_the_edges_of_int32(number: int) -> None:
    """As numbers, not as text or as floats; beyond the edges they are invalid."""
    frame = {"linkLabel": "", "headerLabel": "", "url": "", "width": number, "height": number}

    again = models.TimelineIFrame.from_dict(frame).to_dict()

    assert same_json(again, frame)
    assert validator("TimelineIFrame").is_valid(again)
    assert not validator("TimelineIFrame").is_valid(frame | {"width": 2**31 if number > 0 else -(2**31) - 1})


@pytest.mark.parametrize("schema", OBJECTS)
def test_what_is_empty_survives(schema: str) -> None:
    """The least that each schema allows, and no field more."""
    least = {name: least_of(schemas()[schema]["properties"][name]) for name in schemas()[schema].get("required", ())}

    validator(schema).validate(least)
    assert same_json(getattr(models, schema).from_dict(least).to_dict(), least)


def least_of(schema: dict[str, Any]) -> Any:
    """Return the smallest value of a schema."""
    if "$ref" in schema:
        schema = schemas()[schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return "2026-03-10T23:04:41Z"
    empty: dict[str, Any] = {"string": "a" if "pattern" in schema else "", "integer": 0, "array": [], "object": {}}
    return empty[schema["type"]]


def test_what_is_large_survives() -> None:
    """10,000 events in one answer, 10,000 tokens of one event, a text of a megabyte, 200 levels of extra data."""
    deep: Any = 1
    for _ in range(200):
        deep = {"in": [deep]}
    one = result_with(tokens={f"token{n}": "x" for n in range(10_000)}, extraData={"deep": deep, "long": "ä" * 2**20})
    body = {
        "status": "COMPLETE",
        "results": [one] + [result_with(id=str(number)) for number in range(10_000)],
        "startedAt": "2026-03-10T23:04:41Z",
        "completedAt": "2026-03-10T23:04:41Z",
    }

    validator("TimelineEventBatchResult").validate(body)
    assert models.TimelineEventBatchResult.from_dict(body).to_dict() == body


def test_fields_that_the_document_does_not_know_survive() -> None:
    """At every level."""
    result = {"eventTemplateId": "1", "id": "a", "objectType": "C", "tokens": {"t": "x"}, "new": {"deep": [1]}}
    body = {
        "status": "COMPLETE",
        "results": [result],
        "startedAt": "2026-03-10T23:04:41Z",
        "completedAt": "2026-03-10T23:04:41Z",
        "newer": None,
    }

    assert models.TimelineEventBatchResult.from_dict(body).to_dict() == body
