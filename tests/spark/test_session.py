"""Spark for real: each event is in the service exactly once, and the report is right, whatever happens to its tasks."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession

from hubspot_timeline.spark import events_by_account, outcomes
from hubspot_timeline_testing.sandbox import SandboxServer
from pyspark_hubspot_timeline import DefaultSource
from tests.helpers.spark_faults import Fault, FaultySource
from tests.helpers.spark_jobs import (
    ACCOUNTS,
    COUNT,
    CREATED,
    REJECTED,
    SCHEMA,
    options,
    require_exactly_once,
    require_report,
    rows,
)

SetFault = Callable[[Fault], object]


@pytest.fixture
def set_fault(fault_file: Path) -> SetFault:
    return lambda fault: fault_file.write_text(fault, encoding="utf-8")


@pytest.fixture
def df(spark: SparkSession) -> DataFrame:
    return spark.createDataFrame(rows(), SCHEMA).coalesce(1)  # in their order


@pytest.mark.parametrize(("fault", "source"), [("raise", FaultySource), ("exit", DefaultSource)])
def test_a_task_that_fails_in_the_middle_is_repeated(
    df: DataFrame,
    sandbox: SandboxServer,
    tmp_path: Path,
    set_fault: SetFault,
    fault: Fault,
    source: type[DefaultSource],
) -> None:
    """One that raises, and one whose Python worker exits: what it had sent counts as in the service."""
    if source is not DefaultSource:  # which needs no registration
        df.sparkSession.dataSource.register(source)
    set_fault(fault)
    writer = events_by_account(df, tasks=1).write.format(source.name()).mode("append")
    writer.options(**options(sandbox, tmp_path)).save()
    require_exactly_once(sandbox)
    require_report(tmp_path, existing=True, tasks=1)


def test_outcomes_are_a_data_frame(df: DataFrame, sandbox: SandboxServer, tmp_path: Path) -> None:
    """With what became of each event, from several tasks."""
    found = outcomes(events_by_account(df, accounts_per_task=2), **options(sandbox, tmp_path)).collect()
    require_exactly_once(sandbox)
    assert {row.id for row in found if row.outcome == "created" and row.error is None} == CREATED
    assert {row.id for row in found if row.outcome == "rejected" and "email" in row.error} == REJECTED
    assert Counter(row.account for row in found) == dict.fromkeys(ACCOUNTS, COUNT // 3)


def test_a_stream_that_is_killed_between_write_and_commit_repeats_its_batch(
    spark: SparkSession, df: DataFrame, sandbox: SandboxServer, tmp_path: Path, set_fault: SetFault
) -> None:
    """With the same ids, which count as in the service."""
    spark.dataSource.register(FaultySource)
    df.write.json(str(tmp_path / "source"))
    stream = events_by_account(spark.readStream.schema(SCHEMA).json(str(tmp_path / "source")), tasks=2)
    writer = (
        stream.writeStream.format("faulty_hubspot_timeline")
        .options(**options(sandbox, tmp_path), checkpointLocation=str(tmp_path / "checkpoint"))
        .trigger(availableNow=True)
    )
    set_fault("kill-commit")
    with pytest.raises(StreamingQueryException):
        writer.start().awaitTermination()
    assert sandbox.control.counts()["events"] == len(CREATED)
    assert not [*(tmp_path / "reports").glob("*.json")]

    writer.start().awaitTermination()
    require_exactly_once(sandbox)
    report = require_report(tmp_path, existing=True, tasks=2)
    assert (report["run"], report["existing"]) == ("batch-00000000", len(CREATED))
