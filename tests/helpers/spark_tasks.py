"""Tasks of Spark without Java: the writer gets its rows and its context as on an executor."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyarrow import RecordBatch
from pyspark import TaskContext
from pyspark.sql.types import StructType

from hubspot_timeline.spark.columns import BY_ACCOUNT

COLUMNS = ("id", "account", "eventTemplateId", "tokens", "email")


def schema(*columns: str, by_account: bool = True) -> StructType:
    """Return the schema of a DataFrame with columns of text, which events_by_account has arranged."""
    found = StructType()
    for name in columns or COLUMNS:
        found.add(name, "string", metadata={BY_ACCOUNT: by_account})
    return found


def row(event_id: str | None, account: str = "a", **fields: Any) -> dict[str, Any]:
    """Return a row with these columns."""
    event = {"eventTemplateId": "1000123", "tokens": '{"seats": "3"}', "email": f"{event_id}@example.com"}
    return {"id": event_id, "account": account, **event, **fields}


def batches(*rows: dict[str, Any]) -> Iterator[RecordBatch]:
    """Yield the rows as Spark gives them to a task."""
    yield RecordBatch.from_pylist(list(rows))


@contextmanager
def task(*, attempt: int = 0, task_id: int = 7, **properties: str) -> Iterator[None]:
    """Run in a task, with local properties whose dots are written as underscores."""
    names = {name.replace("_", "."): value for name, value in properties.items()}
    context = TaskContext(partitionId=3, attemptNumber=attempt, taskAttemptId=task_id, localProperties=names)
    TaskContext._setTaskContext(context)  # noqa: SLF001 - as its worker does
    try:
        yield
    finally:
        TaskContext._setTaskContext(None)  # noqa: SLF001
