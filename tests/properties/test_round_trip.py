"""Every schema-valid payload survives parsing into a generated model and serialising, unchanged and valid (G10)."""

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from hubspot_timeline import TimelineClient
from hubspot_timeline_api import models
from hubspot_timeline_testing.openapi import packages
from hubspot_timeline_testing.strategies import from_schema
from tests.helpers.document import DOCUMENTS, V3, document, schemas, validator
from tests.helpers.document import examples as documented
from tests.helpers.examples import examples
from tests.helpers.scripted_http import Script, inputs

OBJECTS = [
    (name, title)
    for name in DOCUMENTS
    for title, schema in schemas(document(name)).items()
    if schema["type"] == "object"
]
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
TIME = "2026-03-10T23:04:41Z"
SMALLEST: dict[str, Any] = {"string": "", "integer": 0, "array": [], "object": {}}


def assert_survives(schema: str, payload: Any, name: str = V3) -> Any:
    """Parse and serialise a payload; compare it as JSON, where 1, 1.0 and true differ. Return the model."""
    validator(schema, name).validate(payload)
    model = getattr(import_module(f"{packages()[name]}.models"), schema).from_dict(payload)
    serialised = model.to_dict()
    assert json.dumps(serialised, sort_keys=True) == json.dumps(payload, sort_keys=True)
    return model


def result_payload(**fields: Any) -> dict[str, Any]:
    return {"eventTemplateId": "1", "id": "a", "objectType": "CONTACT", "tokens": {}, **fields}


def batch_payload(*results: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"status": "COMPLETE", "results": list(results), "startedAt": TIME, "completedAt": TIME, **fields}


@pytest.mark.parametrize(("name", "schema"), OBJECTS)
def test_payloads_and_models_survive(name: str, schema: str) -> None:
    """JSON to model to JSON, and model to text to model, with unknown fields at every level."""

    @given(from_schema(schema, document=document(name), extra_fields=True))
    @settings(max_examples=examples(10, 500), suppress_health_check=SLOW)
    def check(payload: Any) -> None:
        model = assert_survives(schema, payload, name)
        assert type(model).from_dict(json.loads(json.dumps(model.to_dict()))) == model

    check()


@pytest.mark.parametrize(
    ("name", "schema", "value"),
    [pytest.param(name, s, v, id=f"{name} {where}") for name in DOCUMENTS for where, s, v in documented(name)],
)
def test_every_example_survives(name: str, schema: str, value: Any) -> None:
    """The examples of the documents include the captured page's request and response."""
    assert_survives(schema, value, name)


@pytest.mark.parametrize("zone", ["Z", "+02:00", "-05:30", "+14:00", "-12:00", "+05:45"])
@pytest.mark.parametrize("digits", ["", ".164", ".160", ".001", ".164211", ".000211", ".100001"])
@pytest.mark.parametrize("day", ["2026-03-10T23:04:41", "2024-02-29T00:00:00", "1969-12-31T23:59:59"])
def test_date_times_keep_their_digits_and_their_offset(day: str, digits: str, zone: str) -> None:
    """Seconds with 0, 3 and 6 digits, and offsets of whole and partial hours."""
    assert_survives("TimelineEventResult", result_payload(timestamp=f"{day}{digits}{zone}"))


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_the_first_and_the_last_date_time_survive(text: str) -> None:
    """The range of Python's datetime."""
    assert_survives("TimelineEventResult", result_payload(timestamp=text))


def test_every_character_survives() -> None:
    """Each of the 1,112,064 Unicode scalar values, in a model and in a request."""
    scalars = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    texts = ["".join(scalars[start : start + 8192]) for start in range(0, len(scalars), 8192)]
    event: dict[str, Any] = {"eventTemplateId": "1", "email": "a@example.com"}
    events = [{**event, "id": f"{n}", "tokens": {"t": text}, "extraData": {text: text}} for n, text in enumerate(texts)]
    script = Script()
    with TimelineClient("t", httpx_args=script.httpx_args) as timeline:
        report = timeline.send(events)

    assert report.created == len(events) == 136
    sent = {event["id"]: event for request in script.requests for event in inputs(request)}
    for event in events:
        assert sent[event["id"]] == event
        assert models.TimelineEvent.from_dict(event).to_dict() == event


@pytest.mark.parametrize("number", [-(2**31), -1, 0, 1, 2**31 - 1])
def test_integers_survive_to_the_limits_of_int32(number: int) -> None:
    """They stay numbers, not strings or floats; beyond the limits they are invalid."""
    frame = {"linkLabel": "", "headerLabel": "", "url": "", "width": number, "height": number}

    assert_survives("TimelineIFrame", frame)
    assert not validator("TimelineIFrame").is_valid(frame | {"width": 2**31 if number > 0 else -(2**31) - 1})


@pytest.mark.parametrize(("name", "schema"), OBJECTS)
def test_the_smallest_payload_survives(name: str, schema: str) -> None:
    """Only the required fields, each with its smallest value."""
    assert_survives(schema, smallest({"$ref": schema}, schemas(document(name))), name)


def smallest(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Any:
    schema = components[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return TIME
    if "properties" in schema:
        return {key: smallest(schema["properties"][key], components) for key in schema.get("required", ())}
    return "a" if "pattern" in schema else SMALLEST[schema["type"]]


def test_a_large_payload_survives() -> None:
    """10,000 results, 10,000 tokens of one event, a string of a megabyte, 200 levels of extra data."""
    deep: Any = 1
    for _ in range(200):
        deep = {"in": [deep]}
    large = result_payload(
        tokens={f"token{n}": "x" for n in range(10_000)}, extraData={"deep": deep, "long": "ä" * 2**20}
    )

    assert_survives(
        "TimelineEventBatchResult", batch_payload(large, *(result_payload(id=str(n)) for n in range(10_000)))
    )


def test_unknown_fields_survive() -> None:
    """Fields that the document does not name are kept at every level."""
    assert_survives("TimelineEventBatchResult", batch_payload(result_payload(new={"deep": [1]}), newer=None))
