"""The settings of a sandbox: as JSON, in files, from the options of the command, and in a child process."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from hubspot_timeline.cli.app import app
from hubspot_timeline_testing.sandbox import (
    Account,
    AppEventSettings,
    DailyLimit,
    Fault,
    FaultPlan,
    RequestLimit,
    SandboxProcess,
    SandboxSettings,
    StatusFault,
)
from hubspot_timeline_testing.sandbox.cli_options import FaultOptions, limit_from_options, settings_from_options
from hubspot_timeline_testing.sandbox.json_files import read_templates
from hubspot_timeline_testing.sandbox.settings_json import settings_from_json, settings_to_json
from tests.helpers.app_events import event_type
from tests.helpers.sandbox_calls import counts, event, post

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
    migrated_after=st.none() | st.floats(0, 1e6),
    read_delay=st.floats(0, 1e6),
    app_events=st.builds(
        AppEventSettings,
        event_types=st.lists(st.just(event_type()), max_size=2),
        versions=st.lists(st.sampled_from(["2026-09", "2027-03"])),
        invalid_events=st.sampled_from(["partial", "refuse-batch"]),
        repeated_ids=st.sampled_from(["conflict", "invalid"]),
        single_response=st.sampled_from(["created", "accepted"]),
        conflict_names=st.booleans(),
    ),
)
NO_FAULTS = FaultOptions()


def run(*options: str, database: str = "/none/such/events.db") -> Result:
    """Run the command with an invalid option; its database cannot be created, so that it never serves."""
    environment = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "2000"}
    return CliRunner().invoke(app, ["sandbox", "--port", "0", "--database", database, *options], env=environment)


@given(settings=SETTINGS)
def test_settings_survive_as_json(settings: SandboxSettings) -> None:
    """Also as text, with faults and accounts."""
    assert settings_from_json(json.loads(json.dumps(settings_to_json(settings)))) == settings


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "settings must be an object"), ({"duplicate": 1}, "settings: has no duplicate; known are duplicates"),
        ({"duplicates": "no"}, "settings.duplicates: is 'no'; it must be one of conflict, in-use, last-wins"),
        ({"max_events": "5"}, "settings.max_events: is '5'; it must be a whole number"),
        ({"max_events": 0}, "max_events is 0; it must be 1 or more"),
        ({"limit": {"requests": True}}, "settings.limit.requests: is True; it must be a whole number"),
        ({"limit": {"seconds": "1"}}, "settings.limit.seconds: is '1'; it must be a number"),
        ({"limit": {"per": 1}}, "settings.limit: has no per; known are requests, seconds, retry_after"),
        ({"limit": 5}, "settings.limit: must be an object"), ({"daily": []}, "settings.daily: must be an object"),
        ({"daily": {"time_zone": "Dublin"}}, "settings.daily: time_zone is 'Dublin', which is not a time zone"),
        ({"accounts": [{}]}, "settings.accounts[0].name: name is missing"),
        ({"accounts": [5]}, "settings.accounts[0]: must be an object"),
        ({"accounts": 5}, "settings.accounts: must be a list"),
        ({"templates": [5]}, "settings.templates[0]: must be an object"),
        ({"app_events": {"event_types": [5]}}, "settings.app_events.event_types[0]: must be an object"),
        ({"app_events": {"repeated_ids": "no"}}, "settings.app_events.repeated_ids: is 'no'; it must be one of"),
        ({"migrated_after": -1}, "'migrated_after' must be >= 0"),
        ({"faults": {"rates": 1}}, "settings.faults: the plan has the key 'rates'; did you mean rate?"),
        ({"faults": {"rate": 2}}, "rate is 2; it must be a number from 0 to 1"),
    ],
)  # fmt: skip
def test_an_error_in_json_has_its_position(value: Any, message: str) -> None:
    """For unknown names, values of another type, and invalid values."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is checked below
        settings_from_json(value)
    assert message in str(caught.value)


@pytest.mark.parametrize("option", ["--config", "--faults-file", "--templates"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, " cannot be read: No such file"), (b"", ":1: not valid JSON: "),
        (b'{\n "rate": 0.1,\n5}', ":3: not valid JSON: "), (b'["\xff"]', ": not UTF-8 at byte 2"),
        (b"[" * 100_000, ": nested too deeply"),
        (b'{"a": {"b": 1, "b": 2}}', ": the key 'b' occurs twice in one object"), (b"5", ": "),
    ],
)  # fmt: skip
def test_an_invalid_file_is_bad_usage(tmp_path: Path, option: str, content: bytes | None, message: str) -> None:
    """The error names the file and the line, and the command exits with 2 before it serves."""
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    result = run(option, str(path))
    assert result.exit_code == 2
    assert f"{path}{message}" in result.output


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("--config", '{"app": "x"}', ": settings.app: is 'x'; it must be a whole number"),
        ("--faults-file", '{"script": [1]}', ": script[0]: 1 is not a fault"),
        ("--faults-file", '{"rate": NaN}', ": rate is nan; it must be a number from 0 to 1"),
        ("--templates", '{"results": [5]}', ": not a list of templates"),
        ("--templates", '{"results": {}}', ": not a list of templates"),
        ("--templates", "[{}]", "templates[0] is not a template"),
        ("--event-types", "[]", ": not an object"),
        ("--event-types", "{", ":1: not valid JSON"),
        ("--event-types", '{"uid": "a"}', "event_types[0]: not an event type"),
        ("--event-types", None, "no event types in files such as"),
    ],
)
def test_an_invalid_value_in_a_file_is_bad_usage(
    tmp_path: Path, option: str, content: str | None, message: str
) -> None:
    """The error names the file and the position; the command exits with 2 before it serves. None is an empty folder."""
    path = tmp_path / "a-hsmeta.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = run(option, str(tmp_path if content is None else path), database=str(tmp_path / "events.db"))
    assert result.exit_code == 2
    assert (f"{path}{message}" if message[0] == ":" else message) in result.output


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_can_have_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    """Of a plan of faults, and of templates: a list of them, as the service lists them, or a single one."""
    path = tmp_path / "file.json"
    path.write_text('{"events": {"ä*": "refuse"}}', encoding=encoding)
    assert FaultOptions(file=path).apply(FaultPlan()).refuses("äb")
    for text in ('[{"id": "ä"}]', '{"results": [{"id": "ä"}]}', '{"id": "ä"}'):
        path.write_text(text, encoding=encoding)
        assert read_templates(path) == ({"id": "ä"},)


def test_options_take_precedence_over_the_file(tmp_path: Path) -> None:
    """What is in no option stays as in the file: the other faults, the time zone of the day."""
    path, templates = tmp_path / "sandbox.json", tmp_path / "templates.json"
    plan = {"rate": 1, "kinds": ["http-500"]}
    daily = {"requests": 5, "time_zone": "Europe/Dublin"}
    path.write_text(json.dumps({"duplicates": "in-use", "max_events": 7, "faults": plan, "daily": daily}))
    templates.write_text('[{"id": "1"}]')
    modes = {"duplicates": "last-wins", "types": None}
    settings = settings_from_options(
        path, FaultOptions(seed=7, latency="2"), None, daily=9, templates=templates, max_events=0, modes=modes
    )
    assert settings == SandboxSettings(
        duplicates="last-wins",
        max_events=None,
        templates=[{"id": "1"}],
        faults=FaultPlan(rate=1, kinds=["http-500"], seed=7, latency=2),
        daily=DailyLimit(9, "Europe/Dublin"),
    )
    empty = tmp_path / "plan.json"
    empty.write_text("{}")
    whole = settings_from_options(path, FaultOptions(file=empty), RequestLimit(3), modes={})
    assert (whole.faults, whole.limit, whole.max_events) == (FaultPlan(), RequestLimit(3), 7)
    assert settings_from_options(None, NO_FAULTS, None, modes={}) == SandboxSettings()


def test_options_make_a_plan_and_a_limit() -> None:
    """With the words for any status and for distributions; without kinds all are possible."""
    options = FaultOptions(0.5, "http-524-html, empty", "none,http-404", 7, "lognormal:0.1:1.5")
    assert options.apply(FaultPlan()) == FaultPlan(
        script=[None, 404],
        rate=0.5,
        kinds=[StatusFault(524, is_html=True), Fault.EMPTY],
        seed=7,
        latency="lognormal:0.1:1.5",
    )
    assert FaultOptions(0.1).apply(FaultPlan()) == FaultPlan(rate=0.1)
    assert limit_from_options(5, 1.5, retry_after=True) == RequestLimit(5, 1.5, retry_after=True)
    assert limit_from_options(None, 10.0, retry_after=False) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--fault-rate 1.5", "--fault-rate"), ("--fault-rate nan", "--fault-rate"),
        ("--fault-rate 0.1 --faults http-502,http-618", "--faults: kinds[1]: 'http-618' is not a fault"),
        ("--fault-rate 0.1 --faults none", "--faults: kinds[0]: 'none' is not a fault"),
        ("--fault-rate 0.1 --faults=", "--faults: kinds[0]: '' is not a fault"),
        ("--faults http-502", "--faults requires a --fault-rate"),
        ("--fault-script none,lokced", "--fault-script: script[1]: 'lokced' is not a fault; did you mean locked?"),
        ("--seed seven", "--seed"), ("--latency -1", "--latency: '-1' is not a latency"),
        ("--faults-file x --seed 0", "--faults-file is a whole plan; remove --seed"),
        ("--faults-file x --fault-rate 0 --latency 1", "is a whole plan; remove --fault-rate, --latency"),
        ("--rate 0", "--rate"), ("--rate 1 --rate-seconds 0", "--rate-seconds"),
        ("--rate 1 --rate-seconds inf", "--rate-seconds"), ("--rate-seconds 5", "--rate-seconds requires --rate"),
        ("--retry-after", "--retry-after requires --rate"),
    ],
)  # fmt: skip
def test_an_invalid_option_is_bad_usage(options: str, message: str) -> None:
    """A value out of range, an unknown fault, or an option without effect: the error names it, with exit code 2."""
    result = run(*options.split())
    assert result.exit_code == 2
    assert message in result.output
    if "is not a fault" in message:
        assert all(fault in result.output for fault in Fault)


def test_a_child_process_has_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults, latency, faults of events, limit, and accounts, whose secrets are not in its arguments.

    The file with them is deleted once it serves.
    """
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    script = [Fault.HTTP_502, None, None, "http-404-html"]
    plan = FaultPlan(script=script, seed=-7, latency="uniform:0:0.001", events={"no-*": "refuse"})
    account = Account(name="a", access_token="any")
    settings = SandboxSettings(faults=plan, limit=RequestLimit(4, 3600, retry_after=True), accounts=[account])
    with SandboxProcess(settings=settings) as sandbox:
        assert not [*tmp_path.rglob("sandbox.json")]
        arguments = Path(f"/proc/{sandbox.pid}/cmdline")
        assert not arguments.exists() or b"any" not in arguments.read_bytes()
        responses = [post(sandbox.url, event(f"{name}-{n}")) for n, name in enumerate(["a", "b", "no", "c", "d"])]
        assert sandbox.control.counts() == counts(events=1, requests=5, limited=1, records=1)
        sandbox.control.set_faults(FaultPlan(script=["locked"]))
    assert [response.status_code for response in responses] == [502, 201, 207, 404, 429]
    assert 0 < int(responses[4].headers["retry-after"]) <= 3600
    with SandboxProcess(settings=SandboxSettings(accounts=[account], max_events=1)) as other:
        assert httpx.get(f"{other.url}/_sandbox/state").json()["limits"] == []
