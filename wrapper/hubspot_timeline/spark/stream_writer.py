"""The writer of a stream, which repeats its last micro-batch after a failure."""

from collections.abc import Iterator, Mapping

from pyspark.sql.datasource import DataSourceStreamArrowWriter, WriterCommitMessage
from pyspark.sql.types import StructType

from hubspot_timeline.errors import OptionError
from hubspot_timeline.spark.batch_writer import checked_options
from hubspot_timeline.spark.commit import commit
from hubspot_timeline.spark.task import Attempt, RowBatch, TaskReport, send_rows


class TimelineStreamWriter(DataSourceStreamArrowWriter):
    """Sends the rows of each micro-batch. Raises OptionError for options or columns that cannot be sent."""

    def __init__(self, schema: StructType, options: Mapping[str, str], *, overwrite: bool) -> None:
        self._options = checked_options(schema, options, overwrite=overwrite)
        if self._options.ids == "content":
            raise OptionError("option ids: content is for batches; equal rows of a stream need ids of their own")

    def write(self, iterator: Iterator[RowBatch]) -> TaskReport:
        """Send the rows of one task, on an executor."""
        return send_rows(iterator, self._options, Attempt.begin(self._options, ""))

    def commit(self, messages: list[WriterCommitMessage | None], batchId: int) -> None:  # noqa: N803 - Spark's name
        """Publish the report and the dead letters of a micro-batch. Raises TimelineError for events not sent."""
        commit(self._options, f"batch-{batchId:08}", messages)

    def abort(self, messages: list[WriterCommitMessage | None], batchId: int) -> None:  # noqa: N803 - Spark's name
        """Do nothing: the micro-batch is repeated, and what is recorded of its attempts tells so."""
