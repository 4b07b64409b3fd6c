"""What tasks of Spark run in tests: the access tokens of the accounts, and a fault in the first attempt of a task."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pyspark import TaskContext
from pyspark.sql.datasource import WriterCommitMessage

from hubspot_timeline.spark.batch_writer import TimelineWriter
from hubspot_timeline.spark.stream_writer import TimelineStreamWriter
from hubspot_timeline.spark.task import TaskReport
from hubspot_timeline_testing.sandbox import SandboxControl
from pyspark_hubspot_timeline import DefaultSource

URL_VARIABLE = "TEST_SANDBOX_URL"
FAULT_VARIABLE = "TEST_FAULT_FILE"
"""Names the file with the fault, since the environment of the tasks cannot change."""

Fault = Literal["", "raise", "exit", "kill-executor", "kill-commit", "kill-driver"]


def token(account: str) -> str:
    """Return the access token of an account; the fault comes with account c, once events of account a were sent."""
    if account == "c" and _is_due("exit"):
        os._exit(13)
    if account == "c" and _is_due("kill-executor"):
        os.kill(_java_of(os.getpid()), signal.SIGKILL)
    return f"token-{account}"


class FaultySource(DefaultSource):
    """The data source with faults: rows that raise, a process that is killed between write and commit."""

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return "faulty_hubspot_timeline"

    def writer(self, schema: Any, overwrite: bool) -> TimelineWriter:
        """Return the writer of a batch."""
        return _RaisingWriter(schema, self.options, overwrite=overwrite)

    def streamWriter(self, schema: Any, overwrite: bool) -> TimelineStreamWriter:  # noqa: N802 - Spark's name
        """Return the writer of a stream."""
        return _DyingWriter(schema, self.options, overwrite=overwrite)


class _RaisingWriter(TimelineWriter):
    def write(self, iterator: Iterator[Any]) -> TaskReport:
        return super().write(_raising(iterator))


class _DyingWriter(TimelineStreamWriter):
    def commit(self, messages: list[WriterCommitMessage | None], batchId: int) -> None:  # noqa: N803 - Spark's name
        if _take("kill-commit"):
            os.kill(os.getpid(), signal.SIGKILL)
        if _take("kill-driver"):
            os.kill(_java_of(os.getpid()), signal.SIGKILL)
            time.sleep(60)  # this process ends with it
        super().commit(messages, batchId)


def _raising(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield batches of rows, and raise after the second, once events of them were sent."""
    for number, batch in enumerate(batches):
        if number == 1:
            time.sleep(0.05)  # rows that come at once are sent only when the next one is waited for
        if number > 1 and _is_due("raise"):
            raise RuntimeError("a fault of the test")
        yield batch


def _is_due(fault: Fault) -> bool:
    context = TaskContext.get()
    if context is None or context.attemptNumber() or not _take(fault):
        return False
    with SandboxControl(os.environ[URL_VARIABLE]) as control:
        for _ in range(2_000):
            if any(request["account"] == "a" and request["status"] < 300 for request in control.requests()):
                return True
            time.sleep(0.01)
    return False


def _take(fault: Fault) -> bool:
    file = Path(os.environ[FAULT_VARIABLE])
    is_set = file.read_text(encoding="utf-8") == fault
    if is_set:
        file.write_text("", encoding="utf-8")
    return is_set


def _java_of(process: int) -> int:
    """Return the Java process that a Python worker belongs to."""
    name, _, status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")
    return process if name.endswith("(java") else _java_of(int(status.split()[1]))
