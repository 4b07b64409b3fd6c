"""The event types of a sandbox: from the files of an app's project, and validated as templates are."""

import json
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import AppEventSettings, SandboxServer, SandboxSettings
from hubspot_timeline_testing.sandbox.cli_options import FaultOptions, settings_from_options
from hubspot_timeline_testing.sandbox.json_files import read_event_types
from tests.helpers.app_events import app_event, event_type, send_app_events, with_types
from tests.helpers.sandbox_calls import opened

NO_FAULTS = FaultOptions()
PROPERTY = {"name": "seats", "label": "Seats", "type": "number"}


@pytest.mark.parametrize(
    ("invalid", "message"),
    [
        ({}, "not an event type"), (event_type() | {"type": "card"}, "not an event type"),
        (event_type() | {"uid": ""}, "not an event type"), (event_type() | {"config": []}, "not an event type"),
        (event_type(name="x" * 51), "config.name has 51"), (event_type(headerTemplate="x" * 1_001), "1001"),
        (event_type(detailTemplate="x" * 10_001), "10001"), (event_type(name=None), "$.name"),
        (event_type(properties=[PROPERTY | {"name": f"p{n}"} for n in range(501)]), "config.properties has 501"),
        (event_type(properties=[PROPERTY, PROPERTY]), "seats occurs twice"),
        (event_type(properties=[PROPERTY | {"type": "money"}]), "$.tokens[0].type"),
        (event_type(properties={}), "$.tokens"),
        (event_type(objectType="contacts"), "config.objectType must be one of CONTACT, COMPANY"),
        (event_type(objectType=None), "config.objectType must be one of"),
    ],
)  # fmt: skip
def test_an_invalid_event_type_is_rejected(invalid: Any, message: str) -> None:
    """When the sandbox starts; the error has its number and what is wrong."""
    with (
        pytest.raises(ValueError, match=r"event_types\[1\]: ") as caught,
        opened(with_types(event_type("ok"), invalid)),
    ):
        raise AssertionError("not reached")
    assert message in str(caught.value)


def test_a_uid_is_unique_and_types_have_a_maximum() -> None:
    """750 in an app, as documented."""
    with (
        pytest.raises(ValueError, match="the uid webinar occurs twice"),
        opened(with_types(event_type(), event_type())),
    ):
        raise AssertionError("not reached")
    many = [event_type(f"t{number}", properties=[]) for number in range(751)]
    with pytest.raises(ValueError, match="751 types; an app has at most 750"), opened(with_types(*many)):
        raise AssertionError("not reached")


def test_types_are_read_from_files_and_folders(tmp_path: Path) -> None:
    """Of a folder all event types at any depth, not the other files of its project."""
    folder = tmp_path / "src/app/app-events"
    folder.mkdir(parents=True)
    (folder / "b-hsmeta.json").write_text(json.dumps(event_type("b")), encoding="utf-8-sig")
    (folder / "a-hsmeta.json").write_text(json.dumps(event_type("a")), encoding="utf-8")
    (folder.parent / "app-hsmeta.json").write_text('{"uid": "app", "type": "app", "config": {}}', encoding="utf-8")
    (folder / "event-types.json").write_text("{}", encoding="utf-8")
    assert [each["uid"] for each in read_event_types([tmp_path])] == ["a", "b"]
    assert [each["uid"] for each in read_event_types([folder / "event-types.json"])] == ["a", "b"]
    assert [each["uid"] for each in read_event_types([folder / "b-hsmeta.json", folder])] == ["b", "a", "b"]


def test_the_options_add_to_the_settings_of_a_file(tmp_path: Path) -> None:
    """Types take the place of the file's; its other settings of app events stay."""
    config, types = tmp_path / "sandbox.json", tmp_path / "a-hsmeta.json"
    config.write_text(json.dumps({"app_events": {"project": "demo", "event_types": [event_type("old")]}}))
    types.write_text(json.dumps(event_type("new")))
    settings = settings_from_options(config, NO_FAULTS, None, event_types=[types], migrated_after=5, modes={})
    assert settings == SandboxSettings(
        migrated_after=5, app_events=AppEventSettings(project="demo", event_types=[event_type("new")])
    )


def test_control_reads_app_events_and_migrates() -> None:
    """From another thread or process; a snapshot has the events of both APIs."""
    with SandboxServer(settings=with_types()) as server:
        with opened(with_types()) as other:
            sent = send_app_events(other, app_event()).json()["results"][0]
            snapshot = other.get("/_sandbox/snapshot").json()
        server.control.restore(snapshot)
        assert server.control.app_event("webinar", "a1") == sent
        assert server.control.app_event("webinar", "a2") is None
        assert server.control.event("webinar", "a1") is None
        server.control.assert_exactly_once(["a1"])
        assert server.control.snapshot() == snapshot
        server.control.migrate(after=60)
        server.control.migrate()
