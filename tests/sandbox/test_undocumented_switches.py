"""Where the service is undocumented, a sandbox behaves one way or another, as it is told."""

from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import SandboxSettings
from tests.helpers.sandbox_calls import Sandbox, event, opened


def send_one_bad_one(settings: SandboxSettings) -> tuple[int, dict[str, Any], int]:
    """Send a good and a bad event; return the status, the body, and how many events there are."""
    with opened(settings) as sandbox:
        response = sandbox.post(event("good"), event("bad", email=""))
        return response.status_code, response.json(), sandbox.store.count()


def test_the_others_of_a_batch_are_created_or_not() -> None:
    """207 and one event, or 400 and none, which names nobody."""
    status, body, count = send_one_bad_one(SandboxSettings())
    assert (status, body["numErrors"], count) == (207, 1, 1)
    status, body, count = send_one_bad_one(SandboxSettings(invalid_events="refuse-batch"))
    assert (status, body["category"], count) == (400, "VALIDATION_ERROR", 0)
    assert "bad" not in str(body)


@pytest.mark.parametrize(
    ("naming", "where"),
    [
        ("context", lambda error: error["context"] == {"id": ["bad"]}),
        ("id", lambda error: error["id"] == "bad" and "context" not in error),
        (
            "message",
            lambda error: error["message"].endswith("bad.") and set(error) == {"status", "category", "message"},
        ),
        ("nothing", lambda error: "bad" not in str(error)),
    ],
)
def test_an_error_names_its_event_as_told(naming: Any, where: Any) -> None:
    """In its context, as its id, in its message, or not at all."""
    [error] = send_one_bad_one(SandboxSettings(error_names=naming))[1]["errors"]
    assert where(error)


def test_a_batch_holds_so_many_events() -> None:
    """100 unless told otherwise; one more is a 400, and nothing is created."""

    def status(sandbox: Sandbox, count: int) -> int:
        return sandbox.post(*(event(f"{count}-{number}") for number in range(count))).status_code

    with opened() as usual, opened(SandboxSettings(max_events=None)) as endless:
        assert [status(usual, count) for count in (100, 101)] == [201, 400]
        assert (status(endless, 501), usual.store.count()) == (201, 100)


def test_types_are_taken_as_documented_or_as_the_document_has_them() -> None:
    """Numbers in tokens and an epoch as a timestamp."""
    with opened() as lenient, opened(SandboxSettings(types="strict")) as strict:
        more: tuple[dict[str, Any], ...] = ({"tokens": {"seats": 2}}, {"timestamp": 1773184181164})
        for changes in more:
            assert lenient.post(event(f"{changes}", **changes)).status_code == 201
            assert strict.post(event(**changes)).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_events": 0},
        {"invalid_events": "some"},
        {"error_names": "index"},
        {"template_checks": "none"},
        {"records": "maybe"},
        {"types": "odd"},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    """When they are made, by their name."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SandboxSettings(**wrong)
