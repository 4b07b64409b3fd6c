"""`hubspot-timeline contract` has an exit code for each verdict."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve

from hubspot_timeline_testing.contract import Verdict
from hubspot_timeline_testing.sandbox import RequestLimit, SandboxServer
from tests.helpers.command import Ended, run, run_here
from tests.helpers.contract_process import forked
from tests.helpers.contract_runs import STRICT, TOKEN, Exchange, changed, contract, respond_json, serving

QUICK = ("--phases", "examples", "--operation", "create_events", "--seed", "7")
ENVIRONMENT = {"HUBSPOT_TIMELINE_TOKEN": TOKEN, "COLUMNS": "80"}


def contract_command(folder: Path, url: str, *options: object) -> Ended:
    with forked():
        return run_here("contract", url, *QUICK, *options, folder=folder, env=ENVIRONMENT)


def test_it_ends_with_0_where_the_contract_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line is the verdict with the seed, after the output of Schemathesis; only the cache is left."""
    monkeypatch.delenv("HYPOTHESIS_STORAGE_DIRECTORY")
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="ascii")
    with SandboxServer(settings=STRICT) as server:
        ended = run(
            "contract", server.url, *QUICK, "--token-file", "token", folder=tmp_path, env={"XDG_CACHE_HOME": "cache"}
        )
    assert ended.code == 0, ended.out + ended.err
    assert ended.out.splitlines()[1].startswith("Schemathesis v")
    assert ended.out.splitlines()[-1] == "Contract holds: 0 failures, 3 requests, 1 operation, API v3, seed 7."
    assert {path.name for path in tmp_path.iterdir()} == {"token", "cache", ".out", ".err", ".peak"}
    assert list((tmp_path / "cache/hubspot-timeline/hypothesis/unicode_data").glob("*/charmap.json.gz"))


def test_it_ends_with_1_where_the_contract_is_broken(tmp_path: Path) -> None:
    """The finding names the known deviation that would accept it, and has a command without the token."""
    with SandboxServer() as server:
        ended = contract_command(tmp_path, server.url)
    assert ended.code == 1, ended.err
    summary = ended.out[ended.out.index("\n1. ") :]
    assert "create_events responded 409" in summary
    assert "(to accept it: --allow any-token)" in summary
    assert "\nKnown deviations: 1 of 1 failure; to accept them: --allow any-token\n" in summary
    assert "curl -X POST -H 'Authorization: [Filtered]'" in summary
    assert ended.out.splitlines()[-1].startswith("Contract broken: ")


def test_a_known_deviation_is_accepted(tmp_path: Path) -> None:
    """The option is repeatable, and may hold several values; further options are those of Schemathesis."""
    deviations = ("--allow", "any-token,lenient-types", "--allow", "any-token")
    with SandboxServer() as server:
        ended = contract_command(tmp_path, server.url, *deviations, "--report", "junit", "--report-dir", "reports")
    assert ended.code == 0, ended.out + ended.err
    assert "Allowed by any-token: " in ended.out
    assert len(list((tmp_path / "reports").glob("junit*.xml"))) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--operation", "create_evnts"],
            "'create_evnts' is not an operation of v3; choose from create_events, ",
        ),
        (["--phases", "exmples"], "'exmples' is not a phase of v3; choose from examples, coverage, fuzzing, stateful"),
        (["--allow", "everything"], "'everything' is not a known deviation; choose from any-token, lenient-types"),
        (["--timeout", "nan"], "'timeout' must be"),
        (["--timeout", "inf"], "'timeout' must be"),
        (["--update-baseline"], "--update-baseline needs a file; add --baseline FILE"),
        (["--baseline", "none"], "the baseline none cannot be read: No such file or directory"),
        (["--baseline", "none/none", "--update-baseline"], "the baseline none/none cannot be written: "),
        (["--summary", "none/none"], "none/none cannot be written: "),
        (["--token-file", "none"], "the token file none cannot be read"),
        (["--production", "--confirm-production", "127.0.0.1"], "127.0.0.1 is not a production host"),
        (["--alow", "any-token"], "No such option"),
        (["--origin", "https://api.hubapi.com"], "origin"),
        *[
            ([url], "Error: ")
            for url in ("ftp://127.0.0.1", "127.0.0.1:80", "http://127.0.0.1/?q=1", "http://", "https://host:x")
        ],
        (["https://API.hubapi.com."], "Error: api.hubapi.com is a production host of the vendor"),
    ],
    ids=str,
)
def test_it_ends_with_2_for_wrong_options_and_urls(
    options: list[str], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The message, of this package or of Schemathesis, names what is allowed, and nothing is sent."""
    urls = ["http://127.0.0.1:9"] if options[0].startswith("--") else []
    ended = run_here("contract", *urls, *QUICK, *options, env=ENVIRONMENT)
    errors = ended.err + capfd.readouterr().err
    assert ended.code == 2, ended.out + errors
    assert message in errors.replace("\n", " ")
    assert TOKEN not in errors


def test_a_missing_token_is_a_usage_error() -> None:
    """The message names the two ways to give one; an argument is not a way."""
    ended = run_here("contract", "http://127.0.0.1:9")
    assert ended.code == 2
    assert "set HUBSPOT_TIMELINE_TOKEN or use --token-file" in ended.err.replace("\n", " ")


def test_without_schemathesis_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As pip takes it."""
    monkeypatch.setitem(sys.modules, "schemathesis", None)
    ended = run_here("contract", "http://127.0.0.1:9", *QUICK, env=ENVIRONMENT)
    assert ended.code == 2
    assert "pip install 'hubspot-timeline[contract]'" in ended.err


def test_it_ends_with_3_where_no_server_listens(tmp_path: Path) -> None:
    """Which is not a contract that holds."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    ended = contract_command(tmp_path, url)
    assert ended.code == 3, ended.err
    assert "Not verified: no response: the server refused the connection" in ended.out


def test_a_server_without_the_operations_is_unverified() -> None:
    """It has not been tested."""
    with serving(lambda exchange: respond_json(exchange, 404)) as url:
        report = contract(url, operations=["create_events"])
    assert report.verdict is Verdict.UNVERIFIED
    assert report.problems == ("create_events: no request succeeded; all responses were 404",)


def test_one_operation_that_could_not_be_tested_leaves_the_contract_unverified() -> None:
    """Even if all others hold."""

    def respond(exchange: Exchange) -> Exchange:
        is_list = exchange.path.endswith("/event-templates") and exchange.method == "GET"
        return respond_json(exchange, 403) if is_list else exchange

    with changed(respond) as url:
        report = contract(url, operations=["create_events", "list_templates"])
    assert report.verdict is Verdict.UNVERIFIED
    assert report.problems == ("list_templates: all responses were 403",)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_130_when_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    """The findings until then are printed, and the reports are written."""
    processes: list[subprocess.Popen[str]] = []
    seen: list[Exchange] = []

    def respond(exchange: Exchange) -> Exchange:
        seen.append(exchange)
        if len(seen) == 30:
            processes[0].send_signal(number)
        return respond_json(exchange, 500)

    with serving(respond) as url:
        options = ["contract", url, "--report", "junit", "--report-dir", "reports", "--max-examples", "1000"]
        options += ["--phases", "fuzzing", "--operation", "create_event"]
        command = [sys.executable, "-m", "hubspot_timeline", *options]
        environment = os.environ | ENVIRONMENT
        with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=-1, stderr=-1, text=True) as process:
            processes.append(process)
            out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert out.splitlines()[-1].startswith("Contract interrupted: ")
    assert "not_a_server_error" in out
    assert list((tmp_path / "reports").glob("junit*.xml"))


def test_the_rate_limit_is_that_of_schemathesis() -> None:
    """A server that accepts no more requests in a second rejects none."""
    with SandboxServer(settings=evolve(STRICT, limit=RequestLimit(10, 1))) as server:
        assert contract(server.url, schemathesis_options=["--rate-limit", "5/s"])
        assert server.store.counts().limited == 0
