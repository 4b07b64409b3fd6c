"""The command sends files, says what became of each event, and ends with the code that its help promises."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Event

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import run
from tests.helpers.document import ROOT

GOOD = '{"eventTemplateId":"1","id":"%s","tokens":{},"email":"ada@example.com"}\n'
TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "very-secret"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


def test_the_samples_go_to_a_sandbox_of_its_own(tmp_path: Path) -> None:
    """`send --sandbox` needs no token, sends thousands of events and leaves the bad rows as dead letters."""
    samples = [ROOT / "samples/events.jsonl", ROOT / "samples/companies.csv"]

    ended = run("send", "--sandbox", "--json", "--dead-letters", "dead.jsonl", *samples, folder=tmp_path)

    result = ended.result
    assert ended.code == 1
    assert result["total"] == result["created"] + result["rejected"] > 5_000
    assert result["rejected"] == 13
    assert result["unconfirmed"] == result["unsent"] == 0
    assert result["sandbox_events"] == result["created"]
    assert result["requests"] >= result["created"] / 100
    assert result["seconds"] > 0
    letters = [json.loads(line) for line in (tmp_path / "dead.jsonl").read_text().splitlines()]
    assert len(letters) == result["rejected"]
    assert f"{samples[0]}:1462: emial: is no field of the document; did you mean email?" in ended.err
    assert stat.S_IMODE((tmp_path / "dead.jsonl").stat().st_mode) == 0o600


def test_all_created_ends_with_0_and_leaves_no_dead_letters(tmp_path: Path, sandbox: SandboxServer) -> None:
    """From standard input, with the token of a file, to a server that is running; a table says how it went."""
    (tmp_path / "token").write_text("a-token\n")

    ended = run(
        "send", "--base-url", sandbox.url, "--token-file", "token", "-",
        folder=tmp_path, stdin=(GOOD % "from-stdin").encode(),
    )  # fmt: skip

    assert ended.code == 0
    assert "created" in ended.out
    assert not list(tmp_path.glob("dead-letters*"))
    assert sandbox.store.get("1", "from-stdin")


def test_a_second_run_of_the_same_file_creates_nothing_twice(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Rows without an id get the same one in each run, so that the service can refuse what it has."""
    (tmp_path / "rows.csv").write_text("eventTemplateId,email\n" + "9,ada@example.com\n" * 5)
    before = sandbox.store.count()

    ends = [run("send", "--json", "--base-url", sandbox.url, "rows.csv", folder=tmp_path, env=TOKEN) for _ in range(2)]

    assert sandbox.store.count() == before + 5
    assert [end.code for end in ends] == [0, 3]
    assert [end.result["duplicates"] for end in ends] == [0, 5]
    assert ends[1].result["requests"] == 1  # the answer names the ids, so that nothing has to be halved


@pytest.mark.parametrize("size", [1, 7])
def test_batches_are_as_large_as_asked_for(tmp_path: Path, sandbox: SandboxServer, size: int) -> None:
    """14 events in batches of 1 and 7."""
    rows = "".join(GOOD % f"size-{size}-{n}" for n in range(14))
    (tmp_path / "rows.jsonl").write_text(rows)

    ended = run(
        "send", "--json", "--batch-size", size, "--max-in-flight", 2, "--base-url", sandbox.url, "rows.jsonl",
        folder=tmp_path, env=TOKEN,
    )  # fmt: skip

    assert ended.result["requests"] == 14 / size


def test_dead_letters_say_what_was_wrong_and_are_added_to(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Event or text, origin, outcome, error, attempts and time; an existing file keeps what it holds."""
    (tmp_path / "rows.jsonl").write_text(GOOD % "dead-1" + GOOD % "dead-1" + "{\n")

    for _ in range(2):
        run(
            "send", "--dead-letters", "dead.jsonl", "--base-url", sandbox.url, "rows.jsonl",
            folder=tmp_path, env=TOKEN,
        )  # fmt: skip
    letters = [json.loads(line) for line in (tmp_path / "dead.jsonl").read_text().splitlines()]

    broken, refused = sorted(letters[:2], key=lambda letter: letter["attempts"])
    assert broken["event"] is None
    assert broken["text"] == "{"
    assert broken["origin"] == "rows.jsonl:3"
    assert broken["error"]["kind"] == "EventError"
    assert refused["event"]["id"] == "dead-1"
    assert refused["outcome"] == "rejected"
    assert refused["error"]["status"] == 409
    assert refused["error"]["correlationId"]
    assert refused["time"].endswith("Z")
    assert len(letters) == 2 + 3


def test_dead_letters_can_be_sent_again(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Once the cause is gone, with the same ids; a letter without an event says what to do."""
    (tmp_path / "rows.jsonl").write_text(GOOD % "again" + "{\n")
    run(
        "send", "--attempts", 1, "--dead-letters", "dead", "--base-url", "http://127.0.0.1:9", "rows.jsonl",
        folder=tmp_path, env=TOKEN,
    )  # fmt: skip

    ended = run("retry", "--json", "--base-url", sandbox.url, "dead", folder=tmp_path, env=TOKEN)

    assert (ended.result["created"], ended.result["rejected"]) == (1, 1)
    assert sandbox.store.get("1", "again")
    assert "this dead letter holds no event" in ended.err


@pytest.mark.parametrize(
    ("words", "env", "code", "told"),
    [
        (["send", "rows.jsonl"], {}, 2, "HUBSPOT_TIMELINE_TOKEN"),
        (["send", "--token-file", "none", "rows.jsonl"], {}, 2, "the token file none cannot be read"),
        (["send", "--token-file", "empty", "rows.jsonl"], {}, 2, "the token file empty is empty"),
        (
            ["send", "--base-url", "http://example.com", "rows.jsonl"],
            TOKEN,
            2,
            "plain http is allowed for this machine only",
        ),
        (["send", "--batch-size", "0", "rows.jsonl"], TOKEN, 2, "--batch-size"),
        (["send", "--max-in-flight", "0", "rows.jsonl"], TOKEN, 2, "--max-in-flight"),
        (
            ["send", "--sandbox", "--dead-letters", ".", "rows.jsonl"],
            {},
            2,
            "dead letters cannot be written to .: Is a",
        ),
        (
            ["send", "--sandbox", "--dead-letters", "empty/x", "rows.jsonl"],
            {},
            2,
            "written to empty/x: Not a directory",
        ),
        (["send", "--sandbox", "--dead-letters", "rows.jsonl", "rows.jsonl"], {}, 2, "rows.jsonl is an input"),
        (["send", "--sandbox", "--base-url", "http://localhost", "rows.jsonl"], {}, 2, "--sandbox goes without"),
        (["send", "--sandbox", "none.jsonl"], {}, 2, "none.jsonl cannot be read: No such file"),
        (["send", "--sandbox", "."], {}, 2, ". is a directory; name the files in it"),
        (["send", "--sandbox", "empty"], {}, 2, "empty holds no event"),
        (["send", "--sandbox", "bad.jsonl"], {}, 3, "bad.jsonl:1: no JSON"),
        (["send", "--sandbox", "--rate-limit", "5", "rows.jsonl"], {}, 0, ""),
        (["send", "--sandbox", "--rate-limit", "0", "rows.jsonl"], {}, 0, ""),
        (["send", "--sandbox", "--templates", "bad.jsonl", "rows.jsonl"], {}, 2, "bad.jsonl"),
        (["send", "--sandbox", "rows.jsonl", "none.jsonl"], {}, 1, "none.jsonl cannot be read"),
        (["send"], TOKEN, 2, "Missing argument"),
        (["send", "--token", "x", "rows.jsonl"], {}, 2, "No such option"),
        (["validate", "rows.jsonl"], {}, 0, ""),
        (["validate", "rows.jsonl", "bad.jsonl"], {}, 1, "bad.jsonl:1: no JSON"),
        (["validate", "bad.jsonl"], {}, 3, "bad.jsonl:1: no JSON"),
        (["validate", "none.jsonl"], {}, 2, "none.jsonl cannot be read"),
    ],
)
def test_each_end_has_its_exit_code(
    tmp_path: Path, words: list[str], env: dict[str, str], code: int, told: str
) -> None:
    """And says on standard error what is wrong; no traceback, no token."""
    (tmp_path / "rows.jsonl").write_text(GOOD % "a")
    (tmp_path / "bad.jsonl").write_text("{\n")
    (tmp_path / "empty").write_text("")

    ended = run(*words, folder=tmp_path, env=env)

    assert ended.code == code, ended.err
    assert told in " ".join(ended.err.replace("│", " ").split())
    assert "Traceback" not in ended.err
    assert "very-secret" not in ended.err + ended.out


def test_an_unreachable_service_ends_with_everything_unsent(tmp_path: Path) -> None:
    """A refused token stops at once; the events wait in the dead-letter file."""
    (tmp_path / "rows.jsonl").write_text(GOOD % "a" + GOOD % "b")
    with SandboxServer() as gone:
        url = gone.url

    ended = run(
        "send", "--json", "--attempts", 1, "--dead-letters", "dead", "--base-url", url, "rows.jsonl",
        folder=tmp_path, env=TOKEN,
    )  # fmt: skip

    assert ended.code == 3
    assert ended.result["unsent"] == 2
    assert f"No connection to {url}" in ended.err
    assert len((tmp_path / "dead").read_text().splitlines()) == 2


def test_a_hundred_thousand_events_arrive_once_each(tmp_path: Path) -> None:
    """Counted in the sandbox's database against the report; the sender holds less than 120 MB."""
    count = 100_000
    with (tmp_path / "many.jsonl").open("w") as file:
        for number in range(count):
            file.write(
                f'{{"eventTemplateId":"1000123","email":"u{number}@example.com","timestamp":"2026-03-10T23:04:41Z",'
                f'"tokens":{{"webinarName":"Launch day","seats":{number}}}}}\n'
            )

    ended = run("send", "--sandbox", "--json", "many.jsonl", folder=tmp_path)

    assert ended.code == 0
    assert ended.result["total"] == ended.result["created"] == ended.result["sandbox_events"] == count
    assert ended.peak_kilobytes < 120_000


def test_a_reader_that_goes_away_does_not_end_the_run(tmp_path: Path) -> None:
    """`… | head -1` on both outputs: all is sent, and the dead letters are written."""
    command = f"{sys.executable} -m hubspot_timeline send --sandbox --json --dead-letters {tmp_path}/dead"
    samples = f"{ROOT}/samples/events.jsonl {ROOT}/samples/companies.csv"

    subprocess.run(["/bin/sh", "-c", f"({command} {samples} || echo $? >{tmp_path}/code) 2>&1 | head -1"], check=True)

    assert (tmp_path / "code").read_text() == "1\n"
    assert len((tmp_path / "dead").read_text().splitlines()) == 13


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_a_run_that_waits_for_its_input(tmp_path: Path, number: signal.Signals) -> None:
    """A pipe that nobody closes: what was taken is accounted for, the journal is whole, and the command says so."""
    reached = Event()

    def now() -> datetime:
        reached.set()
        return datetime.now(UTC)

    with SandboxServer(now=now) as server:
        process = subprocess.Popen(
            [sys.executable, "-m", "hubspot_timeline", "send", "--base-url", server.url, "--batch-size", "1",
             "--journal", "run.journal", "--json", "-"],
            cwd=tmp_path, env=os.environ | TOKEN, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        with process:
            assert process.stdin
            assert process.stderr
            assert process.stdout
            process.stdin.write(GOOD % "a")
            process.stdin.flush()
            assert reached.wait(30)
            process.send_signal(number)
            told = json.loads(process.stdout.read().splitlines()[-1])
            assert "The input was not read to its end." in process.stderr.read()
            assert process.wait(10) == 130

    assert (told["total"], told["created"]) == (1, 1)
    assert not list(tmp_path.glob("dead-letters*"))


def test_interrupts_end_a_run_in_order_and_then_at_once(tmp_path: Path) -> None:
    """The first says that it waits for the answer under way, the second does not wait for it."""
    (tmp_path / "rows.jsonl").write_text(GOOD % "a")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = subprocess.Popen(
            [sys.executable, "-m", "hubspot_timeline", "send", "--base-url",
             f"http://127.0.0.1:{silent.getsockname()[1]}", "rows.jsonl"],
            cwd=tmp_path, env=os.environ | TOKEN, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        connection, _ = silent.accept()
        with connection, process:
            connection.recv(1)
            process.send_signal(signal.SIGINT)
            assert process.stderr
            said = iter(process.stderr.readline, "")
            assert any("interrupt again to end at once" in line for line in said)
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 130


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk here that is always full")
def test_a_full_disk_is_told_once_and_ends_no_run(tmp_path: Path) -> None:
    """The dead letters cannot be written; what can be sent is, and the counts are whole."""
    (tmp_path / "rows.jsonl").write_text("{\n" * 3 + GOOD % "a" + "{\n")

    ended = run("send", "--sandbox", "--json", "--dead-letters", "/dev/full", "rows.jsonl", folder=tmp_path)

    assert (ended.code, ended.result["created"], ended.result["rejected"]) == (1, 1, 4)
    assert ended.err.count("dead letters cannot be written to /dev/full: No space left on device") == 1
    assert ended.err.count("no JSON") == 4


def test_a_closed_standard_input_is_told(tmp_path: Path) -> None:
    """Instead of a traceback."""
    command = f"{sys.executable} -m hubspot_timeline validate - <&-"
    ended = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert "standard input is closed" in ended.stderr


def test_the_version_is_told(tmp_path: Path) -> None:
    """As the package has it."""
    ended = run("--version", folder=tmp_path)

    assert (ended.code, ended.out) == (0, version("hubspot-timeline") + "\n")


@pytest.mark.parametrize(
    ("missing", "words", "advice"),
    [
        ("typer", ["--help"], "typer is missing; pip install 'hubspot-timeline[cli,sandbox]'"),
        ("starlette", ["sandbox"], "the sandbox needs: pip install 'hubspot-timeline[sandbox]'"),
    ],
)
def test_what_is_not_installed_is_named(missing: str, words: list[str], advice: str) -> None:
    """With what brings it; the end is that of bad usage."""
    code = f"import sys; sys.modules[{missing!r}] = None; from hubspot_timeline.cli import main; main()"
    ended = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert advice in ended.stderr
    assert "Traceback" not in ended.stderr
