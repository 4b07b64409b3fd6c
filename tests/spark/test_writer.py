"""The writer of the data source, without Java: what its tasks send, what their reports say, and when it fails."""

import json
import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline.accounts.pool import AccountPool
from hubspot_timeline.base_client import Runtime
from hubspot_timeline.errors import OptionError, TimelineError
from hubspot_timeline.spark.batch_writer import TimelineWriter
from hubspot_timeline.spark.options import parse_options
from hubspot_timeline.spark.stream_writer import TimelineStreamWriter
from hubspot_timeline.spark.task import Attempt
from hubspot_timeline_testing.sandbox import Account, Fault, FaultPlan, RequestLimit, SandboxServer, SandboxSettings
from pyspark_hubspot_timeline import DefaultSource
from tests.helpers.fake_time import FakeTime
from tests.helpers.spark_tasks import batches, row, schema, task

CREDENTIALS = "tests.helpers.spark_faults:token"
ROWS = [row(f"e{n}", "ab"[n % 2]) for n in range(20)]
IDS = [f"e{n}" for n in range(20)]


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    accounts = [Account(name=name, access_token=f"token-{name}") for name in "ab"]
    with SandboxServer(settings=SandboxSettings(accounts=accounts)) as server:
        yield server


@pytest.fixture(autouse=True)
def fault_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fault").write_text("", encoding="utf-8")
    monkeypatch.setenv("TEST_FAULT_FILE", str(tmp_path / "fault"))


def writer(sandbox: SandboxServer, **options: Any) -> TimelineWriter:
    source = DefaultSource({"baseUrl": sandbox.url, "credentials": CREDENTIALS} | options)
    found = source.writer(schema(), overwrite=False)
    assert isinstance(found, TimelineWriter)
    return found


def read_report(folder: Path) -> dict[str, Any]:
    [file] = folder.glob("report-*.json")
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return report


def test_a_task_reports_each_account(sandbox: SandboxServer, tmp_path: Path) -> None:
    """And the commit writes the report of all."""
    sink = writer(sandbox, reportPath=str(tmp_path))
    with task():
        report = sink.write(batches(*ROWS))
    sandbox.control.assert_exactly_once(IDS)
    assert {name: counts["created"] for name, counts in report.accounts.items()} == {"a": 10, "b": 10}
    sink.commit([report])
    found = read_report(tmp_path)
    assert (found["created"], found["stopped"], found["accounts"][0]["account"]) == (20, [], "a")
    assert [path.name for path in tmp_path.glob("_attempts/*")] == []


@pytest.mark.parametrize(
    ("attempt", "options", "expected"),
    [(0, {}, (0, 20)), (1, {}, (20, 0)), (0, {"duplicates": "ok"}, (20, 0))],
    ids=["first", "later", "first, when they are expected"],
)
def test_duplicates_of_a_later_attempt_are_in_the_service(
    sandbox: SandboxServer, attempt: int, options: dict[str, str], expected: tuple[int, int]
) -> None:
    """Since the one before sent them; those of a first attempt are rejected, since they may hide other events."""
    sink = writer(sandbox, onRejected="ignore", rateLimit="110/0.01s", **options)
    with task():
        sink.write(batches(*ROWS))
    with task(attempt=attempt):
        report = sink.write(batches(*ROWS))
    assert (report.counts["existing"], report.counts["duplicates"]) == expected


def test_an_attempt_of_a_repeated_stage_is_a_later_one(sandbox: SandboxServer, tmp_path: Path) -> None:
    """Although Spark numbers it 0: the folder of the report records attempts."""
    sink = writer(sandbox, reportPath=str(tmp_path), rateLimit="110/0.01s")
    with task(task_id=1):
        sink.write(batches(*ROWS))
    with task(task_id=2):
        assert sink.write(batches(*ROWS)).counts["existing"] == len(ROWS)


def test_an_attempt_that_was_overtaken_does_not_count(sandbox: SandboxServer, tmp_path: Path) -> None:
    """Its duplicates are those of the other attempt, which its report could not know."""
    sink = writer(sandbox, reportPath=str(tmp_path), onRejected="ignore", rateLimit="110/0.01s")

    def overtaken() -> Iterator[Any]:
        with task(task_id=2, attempt=1):
            sink.write(batches(*ROWS))
        yield from batches(*ROWS)

    with task(task_id=1), pytest.raises(TimelineError, match="Another attempt of this task"):
        sink.write(overtaken())
    sandbox.control.assert_exactly_once(IDS)


@pytest.mark.parametrize(
    ("context", "options", "waits"),
    [
        ({}, {}, []),
        ({"attempt": 1}, {}, [10.0]),
        ({"attempt": 1}, {"rateLimit": "20/3.5s"}, [3.5]),
        ({"attempt": 1}, {"rateStore": "redis://127.0.0.1/0"}, []),
        ({"streaming_sql_batchId": "0"}, {}, []),
        ({"streaming_sql_batchId": "4"}, {}, [10.0]),
    ],
)
def test_what_follows_other_requests_waits_one_window(
    context: dict[str, Any], options: dict[str, str], waits: list[float]
) -> None:
    """Once, before the first row, unless the limit is shared: a later attempt, and a later micro-batch."""
    time = FakeTime()
    parsed = parse_options({"credentials": CREDENTIALS, **options})
    with task(**context):
        rows = [*Attempt.begin(parsed, "run").rows(batches(*ROWS[:3]), parsed, time.sleep)]
    assert (rows, time.waits) == (ROWS[:3], waits)


def test_speculation_is_refused(sandbox: SandboxServer) -> None:
    """Before a row is read, unless it is allowed."""
    with (
        task(spark_speculation="true"),
        pytest.raises(OptionError, match=r"spark.speculation is true.*set it to false"),
    ):
        writer(sandbox).write(batches(*ROWS))
    assert sandbox.control.counts()["requests"] == 0
    with task(spark_speculation="true"):
        writer(sandbox, allowSpeculation="true").write(batches(*ROWS))
    sandbox.control.assert_exactly_once(IDS)


def test_rejected_rows_are_published_by_the_commit(sandbox: SandboxServer, tmp_path: Path) -> None:
    """Those of the attempt that counts, each with its account: an invalid one, one without id, one without account."""
    sink = writer(sandbox, deadLetterPath=str(tmp_path), rateLimit="110/0.01s")
    rows = [*ROWS, row("bad", "b", email="nobody"), row(None), row("lost", None)]  # type: ignore[arg-type]
    with task(task_id=1):
        sink.write(batches(*rows))
    with task(task_id=2, attempt=1):
        report = sink.write(batches(*rows))
    assert not [*tmp_path.glob("*.jsonl")]
    sink.commit([report])
    [file] = tmp_path.glob("*.jsonl")
    letters = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    found = {(letter["origin"], letter["event"].get("id"), letter["error"]["field"]) for letter in letters}
    assert found == {("account b", "bad", "email"), ("account a", None, "id"), ("account None", "lost", None)}
    assert not [*tmp_path.glob("_attempts/*")]


def test_rejected_rows_fail_the_commit_without_a_folder(sandbox: SandboxServer) -> None:
    """Once all is sent, with what is wrong and what to do."""
    sink = writer(sandbox)
    with task():
        report = sink.write(batches(*ROWS, row("bad", email="nobody")))
    sandbox.control.assert_exactly_once(IDS)
    with pytest.raises(TimelineError, match=r"1 event rejected .*bad \(a\): email: .* 20 created. .*duplicates=ok"):
        sink.commit([report])


def test_a_refused_account_fails_the_commit_and_no_task(sandbox: SandboxServer, tmp_path: Path) -> None:
    """Another attempt would not help it, and the other accounts are sent."""
    sink = writer(sandbox, reportPath=str(tmp_path))
    with task():
        report = sink.write(batches(*ROWS, row("x", "stranger")))
    sandbox.control.assert_exactly_once(IDS)
    with pytest.raises(TimelineError, match="1 event of 1 account not sent: stranger: 401"):
        sink.commit([report])
    assert [each["account"] for each in read_report(tmp_path)["stopped"]] == ["stranger"]


def test_a_task_fails_if_another_attempt_may_help(sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an outage that lasted longer than all retries."""
    time = FakeTime()
    monkeypatch.setattr(AccountPool, "_runtime", Runtime(time.clock, time.async_sleep))
    sandbox.control.set_faults(FaultPlan(script=[Fault.HTTP_503] * 100))
    with task(), pytest.raises(TimelineError, match="20 events of this task may be missing; Spark repeats it"):
        writer(sandbox).write(batches(*ROWS))


def test_equal_rows_have_different_ids_by_content(sandbox: SandboxServer) -> None:
    """Which are the same in each run; the ids of rows that have one stay."""
    rows = [row(None), row(None), row("mine")]
    reports = []
    for attempt in (0, 1):
        with task(attempt=attempt):
            reports.append(writer(sandbox, ids="content", rateLimit="110/0.01s").write(batches(*rows)))
    assert [report.counts["existing"] for report in reports] == [0, 3]
    assert sandbox.control.counts()["events"] == 3
    assert sandbox.control.event("1000123", "mine")


def test_a_stream_takes_what_exists_for_its_last_micro_batch(sandbox: SandboxServer, tmp_path: Path) -> None:
    """Which it repeats after a failure; the files of each have the number of the micro-batch."""
    options = {"baseUrl": sandbox.url, "credentials": CREDENTIALS, "rateLimit": "110/0.01s"}
    reports = []
    for _ in range(2):
        sink = DefaultSource(options).streamWriter(schema(), overwrite=False)
        assert isinstance(sink, TimelineStreamWriter)
        with task(streaming_sql_batchId="12"):
            reports.append(sink.write(batches(*ROWS)))
    with_report = {**options, "reportPath": str(tmp_path)}
    TimelineStreamWriter(schema(), with_report, overwrite=False).commit([reports[-1]], batchId=12)
    found = read_report(tmp_path)
    assert (found["run"], found["created"], found["existing"]) == ("batch-00000012", 20, 20)


def attempt_in_process(url: str, store: str, attempt: int, barrier: Any, reports: Any) -> None:
    options = {"baseUrl": url, "credentials": CREDENTIALS, "rateStore": store, "rateLimit": "12/0.5s", "batchSize": "1"}
    sink = DefaultSource({**options, "onRejected": "ignore"}).writer(schema(), overwrite=False)
    barrier.wait()
    with task(attempt=attempt):
        report: Any = sink.write(batches(*ROWS))
    reports.put((attempt, report.counts))


@pytest.mark.slow
def test_two_attempts_at_once_create_each_event_once(redis: str) -> None:
    """In two processes, as after an executor that was thought lost; together they keep to the limit.

    The window of the sandbox is shorter than theirs, since a busy machine delays requests.
    """
    context = multiprocessing.get_context("spawn")
    barrier, reports = context.Barrier(2), context.Queue()
    accounts = [Account(name=name, access_token=f"token-{name}") for name in "ab"]
    with SandboxServer(settings=SandboxSettings(accounts=accounts, limit=RequestLimit(12, 0.25))) as sandbox:
        arguments = (sandbox.url, f"{redis}#spark-attempts")
        processes = [
            context.Process(target=attempt_in_process, args=(*arguments, attempt, barrier, reports))
            for attempt in (0, 1)
        ]
        for process in processes:
            process.start()
        found = dict(reports.get(timeout=60) for _ in processes)
        for process in processes:
            process.join(60)
        sandbox.control.assert_exactly_once(IDS)
        assert sandbox.control.counts()["limited"] == 0
    assert found[1]["created"] == len(ROWS)  # it counts
    assert found[0]["created"] + found[0]["duplicates"] == len(ROWS)
    assert found[0]["duplicates"] + found[1]["existing"] == len(ROWS)
