"""The Spark data source `hubspot_timeline`, which Spark finds by the name of this package, without registration.

Spark imports it at the first Python data source of any kind, so it loads nothing else before it is used.
"""

from pyspark.sql.datasource import DataSource, DataSourceStreamWriter, DataSourceWriter
from pyspark.sql.types import StructType


class DefaultSource(DataSource):
    """Writes events: `events_by_account(df).write.format("hubspot_timeline").mode("append").options(…).save()`."""

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return "hubspot_timeline"

    def writer(self, schema: StructType, overwrite: bool) -> DataSourceWriter:
        """Return the writer of a batch. Raises OptionError if rows of this schema cannot be sent with these options."""
        from hubspot_timeline.spark.batch_writer import TimelineWriter  # noqa: PLC0415

        return TimelineWriter(schema, self.options, overwrite=overwrite)

    def streamWriter(  # noqa: N802 - Spark's name
        self,
        schema: StructType,
        overwrite: bool,
    ) -> DataSourceStreamWriter:
        """Return the writer of a stream. Raises OptionError as `writer` does."""
        from hubspot_timeline.spark.stream_writer import TimelineStreamWriter  # noqa: PLC0415

        return TimelineStreamWriter(schema, self.options, overwrite=overwrite)
