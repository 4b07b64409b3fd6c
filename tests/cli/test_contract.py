"""`hubspot-timeline contract --api` checks one API, or several in turn."""

from pathlib import Path

import pytest
from attrs import evolve

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import Ended, run_here
from tests.helpers.contract_process import forked
from tests.helpers.contract_runs import APP_EVENTS, STRICT, TOKEN

QUICK = ("--phases", "examples", "--max-examples", "1", "--seed", "7")


def contract(folder: Path, url: str, *options: str, **environment: str) -> Ended:
    variables = {"HUBSPOT_TIMELINE_TOKEN": TOKEN, "COLUMNS": "80"} | environment
    with forked():
        return run_here("contract", url, *QUICK, *options, folder=folder, env=variables)


def verdicts(ended: Ended) -> list[str]:
    """Return the verdict on each API, such as "v3 holds"."""
    lines = [line.removeprefix("Contract ") for line in ended.out.splitlines() if line.startswith("Contract ")]
    return [f"{line.partition(', API ')[2].partition(',')[0]} {line.partition(':')[0]}" for line in lines]


def test_the_api_of_the_environment_is_checked(tmp_path: Path) -> None:
    """As for the other commands."""
    with SandboxServer(settings=STRICT) as server:
        ended = contract(tmp_path, server.url, HUBSPOT_TIMELINE_API="2026-09")
        paths = {request["path"] for request in server.store.requests.page(0, 1000)}
    assert ended.code == 0, ended.out + ended.err
    assert verdicts(ended) == ["2026-09 holds"]
    assert all(path.startswith("/integrators/timeline/2026-09/") for path in paths - {"/"}), paths


def test_several_apis_are_checked_in_turn_and_the_worst_verdict_counts(tmp_path: Path) -> None:
    """On one server, and each in a run of its own."""
    settings = evolve(STRICT, app_events=evolve(APP_EVENTS, invalid_events="partial"))
    with SandboxServer(settings=settings) as server:
        ended = contract(tmp_path, server.url, "--api", "2026-09,v3", "--api", "v3")
    assert ended.code == 1, ended.out + ended.err
    assert verdicts(ended) == ["2026-09 broken", "v3 holds"]
    assert "although a batch is all or nothing" in ended.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        *[
            (("--api", f"v3,{api}"), f"'{api}' is not an API; use v3, or the version of app events, such as 2026-09")
            for api in ("2026", "2026-13", "2026-00")
        ],
        (("--api", "v3,2026-09", "--operation", "list_templates"), "'list_templates' is not an operation of 2026-09;"),
    ],
)
def test_a_wrong_api_is_a_usage_error_before_the_first_request(options: tuple[str, ...], message: str) -> None:
    """Also if the API before it is right."""
    ended = run_here("contract", "http://127.0.0.1:9", *QUICK, *options, env={"HUBSPOT_TIMELINE_TOKEN": TOKEN})
    assert ended.code == 2
    assert message in ended.err.replace("\n", " ")
    assert "Running Schemathesis" not in ended.out
