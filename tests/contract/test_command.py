"""The command contract ends with a code for each way in which it can end, and says what it did."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hubspot_timeline_testing.contract import Verdict
from hubspot_timeline_testing.sandbox import RequestLimit, SandboxServer, SandboxSettings
from tests.helpers.command import Ended, run
from tests.helpers.contract_runs import STRICT, TOKEN, Exchange, contract, evolve_answer, flawed, serving

QUICK = ("--phases", "examples", "--operation", "create_events", "--seed", "7")
ENVIRONMENT = {"HUBSPOT_TIMELINE_TOKEN": TOKEN, "COLUMNS": "80"}


def contracted(folder: Path, url: str, *words: object, **env: str) -> Ended:
    return run("contract", url, *QUICK, *words, folder=folder, env=ENVIRONMENT | env)


def test_it_ends_with_0_where_the_contract_holds(tmp_path: Path) -> None:
    """With the result on standard output, and a line for each operation on standard error."""
    with SandboxServer(settings=STRICT) as server:
        ended = contracted(tmp_path, server.url)
    assert (ended.code, ended.out) == (0, "The contract holds: 5 requests to 1 operation. Seed 7.\n"), ended.err
    assert ended.err.startswith("examples  create_events")


def test_it_ends_with_1_where_it_is_broken(tmp_path: Path) -> None:
    """And names the defect, in lines of 80 columns without colour."""
    with SandboxServer() as server:
        ended = contracted(tmp_path, server.url, FORCE_COLOR="1")
    assert ended.code == 1, ended.err
    assert "1. create_events ignores authentication: it answered" in ended.out
    assert ended.out.splitlines()[-1].startswith("The contract is broken: ")
    assert "\x1b" not in ended.out
    assert max(len(line) for line in ended.out.splitlines() if "curl" not in line and "document" not in line) < 80


def test_what_is_allowed_does_not_count(tmp_path: Path) -> None:
    """The option may be given again, or hold several words."""
    with SandboxServer() as server:
        ended = contracted(tmp_path, server.url, "--allow", "any-token,lenient-types", "--allow", "any-token")
    assert ended.code == 0, ended.err
    assert "Allowed by any-token: " in ended.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--operation", "create_evnts"), "'create_evnts' is no operation of the document; there are create_events, "),
        (("--phases", "exmples"), "'exmples' is no phase; there are examples, coverage, fuzzing, stateful"),
        (("--allow", "everything"), "'everything' is no departure that can be allowed; there are any-token, "),
        (("--report", "html"), "--report: 'html' is no form of report; there are junit, json, markdown"),
        (("--report", "json=no/such/folder.json"), "--report: the folder of no/such/folder.json is not there"),
        (("--report", "json=."), "--report: . cannot be written: Is a directory"),
        (("--timeout", "nan"), "'timeout' must be"),
        (("--timeout", "inf"), "'timeout' must be"),
        (("--max-wait", "nan"), "'max_wait' must be"),
        (("--report", "json=-,junit=-"), "--report: only one report can go to standard output"),
        (("--token-file", "none"), "the token file none cannot be read"),
        (("--production", "--yes-i-mean", "127.0.0.1"), "127.0.0.1 is no production host"),
    ],
)
def test_it_ends_with_2_for_bad_usage(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    """And says what there is, before anything is sent."""
    ended = contracted(tmp_path, "http://127.0.0.1:9", *words)
    assert (ended.code, ended.out) == (2, "")
    assert message in ended.err.replace("\n", " ")


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "127.0.0.1:80", "http://127.0.0.1/?q=1", "http://", "https://host:x"]
)
def test_what_is_no_base_url_is_bad_usage(tmp_path: Path, url: str) -> None:
    """With a sentence, not a traceback."""
    ended = contracted(tmp_path, url)
    assert ended.code == 2
    assert ended.err.startswith("Error: ")


def test_without_a_token_it_says_where_to_give_one(tmp_path: Path) -> None:
    """Never as an argument, and no other way than it takes."""
    ended = run("contract", "http://127.0.0.1:9", folder=tmp_path)
    assert ended.code == 2
    assert "set HUBSPOT_TIMELINE_TOKEN or give --token-file" in ended.err.replace("\n", " ")
    assert "REFRESH" not in ended.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full, which cannot be written, here")
def test_a_report_that_cannot_be_written_costs_no_result(tmp_path: Path) -> None:
    """A broken contract ends with 1 all the same, one that holds with 2."""
    full = ("--report", "json=/dev/full")
    with SandboxServer() as server:
        broken = contracted(tmp_path, server.url, *full)
        holds = contracted(tmp_path, server.url, *full, "--allow", "any-token,lenient-types", "--seed", "8")
    assert (broken.code, holds.code) == (1, 2)
    assert "The contract is broken" in broken.out
    assert "The contract holds" in holds.out
    assert "--report: /dev/full cannot be written: No space left on device" in broken.err.replace("\n", " ")


def test_it_leaves_nothing_in_the_current_folder(tmp_path: Path) -> None:
    """Not what Hypothesis would."""
    with SandboxServer(settings=STRICT) as server:
        contracted(tmp_path, server.url, "--phases", "fuzzing")
    assert not (tmp_path / ".hypothesis").exists()


def test_what_succeeded_in_the_walk_only_is_told(tmp_path: Path) -> None:
    """So that a contract that holds is not read as one that was tested."""
    unable = json.dumps({"status": "error", "message": "a record is missing"}).encode()
    seen: list[int] = []

    def flaw(done: Exchange) -> Exchange:
        seen.append(done.status)
        return evolve_answer(done, 400, unable) if len(seen) > 10 and done.status == 201 else done

    with flawed(flaw) as url:
        ended = contracted(tmp_path, url, "--phases", "fuzzing", "--operation", "create_event")
    assert "Hardly verified: create_event: none of " in ended.out.replace("\n", " "), ended.out


def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    """In the words for pip."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['schemathesis'] = None\n", encoding="ascii")
    ended = contracted(tmp_path, "http://127.0.0.1:9", PYTHONPATH=str(tmp_path))
    assert ended.code == 2
    assert "pip install 'hubspot-timeline[contract]'" in ended.err


def test_it_loads_schemathesis_only_when_it_runs() -> None:
    """The other commands, and its own help, must not wait for it."""
    code = "import sys, hubspot_timeline.cli.app as app; assert not {'schemathesis', 'hypothesis'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_it_ends_with_3_where_nothing_listens(tmp_path: Path) -> None:
    """Which must never read as a contract that holds."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    ended = contracted(tmp_path, url)
    assert ended.code == 3, ended.err
    assert "Not verified: nothing was answered; the server could not be connected to" in ended.out


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_it_ends_with_3_where_nothing_could_be_tested(tmp_path: Path, status: int) -> None:
    """Whoever is never let in, or finds nothing, has tested nothing."""
    with serving(lambda exchange: evolve_answer(exchange, status, b"{}")) as url:
        ended = contracted(tmp_path, url)
    assert ended.code == 3, ended.out + ended.err
    assert f"all answers were {status}" in ended.out


def test_it_ends_with_3_where_one_operation_could_not_be_tested() -> None:
    """Though all others hold."""

    def without_lists(done: Exchange) -> Exchange:
        is_list = done.path.endswith("/event-templates") and done.method == "GET"
        return evolve_answer(done, 403, b"{}") if is_list else done

    with flawed(without_lists) as url:
        report = contract(url, operations=["create_events", "list_templates"])
    assert report.verdict is Verdict.UNVERIFIED
    assert report.problems == ("list_templates: all answers were 403",)


def test_the_reports_are_written_to_their_files(tmp_path: Path) -> None:
    """Those that are named, and else those of their form; one may be standard output, which then has nothing else."""
    with SandboxServer() as server:
        ended = contracted(tmp_path, server.url, "--report", "junit=found.xml,markdown", "--report", "json=-")
    assert ended.code == 1
    assert json.loads(ended.out)["verdict"] == "broken"
    assert "The contract is broken: " in ended.err
    assert ET.parse(tmp_path / "found.xml").getroot().tag == "testsuites"  # noqa: S314 - our own
    assert (tmp_path / "contract.md").read_text(encoding="utf-8").startswith("### The contract is broken\n")


def test_the_token_is_in_nothing_that_is_told_or_written(tmp_path: Path) -> None:
    """It is in a file here, which works as well."""
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="ascii")
    with flawed(lambda done: evolve_answer(done, 201, b'{"message": "%s"}' % TOKEN.encode())) as url:
        ended = run(
            "contract", url, *QUICK, "--token-file", "token", "--report", "junit,json,markdown", folder=tmp_path
        )
    assert ended.code == 1, ended.err
    (tmp_path / "token").unlink()
    for text in (ended.out, ended.err, *(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())):
        assert TOKEN not in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_130_when_interrupted_and_writes_what_was_found(tmp_path: Path, number: signal.Signals) -> None:
    """Until then; a second signal is not needed."""
    process: list[subprocess.Popen[str]] = []
    seen: list[Exchange] = []

    def interrupting(exchange: Exchange) -> Exchange:
        seen.append(exchange)
        if len(seen) == 30:
            process[0].send_signal(number)
        return evolve_answer(exchange, 500, b"{}")

    with serving(interrupting) as url:
        words = ["contract", url, "--report", "json", "--max-examples", "1000"]
        command = [sys.executable, "-m", "hubspot_timeline", *words]
        environment = os.environ | ENVIRONMENT
        with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=-1, stderr=-1, text=True) as started:
            process.append(started)
            out, err = started.communicate(timeout=60)
    assert started.returncode == 130, out + err
    found = json.loads((tmp_path / "contract.json").read_text(encoding="ascii"))
    assert found["verdict"] == "interrupted"
    assert found["failures"]
    assert out.splitlines()[-1].startswith("Interrupted: ")


def test_it_waits_where_a_429_says_how_long() -> None:
    """As long as all waits together keep within the bound."""
    waits: list[float] = []
    left = iter([429, 429])

    def limited(done: Exchange) -> Exchange:
        status = next(left, done.status)
        return evolve_answer(done, status, b"{}", **{"Retry-After": "7"}) if status == 429 else done

    with flawed(limited) as url:
        report = contract(url, max_wait=14, sleep=waits.append)
    assert waits == [7, 7]
    assert report.verdict is Verdict.HOLDS, report.failures


@pytest.mark.parametrize("after", ["7", "86400", "Fri, 31 Dec 2999 23:59:59 GMT", "-5", "soon", ""])
def test_it_never_waits_for_longer_than_it_may(after: str) -> None:
    """However long the server wants it to."""
    waits: list[float] = []
    with serving(lambda exchange: evolve_answer(exchange, 429, b"{}", **{"Retry-After": after})) as url:
        report = contract(url, max_wait=20, sleep=waits.append)
    assert sum(waits) <= 20
    assert report.verdict is Verdict.UNVERIFIED


def test_it_keeps_to_a_rate(tmp_path: Path) -> None:
    """A server that lets in no more than that in a second refuses none."""
    settings = SandboxSettings(types="strict", accounts=STRICT.accounts, limit=RequestLimit(20, 1))
    with SandboxServer(settings=settings) as server:
        ended = contracted(tmp_path, server.url, "--phases", "coverage", "--max-time", "3", "--rate", "10")
        assert server.store.counts().limited == 0
    assert ended.code == 0, ended.out + ended.err
