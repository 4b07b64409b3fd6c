"""What the service says comes out of the generated models as it went in (G10)."""

from typing import Any

import pytest

from document import examples
from hubspot_timeline_api import models


@pytest.mark.parametrize(("schema", "value"), [pytest.param(s, v, id=where) for where, s, v in examples()])
def test_every_example_survives(schema: str, value: Any) -> None:
    """The captured page's request and response among them, unchanged as JSON."""
    assert getattr(models, schema).from_dict(value).to_dict() == value


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-10T23:04:41Z",
        "2026-03-10T23:04:41.164Z",
        "2026-03-10T23:04:41.160Z",
        "2026-03-10T23:04:41.164211Z",
        "2026-03-10T23:04:41.000211Z",
        "2026-03-10T23:04:41+02:00",
        "2026-03-10T23:04:41.164-05:30",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
    ],
)
def test_date_times_keep_their_digits_and_their_zone(text: str) -> None:
    """0, 3 and 6 digits of a second, Z and offsets."""
    result = {"eventTemplateId": "1", "id": "a", "objectType": "CONTACT", "tokens": {}, "timestamp": text}

    assert models.TimelineEventResult.from_dict(result).to_dict() == result


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
