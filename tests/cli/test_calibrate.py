"""`hubspot-timeline calibrate` shows its plan, asks, measures, and reports."""

import json
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from attrs import evolve

from hubspot_timeline_testing.calibration import Calibration
from hubspot_timeline_testing.sandbox import AppEventSettings, RequestLimit, SandboxServer, SandboxSettings
from tests.helpers.calibrations import TYPE
from tests.helpers.command import Ended, run_here, started
from tests.helpers.contract_runs import TOKEN, Exchange, changed, respond_json, serving
from tests.helpers.production_hosts import SPELLINGS
from tests.helpers.sandbox_calls import event, post

if TYPE_CHECKING:
    from subprocess import Popen

# A limit so high that half of it is no pause.
SETTINGS = SandboxSettings(
    duplicates="last-wins",
    max_events=7,
    limit=RequestLimit(100_000, 1.0),
    app_events=AppEventSettings(event_types=[TYPE]),
)
TARGET = ("--email", "ada@example.com", "--app-id", "1")
FILE = "calibration.json"


def calibrate(folder: Path, url: str, *options: object, stdin: bytes | None = None) -> Ended:
    """Run the command in this process."""
    env = {"HUBSPOT_TIMELINE_TOKEN": TOKEN}
    return run_here("calibrate", url, *TARGET, *options, folder=folder, stdin=stdin, env=env)


def test_a_dry_run_shows_the_plan_and_sends_nothing(tmp_path: Path) -> None:
    """With the requests, what stays for ever, and the template."""
    with SandboxServer(settings=SETTINGS) as server:
        ended = calibrate(tmp_path, server.url, "--api", "v3,2026-09", "--event-type", "calibration-type", "--dry-run")
        assert server.store.counts().requests == 0
    assert ended.code == 0, ended.err
    assert f"The requests go to {server.url}, the results to {FILE}." in ended.err
    assert "At most 120 requests, with repetitions." in ended.err
    assert "About 22 seconds, longer if the server is slow or its limit is low." in ended.err
    assert "v3-ids" in ended.err
    assert "Left out" not in ended.err
    assert "At most 1090 events, which cannot be deleted: they stay on the contact for ever." in ended.err
    assert "One more contact, which an unknown email creates." in ended.err
    assert "A template, which is deleted at the end." in ended.err
    assert not (tmp_path / FILE).exists()


def test_the_plan_leaves_out_what_needs_version_3(tmp_path: Path) -> None:
    """And says so, with what to do."""
    options = ("--api", "2026-09", "--event-type", "calibration-type", "--dry-run")
    ended = calibrate(tmp_path, "http://127.0.0.1:9", *options)
    assert "Is an id of version 3 taken?" not in ended.err
    assert "Left out: v3-ids, which needs both APIs: --api v3,2026-09." in ended.err


@pytest.mark.parametrize("answer", [b"n\n", b"\n", b""])
def test_nothing_is_sent_without_consent(tmp_path: Path, answer: bytes) -> None:
    """The default is not to send, also where nobody can be asked."""
    with SandboxServer(settings=SETTINGS) as server:
        ended = calibrate(tmp_path, server.url, stdin=answer)
        assert server.store.counts().requests == 0
    assert (ended.code, ended.out) == (3, "")
    assert "Nothing was sent." in ended.err


def test_nothing_is_sent_where_standard_input_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by a shell's `<&-`."""
    monkeypatch.setattr("sys.stdin", None)
    ended = calibrate(tmp_path, "http://127.0.0.1:9")
    assert (ended.code, ended.out) == (3, "")
    assert "Nothing was sent." in ended.err


def test_a_run_measures_reports_and_makes_a_sandbox_behave_so(tmp_path: Path) -> None:
    """For both APIs, after consent; a later run compares."""
    options = ("--api", "2026-09,v3", "--event-type", "calibration-type", "--largest-batch", "20")
    with SandboxServer(settings=SETTINGS) as server:
        ended = calibrate(tmp_path, server.url, *options, stdin=b"y\n")
        assert server.store.counts().templates == 0
    assert ended.code == 0, ended.out + ended.err
    assert ended.out.startswith("# Calibration of ")
    assert "| v3.duplicates | conflict | last-wins |" in ended.out
    assert "`batch=BatchLimits(max_events=7)` | batches of up to 7 are accepted" in ended.out
    assert "`rate_limit=RateLimit(100000, 1)`" in ended.out
    assert "ada@example.com" not in ended.out + (tmp_path / FILE).read_text(encoding="utf-8")

    with started("sandbox", "--port", "0", "--json", "--calibration", FILE, folder=tmp_path) as process:
        assert process.stdout
        url = json.loads(process.stdout.readline())["url"]
        assert [post(url, event("a")).status_code for _ in range(2)] == [201, 201]
        assert post(url, *(event(str(number)) for number in range(8))).status_code == 400
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0

    with SandboxServer(settings=evolve(SETTINGS, duplicates="conflict", max_events=9)) as server:
        later = calibrate(tmp_path, server.url, *options[4:], "--yes", "--compare", FILE, "--output", "later.json")
    _, _, changes = later.out.partition("## What has changed since")
    rows = [line for line in changes.partition("\n## ")[0].splitlines() if line.startswith("| v3.")]
    assert "| v3.duplicates | last-wins | conflict |" in rows
    assert "| v3.largest_batch | `7` | `9` |" in rows


def test_a_file_that_exists_is_resumed_or_kept(tmp_path: Path) -> None:
    """It is never overwritten by a new run."""
    with SandboxServer(settings=SETTINGS) as server:
        assert calibrate(tmp_path, server.url, "--largest-batch", "9", "--yes").code == 0
        requests = server.store.counts().requests
        again = calibrate(tmp_path, server.url, "--yes")
        resumed = calibrate(tmp_path, server.url, "--yes", "--resume")
        assert server.store.counts().requests == requests
        compared = calibrate(tmp_path, server.url, "--yes", "--resume", "--compare", FILE)
    assert "\nNothing that both have decided has changed since 20" in compared.out
    assert again.code == 2
    assert "calibration.json exists already; --resume goes on with it, --output names another file" in again.err
    assert resumed.code == 0
    assert "v3.duplicates" in resumed.out


def test_an_interrupt_keeps_what_is_known_and_deletes_the_template(tmp_path: Path) -> None:
    """The exit code is 130, and --resume goes on."""
    requests: list[str] = []
    processes: list[Popen[str]] = []

    def interrupt(exchange: Exchange) -> Exchange:
        requests.append(f"{exchange.method} {exchange.path}")
        if len(requests) == 12:
            processes[0].send_signal(signal.SIGINT)
        return exchange

    with changed(interrupt) as url:
        with started(
            "calibrate", url, *TARGET, "--yes", folder=tmp_path, env={"HUBSPOT_TIMELINE_TOKEN": TOKEN}
        ) as process:
            processes.append(process)
            out, _ = process.communicate(timeout=60)
        templates = httpx.get(
            f"{url}/integrators/timeline/v3/1/event-templates", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        assert templates.json() == {"results": []}
    assert process.returncode == 130
    assert "It was interrupted, and is not complete." in out
    assert requests[-2].startswith("DELETE /integrators/timeline/v3/1/event-templates/")
    partial = Calibration.read(tmp_path / FILE)
    assert partial.is_interrupted
    assert partial.settings["duplicates"] == "conflict"


def test_a_server_that_fails_decides_nothing(tmp_path: Path) -> None:
    """The exit code says so, and the report why."""
    with serving(lambda exchange: respond_json(exchange, 401)) as url:
        ended = calibrate(tmp_path, url, "--yes")
    assert ended.code == 3
    assert "401" in ended.out


@pytest.mark.parametrize("url", [SPELLINGS[0], SPELLINGS[10], "https://api.hub\u200bapi.com"])
def test_a_production_host_is_bad_usage(tmp_path: Path, url: str) -> None:
    """Before a plan is shown."""
    ended = calibrate(tmp_path, url, "--yes", "--account", "4711")
    assert (ended.code, ended.out) == (2, "")
    assert "At most" not in ended.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--api", "2026-09"), "app events need an event type"),
        (("--output", "missing/calibration.json"), "missing is not a folder that can be written to"),
        (("--api", "v4"), "'v4' is not an API"),
        (("--compare", "missing.json"), "missing.json cannot be read"),
        (("--email", "nobody"), "email"),
    ],
)
def test_bad_usage_is_named_before_the_first_request(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    """With the exit code 2."""
    ended = calibrate(tmp_path, "http://127.0.0.1:9", *options, "--yes")
    assert ended.code == 2
    assert message in ended.err


def test_a_sandbox_checks_the_whole_file_of_a_calibration(tmp_path: Path) -> None:
    """And names it, the field, and what to do; it would try to listen at a port that is in use."""
    value = Calibration("2026-01-01", is_production=False).to_json() | {"requests": "many"}
    (tmp_path / FILE).write_text(json.dumps(value), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        ended = run_here("sandbox", "--port", port, "--calibration", FILE, folder=tmp_path)
    assert ended.code == 2
    reason = "calibration.requests: is 'many'; it must be a whole number; use a file as calibrate writes it"
    assert f"Error: {FILE} is not a calibration: {reason}" in ended.err


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    """By both commands."""
    (tmp_path / FILE).write_text("[]", encoding="utf-8")
    assert f"{FILE} is not a calibration" in calibrate(tmp_path, "http://127.0.0.1:9", "--resume", "--yes").err
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]  # in use, so that no sandbox starts whatever it thinks of the file
        ended = run_here("sandbox", "--port", port, "--calibration", FILE, folder=tmp_path)
    assert f"{FILE} is not a calibration" in ended.err


CODE = "hubspot_timeline_testing.calibration"
PLACES = {
    "look-up": f"{CODE}.runner.check_account",
    "creation": f"{CODE}.template.TemporaryTemplate._create",
    "deletion": f"{CODE}.template.TemporaryTemplate._delete_all",
    "masking": f"{CODE}.evidence.Masker.evidence",
    "settings": f"{CODE}.runner.sandbox_settings",
    "file": f"{CODE}.results.Calibration.to_json",
    "report": "hubspot_timeline.cli.calibrate.markdown",
}


@pytest.mark.parametrize("place", PLACES)
def test_an_unforeseen_error_ends_as_others_do(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a message that does not tell the token, and with what is known until then in the file."""

    def fail(*_: object, **__: object) -> None:
        raise KeyError(f"of our own, with {TOKEN}")

    with SandboxServer(settings=SETTINGS) as server, monkeypatch.context() as patch:
        patch.setattr(PLACES[place], fail)
        ended = calibrate(tmp_path, server.url, "--largest-batch", "9", "--yes")
        assert server.store.counts().templates == (place == "deletion")
        requests = server.store.counts().requests
    assert TOKEN not in ended.out + ended.err
    shown = ended.out if place == "creation" else ended.err
    assert "unforeseen KeyError: 'of our own, with ***'" in shown
    assert "Traceback" not in shown
    assert ended.code == (3 if place == "creation" else 1)
    if place == "file":
        assert not (tmp_path / FILE).exists()
        return
    saved = Calibration.read(tmp_path / FILE)
    assert saved.requests >= requests
    assert saved.is_interrupted == (place not in ("creation", "report"))
    assert bool(saved.leftover) == (place == "deletion")
