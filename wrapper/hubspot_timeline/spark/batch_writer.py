"""The writer of a batch; its tasks are pickled to the executors."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from uuid import uuid4

from pyspark.sql.datasource import DataSourceArrowWriter, WriterCommitMessage
from pyspark.sql.types import StructType

from hubspot_timeline.errors import OptionError
from hubspot_timeline.spark.columns import require_columns
from hubspot_timeline.spark.commit import commit, discard
from hubspot_timeline.spark.options import SinkOptions, parse_options
from hubspot_timeline.spark.shared_folder import SharedFolder
from hubspot_timeline.spark.task import Attempt, RowBatch, TaskReport, send_rows


class TimelineWriter(DataSourceArrowWriter):
    """Sends the rows of a DataFrame. Raises OptionError for options or columns that cannot be sent."""

    def __init__(self, schema: StructType, options: Mapping[str, str], *, overwrite: bool) -> None:
        self._options = checked_options(schema, options, overwrite=overwrite)
        self._run = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"

    def write(self, iterator: Iterator[RowBatch]) -> TaskReport:
        """Send the rows of one task, on an executor."""
        return send_rows(iterator, self._options, Attempt.begin(self._options, self._run))

    def commit(self, messages: list[WriterCommitMessage | None]) -> None:
        """Publish the report and the dead letters, on the driver. Raises TimelineError for events not sent."""
        commit(self._options, self._run, messages)

    def abort(self, messages: list[WriterCommitMessage | None]) -> None:  # noqa: ARG002 - Spark's signature
        """Delete the files of attempts; the events that were created stay."""
        discard(self._options, self._run)


def checked_options(schema: StructType, given: Mapping[str, str], *, overwrite: bool) -> SinkOptions:
    """Return the options of a writer. Raises OptionError."""
    options = parse_options(given)
    SharedFolder.of("deadLetterPath", options.dead_letter_path)
    SharedFolder.of("reportPath", options.report_path)
    if overwrite:
        raise OptionError('events cannot be overwritten; use .mode("append"), or .outputMode("append") for a stream')
    require_columns(schema, options)
    return options
