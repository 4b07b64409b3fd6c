"""Faults and rate window can be set on the command line and for a child process, and wrong values are told clearly."""

from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from hubspot_timeline.cli.app import app
from hubspot_timeline_testing.sandbox import (
    Distribution,
    Fault,
    FaultPlan,
    RequestLimit,
    SandboxProcess,
    SandboxSettings,
    StatusFault,
)
from hubspot_timeline_testing.sandbox.cli_options import PlanOptions, read_plan
from hubspot_timeline_testing.sandbox.faults.kinds import NAMED_ONLY
from tests.helpers.sandbox_calls import HEADERS, PATH, event

PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "2000"}


def test_options_make_a_plan() -> None:
    """Each option has its part in the plan, and takes the words for any status and for distributions."""
    plan = read_plan(PlanOptions(0.5, "http-524-html, empty", "none,http-404", 7, "lognormal:0.1:1.5"))
    assert plan == FaultPlan(
        script=[None, 404],
        rate=0.5,
        kinds=[StatusFault(524, is_html=True), Fault.EMPTY],
        seed=7,
        latency=Distribution("lognormal", (0.1, 1.5)),
    )


def test_a_child_misbehaves_as_told() -> None:
    """Script, kinds, latency, window and Retry-After reach the sandbox in a process of its own."""
    plan = FaultPlan(script=[Fault.HTTP_502, None], rate=1, kinds=[Fault.STATUS_200], seed=-7, latency=0.001)
    limit = RequestLimit(3, 3600, retry_after=True)
    with (
        SandboxProcess(settings=SandboxSettings(faults=plan, limit=limit)) as sandbox,
        httpx.Client(base_url=sandbox.url) as client,
    ):
        answers = [client.post(PATH, headers=HEADERS, json={"inputs": [event(f"e{n}")]}) for n in range(4)]
        counts = client.get("/_sandbox/counts").json()
    assert [answer.status_code for answer in answers] == [502, 201, 200, 429]
    assert counts == {"events": 2, "requests": 4, "limited": 1, "records": 1, "templates": 0}
    assert 0 < int(answers[3].headers["retry-after"]) <= 3600


def test_without_kinds_all_are_drawn() -> None:
    """A rate alone turns on every fault that a run gets over."""
    assert read_plan(PlanOptions(0.1)) == FaultPlan(rate=0.1)
    assert set(FaultPlan(rate=0.1).kinds) == set(Fault) - NAMED_ONLY


def test_a_child_is_told_of_events_and_statuses() -> None:
    """What options have no words for reaches a process of its own as well."""
    plan = FaultPlan(script=[None, "http-404-html"], events={"no-*": "refuse"}, latency="uniform:0:0.001")
    with SandboxProcess(settings=SandboxSettings(faults=plan)) as sandbox, httpx.Client(base_url=sandbox.url) as client:
        answers = [client.post(PATH, headers=HEADERS, json={"inputs": [event(f"no-{n}")]}) for n in range(2)]
    assert [answer.status_code for answer in answers] == [207, 404]


def test_a_bad_file_is_bad_usage(tmp_path: Path) -> None:
    """The command names the file and the line, or the key, and ends with exit code 2."""
    path = tmp_path / "f.json"
    for text, complaint in [
        ('{\n"rate" 1}', ", line 2, column 8: "),
        ('{"script": [1]}', ": script[0]: 1 is no fault"),
    ]:
        path.write_text(text, encoding="utf-8")
        done = CliRunner().invoke(app, ["sandbox", "--faults-file", str(path)], env=PLAIN)
        assert done.exit_code == 2
        assert f"{path}{complaint}" in done.output


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("--fault-rate 1.5", "--fault-rate"),
        ("--fault-rate nan", "--fault-rate"),
        ("--fault-rate 0.1 --faults http-502,http-618", "--faults: 'http-618' is no fault"),
        ("--fault-rate 0.1 --faults none", "--faults: 'none' is no fault"),
        ("--fault-rate 0.1 --faults=", "--faults: '' is no fault"),
        ("--faults http-502", "--faults goes with a --fault-rate"),
        ("--fault-script none,lokced", "--fault-script: 'lokced' is no fault; did you mean locked?"),
        ("--seed seven", "--seed"),
        ("--latency -1", "--latency: '-1' is no latency"),
        ("--latency inf", "--latency: 'inf' is no latency"),
        ("--latency uniform:1", "--latency: uniform:1.0 is no latency: uniform takes 2 numbers"),
        ("--faults-json {} --faults-file x", "--faults-file holds a whole plan; it goes without --faults-json"),
        ("--faults-file x --seed 0", "--faults-file holds a whole plan; it goes without --seed"),
        ("--faults-json {} --fault-rate 0 --latency 1", "it goes without --fault-rate, --latency"),
        ("--faults-json {", "--faults-json, line 1, column 2: "),
        ('--faults-json {"rate":2}', "--faults-json: rate is 2; it must be a number from 0 to 1"),
        ("--faults-file /none/such.json", "/none/such.json cannot be read: No such file"),
        ("--rate 0", "--rate"),
        ("--rate 1 --rate-seconds 0", "--rate-seconds"),
        ("--rate 1 --rate-seconds inf", "--rate-seconds"),
        ("--rate-seconds 5", "--rate-seconds goes with --rate"),
        ("--retry-after", "--retry-after goes with --rate"),
    ],
)
def test_wrong_options_are_bad_usage(options: str, complaint: str) -> None:
    """A value out of range, an unknown kind, or an option without effect names itself and ends with exit code 2."""
    unusable = ["--database", "/none/such/events.db"]  # so that nothing is served if the options are taken
    done = CliRunner().invoke(app, ["sandbox", *unusable, *options.split()], env=PLAIN)
    assert done.exit_code == 2
    assert complaint in done.output
    if "is no fault" in complaint:
        assert all(fault in done.output for fault in Fault)
