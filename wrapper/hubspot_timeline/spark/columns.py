"""Checks on the driver that the rows of a schema can be sent exactly once, and within the rate limit."""

from pyspark.sql.types import StructType

from hubspot_timeline.errors import OptionError
from hubspot_timeline.spark.options import SinkOptions
from hubspot_timeline.tables import FIELDS
from hubspot_timeline.templates.suggestions import suggestion

BY_ACCOUNT = "hubspot_timeline.by_account"
"""The metadata of a column whose accounts each have all their rows in one task."""


def require_columns(schema: StructType, options: SinkOptions) -> None:
    """Raise OptionError, with what to do, for rows that could be sent twice, too fast or not at all."""
    names = schema.fieldNames()
    is_content = options.ids == "content"
    if not is_content and options.id_column not in names:
        raise OptionError(
            f"the column {options.id_column!r} is missing, and an event without an id is created again whenever Spark "
            "repeats a task; add a column of ids that are stored with the rows (not uuid() or "
            "monotonically_increasing_id(), which differ each time), name it by option idColumn, or set option "
            "ids=content"
        )
    known = {*FIELDS, options.id_column, options.account_column} - ({"id"} if options.id_column != "id" else set())
    if unknown := [name for name in names if name not in known]:
        raise OptionError(
            f"column {unknown[0]!r} is not a field of an event; {suggestion(unknown[0], sorted(known))}; drop the "
            "column, or rename it"
        )
    if (options.account_column in names) != (options.credentials is not None):
        raise OptionError(
            f"rows with a column of accounts ({options.account_column!r}; option accountColumn) need option "
            "credentials=module:function, which returns the access token of each, and no other rows do"
        )
    is_arranged = any(column.metadata.get(BY_ACCOUNT) for column in schema.fields)
    if not is_arranged and (is_content or not options.has_shared_limit):
        shared = "" if is_content else ", or share the limit by option rateStore=redis://…"
        raise OptionError(
            "several tasks may have rows of one account, and together exceed its rate limit; write "
            f"events_by_account(df), which is in hubspot_timeline.spark{shared}"
        )
