"""`--api`, `--event-types` and `--fallback-api`: files of both APIs, and a migration as a user would do it."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import AppEventSettings, FaultPlan, SandboxServer, SandboxSettings
from hubspot_timeline_testing.sandbox.json_files import read_event_types
from tests.helpers.command import run_here, started

pytestmark = pytest.mark.slow

TEMPLATE: dict[str, Any] = {
    "id": "1000123",
    "name": "Webinar registration",
    "objectType": "contacts",
    "headerTemplate": "Registered for **{{webinar}}**",
    "tokens": [{"name": "webinar", "label": "Webinar", "type": "string"}],
}
V3_ROW = '{"eventTemplateId": "1000123", "id": "%s", "tokens": {"webinar": "w"}, "email": "ada@example.com"}\n'
APP_ROW = '{"eventTypeName": "webinar_registration", "id": "%s", "properties": {"webinar": "w"}, "email": "a@b.c"}\n'
APP_CSV = "eventTypeName,id,properties.webinar,email\nwebinar_registration,%s,w,ada@example.com\n"
TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "t"}
MAP = ("--event-types", "migrated/event-types.json")


@pytest.fixture
def migrated(tmp_path: Path) -> Path:
    """Return a folder with a template, and with the event type that `migrate` has made of it."""
    (tmp_path / "templates.json").write_text(json.dumps({"results": [TEMPLATE]}), encoding="utf-8")
    ended = run_here("migrate", "templates.json", "--out", "migrated", folder=tmp_path)
    assert ended.code == 0, ended.err
    return tmp_path


def settings_of(folder: Path, **settings: Any) -> SandboxSettings:
    """Return settings of a sandbox that has the template, and its event type."""
    app_events = AppEventSettings(event_types=read_event_types([folder / "migrated"]))
    return SandboxSettings(templates=(TEMPLATE,), app_events=app_events, **settings)


@pytest.fixture
def sandbox(migrated: Path) -> Iterator[SandboxServer]:
    """Return a sandbox with the event type."""
    with SandboxServer(settings=settings_of(migrated)) as server:
        yield server


@pytest.mark.parametrize(("name", "rows"), [("rows.jsonl", APP_ROW), ("rows.csv", APP_CSV)])
def test_a_file_of_app_events_is_validated_and_sent(
    migrated: Path, sandbox: SandboxServer, name: str, rows: str
) -> None:
    """JSON Lines and CSV, in the field names of app events."""
    (migrated / name).write_text(rows % "a", encoding="utf-8")

    validated = run_here("validate", "--api", "2026-09", name, folder=migrated)
    sent = run_here("send", "--api", "2026-09", "--base-url", sandbox.url, "--json", name, folder=migrated, env=TOKEN)

    assert (validated.code, validated.out) == (0, "1 event read: 1 valid, 0 not.\n")
    assert (sent.code, sent.result["created"], sent.result["fallback_api"]) == (0, 1, None)
    [stored] = sandbox.control.events()
    assert (stored["eventTypeName"], stored["id"], stored["properties"]) == (
        "webinar_registration",
        "a",
        {"webinar": "w"},
    )


def test_a_row_without_an_event_type_gets_the_one_that_is_named(migrated: Path, sandbox: SandboxServer) -> None:
    """And, without an id, the same id in every run."""
    (migrated / "rows.csv").write_text("properties.webinar,email\nw,ada@example.com\n", encoding="utf-8")
    command = ("send", "--api", "2026-09", "--event-type", "webinar_registration", "--base-url", sandbox.url, "--json")

    first = run_here(*command, "rows.csv", folder=migrated, env=TOKEN)
    second = run_here(*command, "rows.csv", folder=migrated, env=TOKEN)

    assert [(ended.code, ended.result["created"], ended.result["existing"]) for ended in (first, second)] == [
        (0, 1, 0),
        (0, 1, 1),
    ]


def test_a_version_that_the_service_does_not_have_is_one_error(migrated: Path, sandbox: SandboxServer) -> None:
    """The first batch and one without events; not a refusal of each event."""
    (migrated / "rows.jsonl").write_text("".join(APP_ROW % n for n in range(1_000)), encoding="utf-8")
    command = ("send", "--api", "2026-12", "--base-url", sandbox.url, "--max-in-flight", 1, "--json", "rows.jsonl")

    ended = run_here(*command, folder=migrated, env=TOKEN)

    assert (ended.code, ended.result["unsent"], ended.result["requests"]) == (3, 1_000, 2)
    stopping, row, others = ended.err.splitlines()[1:]
    advice = "The API 2026-12 is not at this base URL: set api (--api) to a version"
    assert (stopping.startswith("Stopping: 404"), advice in stopping) == (True, True)
    assert row.startswith("rows.jsonl:1: 404")
    assert others.startswith("… and 999 more; see dead-letters-")


def test_a_second_run_costs_little_more_than_a_request_for_each_event(migrated: Path, sandbox: SandboxServer) -> None:
    """A conflict names no id, so that each has to be sent alone; the first run, then 100 events and log2 100."""
    (migrated / "rows.jsonl").write_text("".join(APP_ROW % n for n in range(100)), encoding="utf-8")
    command = ("send", "--api", "2026-09", "--base-url", sandbox.url, "--json", "rows.jsonl")
    run_here(*command, folder=migrated, env=TOKEN)

    ended = run_here(*command, folder=migrated, env=TOKEN)

    assert (ended.code, ended.result["created"], ended.result["existing"]) == (0, 100, 100)
    assert ended.result["requests"] <= 107


def test_a_file_of_v3_goes_out_as_app_events(migrated: Path, sandbox: SandboxServer) -> None:
    """An event whose template is not in the map is reported by file, line and field, and not sent."""
    rows = V3_ROW % "a" + (V3_ROW % "b").replace("1000123", "7")
    (migrated / "rows.jsonl").write_text(rows, encoding="utf-8")

    command = ("send", "--api", "2026-09", *MAP, "--base-url", sandbox.url, "--json", "rows.jsonl")
    ended = run_here(*command, folder=migrated, env=TOKEN)

    assert (ended.code, ended.result["created"], ended.result["rejected"]) == (1, 1, 1)
    assert (
        "rows.jsonl:2: eventTemplateId: template 7 has no event type in event_types (--event-types); add it"
        in ended.err
    )
    assert [stored["eventTypeName"] for stored in sandbox.control.events()] == ["webinar_registration"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--api", "v4"), "api is 'v4'"),
        (("--api", "2026-13"), "api is '2026-13'"),
        (("--api", "2026-00"), "api is '2026-00'"),
        (("--fallback-api", "2026-09"), "fallback_api needs event_types (--event-types)"),
        (("--event-types", "none.json", "--api", "2026-09"), "none.json"),
        (("--event-types", "templates.json", "--api", "2026-09"), "templates.json"),
    ],
)
def test_options_that_do_not_fit_are_bad_usage(migrated: Path, options: tuple[str, ...], message: str) -> None:
    """Before anything is sent."""
    (migrated / "rows.jsonl").write_text(V3_ROW % "a", encoding="utf-8")

    ended = run_here("send", *options, "--base-url", "http://127.0.0.1:9", "rows.jsonl", folder=migrated, env=TOKEN)

    assert (ended.code, message in ended.err, "Traceback" in ended.err) == (2, True, False), ended.err


def test_a_migration_in_the_middle_of_a_run(migrated: Path) -> None:
    """v3 is interrupted, the app is migrated, and the same command goes on through the successor (G6)."""
    ids = [f"e{n}" for n in range(4_000)]
    (migrated / "rows.jsonl").write_text("".join(V3_ROW % each for each in ids), encoding="utf-8")
    settings = settings_of(migrated, faults=FaultPlan(latency=0.02))
    with SandboxServer(settings=settings) as sandbox:
        command = ["send", "--base-url", sandbox.url, "--batch-size", 20, "--journal", "run.journal"]
        options = ["--rate-limit", 0, "--json", "rows.jsonl"]
        with started(*command, *options, folder=migrated, env=TOKEN) as process:
            while sandbox.control.counts()["events"] < 200:
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            process.communicate()
        assert process.returncode == 130
        through_v3 = sandbox.control.counts()["events"]
        sandbox.control.migrate()

        ended = run_here(*command, *MAP, "--fallback-api", "2026-09", *options, folder=migrated, env=TOKEN)
        events = list(sandbox.control.events())

    assert ended.code == 0, ended.err
    assert (ended.result["created"], ended.result["fallback_api"]) == (4_000, "2026-09")
    assert ended.err.count("v3 refuses the access token") == 1
    assert Counter(each["id"] for each in events) == Counter(ids)
    assert 200 <= through_v3 == sum("eventTemplateId" in each for each in events) < 4_000
