"""A cluster of two executors, and a driver that is killed: each event is in the service exactly once."""

import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hubspot_timeline.spark import events_by_account
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.java import require_java
from tests.helpers.spark_faults import Fault, FaultySource
from tests.helpers.spark_jobs import CREATED, SCHEMA, options, require_exactly_once, require_report, rows
from tests.spark.conftest import new_session, task_environment

pytestmark = pytest.mark.long

Job = Callable[[dict[str, str], Path], None]
Run = Callable[[Job, Fault, dict[str, str]], int | None]


@pytest.fixture
def run(sandbox: SandboxServer, fault_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a job in a process of its own and returns its exit code."""
    require_java()
    for name, value in task_environment(sandbox.url, fault_file).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def run_job(job: Job, fault: Fault, given: dict[str, str]) -> int | None:
        fault_file.write_text(fault, encoding="utf-8")
        process = multiprocessing.get_context("spawn").Process(target=job, args=(given, tmp_path))
        process.start()
        process.join(300)
        return process.exitcode

    return run_job


def batch_on_a_cluster(given: dict[str, str], folder: Path) -> None:
    """Write the rows from two tasks, each on an executor of its own."""
    environment = {f"spark.executorEnv.{name}": os.environ[name] for name in task_environment("", folder)}
    session = new_session("local-cluster[2,1,768]", **environment)
    session.dataSource.register(FaultySource)
    arranged = events_by_account(session.createDataFrame(rows(), SCHEMA).coalesce(1), tasks=2)
    arranged.write.format(FaultySource.name()).mode("append").options(**given).save()
    session.stop()


def stream(given: dict[str, str], folder: Path) -> None:
    """Write the rows of a stream, and end."""
    session = new_session("local[2,4]")
    session.dataSource.register(FaultySource)
    source = str(folder / "source")
    if not Path(source).exists():
        session.createDataFrame(rows(), SCHEMA).coalesce(1).write.json(source)
    arranged = events_by_account(session.readStream.schema(SCHEMA).json(source), tasks=2)
    writer = arranged.writeStream.format(FaultySource.name()).options(**given).trigger(availableNow=True)
    writer.option("checkpointLocation", str(folder / "checkpoint")).start().awaitTermination()
    session.stop()


@pytest.mark.parametrize("fault", ["raise", "exit", "kill-executor"])
def test_a_cluster_repeats_what_failed(
    run: Run, sandbox: SandboxServer, tmp_path: Path, redis: str, fault: Fault
) -> None:
    """A task that raises, a worker that exits, an executor that is killed and takes its shuffle files along.

    Without them Spark repeats the stage beside the task that still runs, so these share the limit.
    """
    given = options(sandbox, tmp_path)
    if fault == "kill-executor":
        given |= {"rateStore": f"{redis}#spark-cluster", "rateLimit": "12/2s"}  # a busy machine delays requests
    assert run(batch_on_a_cluster, fault, given) == 0
    require_exactly_once(sandbox)
    require_report(tmp_path, existing=True, tasks=2)


def test_a_driver_that_is_killed_between_write_and_commit_repeats_its_batch(
    run: Run, sandbox: SandboxServer, tmp_path: Path
) -> None:
    """With the same ids, in another session."""
    assert run(stream, "kill-driver", options(sandbox, tmp_path)) != 0
    assert sandbox.control.counts()["events"] == len(CREATED)
    assert run(stream, "", options(sandbox, tmp_path)) == 0
    require_exactly_once(sandbox)
    assert require_report(tmp_path, existing=True, tasks=2)["existing"] == len(CREATED)
