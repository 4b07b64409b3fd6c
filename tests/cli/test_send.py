"""The command sends files, reports the outcome of each event, and ends with the exit code that its help names."""

import json
import stat
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import run, run_here
from tests.helpers.document import ROOT
from tests.helpers.examples import examples

LINE = '{"eventTemplateId":"1","id":"%s","tokens":{},"email":"ada@example.com"}\n'
TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "very-secret"}
SAMPLES = [ROOT / "samples/events.jsonl", ROOT / "samples/companies.csv"]


def test_the_samples_are_sent_as_app_events_to_a_sandbox_with_the_migrated_types(tmp_path: Path) -> None:
    """As in `make demo`: a file of app events and one of v3, by the map; the event types beside it are validated by."""
    assert run_here("migrate", ROOT / "samples/templates.json", "--out", "types", folder=tmp_path).code == 0
    files = [ROOT / "samples" / name for name in ("app-events.jsonl", "companies.csv")]
    options = ("--json", "--sandbox", "--api", "2026-09", "--event-types", "types/event-types.json")
    ended = run_here("send", *options, "--dead-letters", "dead.jsonl", *files, folder=tmp_path)
    result = ended.result
    assert (ended.code, result["created"], result["rejected"], result["sandbox_events"]) == (1, 536, 4, 536)
    assert "app-events.jsonl:51: 400 VALIDATION_ERROR" in ended.err
    assert "has no property room" in ended.err


def test_the_samples_are_sent_to_a_sandbox_of_the_run(tmp_path: Path) -> None:
    """`send --sandbox` needs no token, sends thousands of events and writes the invalid rows to dead letters."""
    ended = run_here("send", "--sandbox", "--json", "--dead-letters", "dead.jsonl", *SAMPLES, folder=tmp_path)

    result = ended.result
    assert ended.code == 1
    assert result["total"] == result["created"] + result["rejected"] > 5_000
    assert result["rejected"] == 13
    assert result["unconfirmed"] == result["unsent"] == 0
    assert result["sandbox_events"] == result["created"]
    assert result["requests"] >= result["created"] / 100
    assert result["seconds"] > 0
    assert len((tmp_path / "dead.jsonl").read_text().splitlines()) == result["rejected"]
    assert f'{SAMPLES[0]}:1462: unknown field "emial"; did you mean "email"?' in ended.err
    assert stat.S_IMODE((tmp_path / "dead.jsonl").stat().st_mode) == 0o600


EXISTS = "an event with this id exists already; if it is yours from an earlier run, there is nothing to do"


@pytest.mark.parametrize(
    ("option", "code", "created", "duplicates"),
    [([], 0, 5, 0), (["--duplicates", "ok"], 0, 5, 0), (["--duplicates", "reject"], 3, 0, 5)],
)
def test_a_second_run_of_the_same_file_creates_nothing_twice(
    tmp_path: Path, sandbox: SandboxServer, option: list[str], code: int, created: int, duplicates: int
) -> None:
    """Rows without an id get the same one in each run, so that the service can refuse what it has; that is no failure.

    Except with `--duplicates reject`, whose message does not advise to create the event again.
    """
    (tmp_path / "rows.csv").write_text("eventTemplateId,email\n" + "1,ada@example.com\n" * 5)
    command = ("send", *option, "--base-url", sandbox.url, "rows.csv")

    first, second = (run_here(*command, "--json", folder=tmp_path, env=TOKEN) for _ in range(2))
    shown = run_here(*command, folder=tmp_path, env=TOKEN)

    assert sandbox.store.count() == 5
    assert (first.code, first.result["created"], first.result["existing"], first.result["duplicates"]) == (0, 5, 0, 0)
    assert (second.code, second.result["created"], second.result["existing"]) == (code, created, created)
    assert second.result["duplicates"] == duplicates
    assert second.result["requests"] == 1  # the response names the ids, so that nothing has to be split
    assert shown.code == code
    assert EXISTS in " ".join((shown.out + shown.err).split()).lower()
    assert ("5 of the created:" in shown.out) is (code == 0)
    letters = [line for file in tmp_path.glob("dead-letters-*") for line in file.read_text().splitlines()]
    assert len(letters) == 2 * duplicates


def test_dead_letters_of_events_that_exist_are_settled_by_retry(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Such as those of a run that ended before the response."""
    (tmp_path / "rows.jsonl").write_text(LINE % "settled")
    to = ("--json", "--base-url", sandbox.url)
    for _ in range(2):
        run_here(
            "send", *to, "--duplicates", "reject", "--dead-letters", "dead", "rows.jsonl", folder=tmp_path, env=TOKEN
        )

    ended = run_here("retry", *to, "dead", folder=tmp_path, env=TOKEN)

    assert (ended.code, ended.result["existing"], ended.result["dead_letters"]) == (0, 1, None)


@pytest.mark.parametrize("size", [1, 7])
def test_batches_have_the_size_of_the_option(tmp_path: Path, sandbox: SandboxServer, size: int) -> None:
    """14 events are sent in batches of 1 and 7."""
    (tmp_path / "rows.jsonl").write_text("".join(LINE % f"size-{size}-{n}" for n in range(14)))
    options = ("--json", "--batch-size", size, "--max-in-flight", 2, "--base-url", sandbox.url)

    assert run_here("send", *options, "rows.jsonl", folder=tmp_path, env=TOKEN).result["requests"] == 14 / size


def test_dead_letters_have_the_error_and_are_appended(tmp_path: Path, sandbox: SandboxServer) -> None:
    """A letter has event or text, origin, outcome, error, attempts and time; an existing file keeps its content."""
    (tmp_path / "rows.jsonl").write_text(LINE % "dead-1" + LINE % "dead-1" + "{\n" + '{"emial":"a"}\n')

    for _ in range(2):
        options = ("--duplicates", "reject", "--dead-letters", "dead.jsonl", "--base-url", sandbox.url)
        run_here("send", *options, "rows.jsonl", folder=tmp_path, env=TOKEN)
    letters = [json.loads(line) for line in (tmp_path / "dead.jsonl").read_text().splitlines()]

    by_origin = {letter["origin"]: letter for letter in letters[:3]}
    broken, unknown, refused = (by_origin[f"rows.jsonl:{line}"] for line in (3, 4, 2))
    assert (broken["event"], broken["text"], broken["error"]["kind"]) == (None, "{", "EventError")
    assert (unknown["text"], unknown["error"]["field"]) == ('{"emial":"a"}', "emial")
    assert (refused["event"]["id"], refused["text"], refused["outcome"]) == ("dead-1", None, "rejected")
    assert (refused["error"]["status"], refused["attempts"]) == (409, 1)
    assert refused["error"]["correlationId"]
    assert refused["time"].endswith("Z")
    assert len(letters) == 3 + 4


def test_dead_letters_can_be_sent_again(tmp_path: Path, sandbox: SandboxServer) -> None:
    """Unsent events are created with the same ids once their cause is gone; a letter without an event is refused."""
    (tmp_path / "rows.jsonl").write_text(LINE % "again" + "{\n")
    with SandboxServer() as stopped:
        url = stopped.url
    options = ("--json", "--attempts", 1, "--dead-letters", "dead", "--base-url", url)

    failed = run_here("send", *options, "rows.jsonl", folder=tmp_path, env=TOKEN)
    ended = run_here("retry", "--json", "--base-url", sandbox.url, "dead", folder=tmp_path, env=TOKEN)

    assert (failed.code, failed.result["unsent"], f"No connection to {url}" in failed.err) == (3, 1, True)
    assert (ended.result["created"], ended.result["rejected"]) == (1, 1)
    assert sandbox.store.get("1", "again")
    assert 'this dead letter has no event; correct the row in its key "text", and send that in a file' in ended.err


@pytest.mark.parametrize(
    ("command", "code", "error"),
    [
        ("send rows.jsonl", 2, "the access token is missing; set HUBSPOT_TIMELINE_TOKEN or use --token-file"),
        ("send --token-file none rows.jsonl", 2, "the token file none cannot be read: No such file"),
        ("send --token-file empty rows.jsonl", 2, "the token file empty holds no token"),
        ("send --token-file TOKEN --base-url http://a.com rows.jsonl", 2, "--base-url (or HUBSPOT_TIMELINE_BASE_URL)"),
        ("send --batch-size 0 rows.jsonl", 2, "--batch-size is 0; it must be a whole number of at least 1"),
        ("send --max-in-flight x rows.jsonl", 2, "--max-in-flight is 'x'; it must be a whole number of at least 1"),
        ("send --max-error-rate 2 rows.jsonl", 2, "--max-error-rate is 2.0; it must be a number from 0 to 1"),
        ("send --base-url URL --max-error-rate nan rows.jsonl", 2, "--max-error-rate is nan; it must be from 0 to 1"),
        ("send --flush-interval -1 -", 2, "--flush-interval is -1.0; it must be a number of at least 0"),
        ("send --base-url URL --flush-interval nan -", 2, "--flush-interval is nan; it must be from 0"),
        ("send --flush-interval 2 --journal run.journal -", 2, "--flush-interval cannot be combined with"),
        ("send --journal run.journal --sandbox rows.jsonl", 2, "--journal cannot be combined with --sandbox"),
        ("send --keep rows.jsonl", 2, "--keep needs --sandbox"),
        ("send --duplicates skip rows.jsonl", 2, "--duplicates: 'skip' is not one of 'ok', 'reject'"),
        ("send --token-file TOKEN --rate-limit-store redsi://u:very-secret@h rows.jsonl", 2,
         "--rate-limit-store (or HUBSPOT_TIMELINE_RATE_LIMIT_STORE) is 'redsi://***@h'; use memory:"),
        ("send --base-url URL --rate-limit 0 --rate-limit-store sqlite:x rows.jsonl", 2,
         "--rate-limit-store (or HUBSPOT_TIMELINE_RATE_LIMIT_STORE) is set, and --rate-limit 0 removes the limit"),
        ("send --base-url URL --dead-letters . rows.jsonl", 2, "dead letters cannot be written to .: Is a"),
        ("send --base-url URL --dead-letters empty/x rows.jsonl", 2, "dead letters cannot be written to empty/x: Not"),
        ("send --base-url URL --dead-letters rows.jsonl rows.jsonl", 2, "rows.jsonl is an input"),
        ("send --sandbox --base-url http://localhost rows.jsonl", 2, "--sandbox cannot be combined with"),
        ("send --sandbox none.jsonl", 2, "none.jsonl cannot be read: No such file"),
        ("send --base-url URL .", 2, ". is a directory; name the files in it"),
        ("send --base-url URL empty", 2, "empty holds no event"),
        ("send --base-url URL bad.jsonl", 3, "bad.jsonl:1: not JSON"),
        ("send --base-url URL --time-zone Europe/Berlin rows.jsonl", 2,
         "--delimiter, --encoding, --time-zone, --time-format and --map need CSV; add --format csv"),
        ("validate --format csv --time-zone Berlin rows.jsonl", 2, "--time-zone 'Berlin' cannot be used: it is not"),
        ("validate --format csv --delimiter ;; rows.jsonl", 2, "--delimiter is ';;'; it must be one character"),
        ("validate --format csv --encoding cp12 rows.jsonl", 2, "--encoding 'cp12' is not known; use utf-8, cp1252"),
        ("validate --format csv --map a=b,c rows.jsonl", 2, "--map has 'c'; write HEADING=FIELD, such as"),
        ("validate --format csv --map a=emial rows.jsonl", 2, "'a' is mapped to 'emial', which is not a field of an"),
        ("validate --format csv --map-file none rows.jsonl", 2, "none cannot be read: No such file"),
        ("send --base-url URL --rate-limit 5 rows.jsonl", 0, ""),
        ("send --base-url URL --rate-limit 0 rows.jsonl", 0, ""),
        ("send --base-url URL --templates bad.jsonl rows.jsonl", 2, "bad.jsonl:2: not JSON"),
        ("send --base-url URL rows.jsonl none.jsonl", 1, "Error: none.jsonl cannot be read"),
        ("send", 2, "Missing argument 'FILE…'. See hubspot-timeline send --help."),
        ("send --token x rows.jsonl", 2, "an access token is never an argument, which other users could see; use"),
        ("send --format xml rows.jsonl", 2, "--format: 'xml' is not one of 'jsonl', 'csv'"),
        ("snd rows.jsonl", 2, "No such command 'snd'"),
        ("validate rows.jsonl", 0, ""),
        ("validate rows.jsonl bad.jsonl", 1, "bad.jsonl:1: not JSON"),
        ("validate bad.jsonl", 3, "bad.jsonl:1: not JSON"),
        ("validate --templates none.json rows.jsonl", 2, "none.json cannot be read: No such file"),
        ("validate none.jsonl", 2, "none.jsonl cannot be read"),
        ("templates --token-file TOKEN list", 2, "No such option: --token-file"),
        ("templates list --token-file TOKEN", 2, "--app-id (or HUBSPOT_TIMELINE_APP_ID) is not set, and templates"),
        ("templates list --app-id 0", 2,
         "--app-id (or HUBSPOT_TIMELINE_APP_ID) is 0; it must be a whole number from 1 to 2147483647"),
        ("sandbox --port PORT", 2, "port PORT of 127.0.0.1 cannot be used: Address already in use; choose another, or"),
        ("sandbox --port 0 --latency -1", 2, "--latency: '-1' is not a latency: its numbers must be from 0 to 86400"),
        ("sandbox --port 0 --database none/x", 2, "the database none/x cannot be used: unable to open"),
    ],
)  # fmt: skip
def test_each_exit_code_has_its_message(
    tmp_path: Path, sandbox: SandboxServer, command: str, code: int, error: str
) -> None:
    """The message names the cause in the words of the command, without a traceback or a secret."""
    (tmp_path / "rows.jsonl").write_text(LINE % "a")
    (tmp_path / "bad.jsonl").write_text("{\n")
    (tmp_path / "empty").write_text("")
    (tmp_path / "TOKEN").write_text("very-secret")
    port = sandbox.url.rpartition(":")[2]
    command = command.replace("URL", f"{sandbox.url} --token-file TOKEN").replace("PORT", port)

    ended = run_here(*command.split(), folder=tmp_path)

    assert ended.code == code, ended.err
    message, error = " ".join(ended.err.split()), error.replace("PORT", port)
    assert (f"Error: {error}" if code == 2 else error) in message
    assert not any(text in ended.err + ended.out for text in ("Traceback", "very-secret", "Invalid value"))


def test_many_events_are_created_once_each(tmp_path: Path) -> None:
    """The sandbox's database and the report agree; the sender needs less than 120 MB."""
    count = examples(30_000, 100_000)
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


def test_the_version_is_that_of_the_package_and_imports_no_harness(tmp_path: Path) -> None:
    """Each command imports what it needs only when it runs."""
    ended = run_here("--version", folder=tmp_path)
    code = "import sys; before = {*sys.modules}; import hubspot_timeline.cli.app; print(*{*sys.modules} - before)"
    imported = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert (ended.code, ended.out) == (0, version("hubspot-timeline") + "\n")
    assert not {"hubspot_timeline_testing", "starlette", "schemathesis", "hypothesis", "sqlite3", "redis"} & set(
        imported
    )


INSTALL = "pip install 'hubspot-timeline[cli,sandbox]' (in a clone: pip install -e '.[cli,sandbox]')"


@pytest.mark.parametrize(
    ("missing", "arguments", "advice"),
    [
        ("typer", "--help", f"Error: typer is missing; {INSTALL}"),
        ("rich", "send", f"Error: rich is missing; {INSTALL}"),
        ("starlette", "sandbox --port 0", f"starlette is missing: {INSTALL.replace('cli,', '')}"),
    ],
)
def test_a_missing_library_is_named(missing: str, arguments: str, advice: str) -> None:
    """The message has what to install; the exit code is that of bad usage."""
    code = f"import sys; sys.modules[{missing!r}] = None; from hubspot_timeline.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments.split()], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    assert advice in ended.stderr
    assert "Traceback" not in ended.stderr
