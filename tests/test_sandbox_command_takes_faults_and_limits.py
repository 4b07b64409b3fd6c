"""Faults and rate window can be set on the command line and for a child process, and wrong values are told clearly."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hubspot_timeline.cli.app import app
from hubspot_timeline.sandbox import Fault, FaultPlan, RequestLimit, SandboxProcess, SandboxSettings
from hubspot_timeline.sandbox.command_words import fault_options, limit_options, read_limit, read_plan
from sandbox_calls import HEADERS, PATH, event

PLANS = st.builds(
    FaultPlan,
    script=st.lists(st.none() | st.sampled_from(Fault), max_size=5),
    rate=st.floats(0.001, 1),
    kinds=st.lists(st.sampled_from(Fault), min_size=1),
    seed=st.integers(),
    latency=st.floats(0, 100),
)
LIMITS = st.builds(RequestLimit, st.integers(1, 10**6), st.floats(0.001, 10**6), st.booleans())


def given_options(options: list[str]) -> dict[str, str]:
    return dict(option.split("=", 1) for option in options if "=" in option)


@given(plan=PLANS)
def test_a_plan_survives_the_command_line(plan: FaultPlan) -> None:
    """What a child process is told is the plan that was given."""
    told = given_options(fault_options(plan))
    assert plan == read_plan(
        float(told["--fault-rate"]),
        told["--faults"],
        script=told.get("--fault-script"),
        seed=int(told["--seed"]),
        latency=float(told["--latency"]),
    )


@given(limit=LIMITS)
def test_a_limit_survives_the_command_line(limit: RequestLimit) -> None:
    """What a child process is told is the limit that was given; of no limit it is told nothing."""
    told = given_options(limit_options(limit))
    retry_after = "--retry-after" in limit_options(limit)
    assert limit == read_limit(int(told["--rate"]), float(told["--rate-seconds"]), retry_after=retry_after)
    assert limit_options(None) == []


def test_a_child_misbehaves_as_told() -> None:
    """Script, kinds, latency, window and Retry-After reach the sandbox in a process of its own."""
    plan = FaultPlan(script=[Fault.HTTP_502, None], rate=1, kinds=[Fault.STATUS_200], seed=-7, latency=0.001)
    limit = RequestLimit(3, 3600, retry_after=True)
    settings = SandboxSettings(faults=plan, limit=limit)
    with SandboxProcess(settings=settings) as sandbox, httpx.Client(base_url=sandbox.url) as client:
        answers = [client.post(PATH, headers=HEADERS, json={"inputs": [event(f"e{n}")]}) for n in range(4)]
        counts = client.get("/_sandbox/counts").json()
    assert [answer.status_code for answer in answers] == [502, 201, 200, 429]
    assert counts == {"events": 2, "requests": 4, "limited": 1, "records": 1, "templates": 0}
    assert 0 < int(answers[3].headers["retry-after"]) <= 3600


def test_without_kinds_all_are_drawn() -> None:
    """A rate alone turns on every fault."""
    assert read_plan(0.1, None, script=None, seed=0, latency=0) == FaultPlan(rate=0.1)
    assert set(FaultPlan(rate=0.1).kinds) == set(Fault)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ("--fault-rate 1.5", "--fault-rate"),
        ("--fault-rate nan", "--fault-rate"),
        ("--fault-rate 0.1 --faults http-502,http-418", "--faults names 'http-418'"),
        ("--fault-rate 0.1 --faults none", "--faults names 'none'"),
        ("--fault-rate 0.1 --faults=", "--faults names ''"),
        ("--faults http-502", "--faults goes with a --fault-rate"),
        ("--fault-script none,http-418", "--fault-script names 'http-418'"),
        ("--seed seven", "--seed"),
        ("--latency -1", "--latency"),
        ("--latency inf", "--latency"),
        ("--rate 0", "--rate"),
        ("--rate 1 --rate-seconds 0", "--rate-seconds"),
        ("--rate 1 --rate-seconds inf", "--rate-seconds"),
        ("--rate-seconds 5", "--rate-seconds goes with --rate"),
        ("--retry-after", "--retry-after goes with --rate"),
    ],
)
def test_wrong_options_are_bad_usage(options: str, complaint: str) -> None:
    """A value out of range, an unknown kind, or an option without effect names itself and ends with exit code 2."""
    plain = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "500"}
    unusable = ["--database", "/none/such/events.db"]  # so that nothing is served if the options are taken
    done = CliRunner().invoke(app, ["sandbox", *unusable, *options.split()], env=plain)
    assert done.exit_code == 2
    assert complaint in done.output
    if "names" in complaint:
        assert all(fault in done.output for fault in Fault)
