"""The settings of a sandbox survive the way through JSON, and a file that is wrong says where."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hubspot_timeline.cli.app import app
from hubspot_timeline_testing.sandbox import (
    Account,
    DailyLimit,
    FaultPlan,
    RequestLimit,
    SandboxProcess,
    SandboxSettings,
)
from hubspot_timeline_testing.sandbox.cli_options import PlanOptions, read_all, with_limits
from hubspot_timeline_testing.sandbox.settings_json import read_settings, settings_from_json, settings_to_json

PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "2000"}
NO_PLAN = PlanOptions()
SETTINGS = st.builds(
    SandboxSettings,
    duplicates=st.sampled_from(["conflict", "in-use", "last-wins"]),
    max_events=st.none() | st.integers(1),
    invalid_events=st.sampled_from(["partial", "refuse-batch"]),
    error_names=st.sampled_from(["context", "id", "message", "nothing"]),
    max_body_bytes=st.integers(1),
    accounts=st.lists(
        st.builds(Account, name=st.text(min_size=1), app=st.none() | st.integers(), client_secret=st.text()),
        max_size=2,
        unique_by=lambda account: account.name,
    ),
    faults=st.builds(FaultPlan, rate=st.floats(0, 1), script=st.lists(st.sampled_from(["http-502", None]), max_size=3)),
    limit=st.none() | st.builds(RequestLimit, st.integers(1), st.floats(0.1, 100), st.booleans()),
    daily=st.none() | st.builds(DailyLimit, st.integers(1), st.sampled_from(["UTC", "Europe/Dublin"])),
)


@given(settings=SETTINGS)
def test_settings_survive(settings: SandboxSettings) -> None:
    """Through JSON as text, the plan of faults and the accounts with them."""
    assert settings_from_json(json.loads(json.dumps(settings_to_json(settings)))) == settings


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([], "settings must be an object"),
        ({"duplicate": 1}, "settings: has no duplicate; there are duplicates"),
        ({"duplicates": "no"}, "settings.duplicates: is 'no'; it must be one of conflict, in-use, last-wins"),
        ({"max_events": "5"}, "settings.max_events: is '5'; it must be a whole number"),
        ({"max_events": 0}, "max_events is 0; it must be 1 or more"),
        ({"limit": {"requests": True}}, "settings.limit.requests: is True; it must be a whole number"),
        ({"limit": {"seconds": "1"}}, "settings.limit.seconds: is '1'; it must be a number"),
        ({"limit": {"per": 1}}, "settings.limit: has no per; there are requests, seconds, retry_after"),
        ({"limit": 5}, "settings.limit: "),
        ({"daily": {"time_zone": "Dublin"}}, "settings.daily: time_zone is 'Dublin', which is no time zone"),
        ({"accounts": [{}]}, "settings.accounts[0].name: name is missing"),
        ({"accounts": [5]}, "settings.accounts[0]: must be an object"),
        ({"accounts": 5}, "settings.accounts: "),
        ({"faults": {"rates": 1}}, "settings.faults: "),
        ({"faults": {"rate": 2}}, "rate is 2; it must be a number from 0 to 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(value: Any, told: str) -> None:
    """Unknown names, values of another type, and values that cannot be meant."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - looked into below
        settings_from_json(value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"), [("{", "no JSON on line 1"), ('{"app": "x"}', "settings.app"), ("\xff", "no UTF-8")]
)
def test_a_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    """By the error, and by the command, which ends with 2."""
    path = tmp_path / "sandbox.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=told):
        read_settings(path)
    done = CliRunner().invoke(app, ["sandbox", "--config", str(path)], env=PLAIN)
    assert (done.exit_code, f"{path}: " in done.output, told in done.output) == (2, True, True)


def test_options_go_before_the_file(tmp_path: Path) -> None:
    """Those that are given; the rest is the file's."""
    path = tmp_path / "sandbox.json"
    path.write_text('{"duplicates": "in-use", "max_events": 7, "faults": {"rate": 1}}', encoding="utf-8")
    given = read_all(path, {"duplicates": "last-wins", "types": None}, PlanOptions(latency="2"), None, max_events=0)
    assert given == SandboxSettings(duplicates="last-wins", max_events=None, faults=FaultPlan(rate=1, latency=2))
    assert read_all(path, {}, NO_PLAN, None, max_events=None).max_events == 7


@pytest.mark.parametrize("text", ["[", "5", '{"results": 5}', "[5]", "[{}]"])
def test_a_wrong_file_of_templates_is_bad_usage(tmp_path: Path, text: str) -> None:
    """The command ends with 2 before it serves anything."""
    path = tmp_path / "templates.json"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["sandbox", "--port", "0", "--templates", str(path)], env=PLAIN)
    assert (done.exit_code, "templates" in done.output) == (2, True)


@pytest.mark.parametrize(
    ("content", "told"), [(None, "cannot be read: No such file"), (b'["\xff"]', "no JSON"), (b"[" * 100_000, "no JSON")]
)
def test_a_file_of_templates_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, told: str) -> None:
    """It is missing, no UTF-8, or nested too deeply."""
    path = tmp_path / "templates.json"
    if content is not None:
        path.write_bytes(content)
    done = CliRunner().invoke(app, ["sandbox", "--port", "0", "--templates", str(path)], env=PLAIN)
    assert done.exit_code == 2
    assert f"{path}: {told}" in done.output or f"{path} {told}" in done.output


def test_a_process_is_handed_what_no_option_says() -> None:
    """Accounts, with their secrets, which stay out of its arguments."""
    account = Account(name="a", access_token="the-only-token")
    with SandboxProcess(settings=SandboxSettings(accounts=[account], max_events=1)) as sandbox:
        arguments = Path(f"/proc/{sandbox.pid}/cmdline")
        assert not arguments.exists() or b"the-only-token" not in arguments.read_bytes()
        sandbox.control.set_faults(FaultPlan(script=["locked"]))
        assert sandbox.control.counts()["events"] == 0


def test_a_process_leaves_no_secret_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that handed its settings over is gone once it serves."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings = SandboxSettings(accounts=[Account(name="a", access_token="the-only-token")])
    with SandboxProcess(settings=settings):
        assert [path for path in tmp_path.rglob("*") if path.name == "sandbox.json"] == []


def test_options_leave_the_rest_of_a_plan_and_of_a_day(tmp_path: Path) -> None:
    """A seed beside a file's faults changes the seed alone, a number of requests no time zone."""
    path = tmp_path / "sandbox.json"
    text = '{"faults": {"rate": 1, "kinds": ["http-500"]}, "daily": {"requests": 5, "time_zone": "Europe/Dublin"}}'
    path.write_text(text, encoding="utf-8")
    given = read_all(path, {}, PlanOptions(seed=7), None, max_events=None)
    assert given.faults == FaultPlan(rate=1, kinds=["http-500"], seed=7)
    assert with_limits(given, None, 9).daily == DailyLimit(9, "Europe/Dublin")
