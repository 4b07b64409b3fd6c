"""DataFrames: arranged so that one task has all rows of an account, and with the outcome of each event."""

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from math import ceil
from typing import Any
from uuid import uuid4

from pyarrow import RecordBatch, schema, string
from pyspark.sql import DataFrame
from pyspark.sql.functions import approx_count_distinct

from hubspot_timeline.delivery.outcomes import Created, Outcome
from hubspot_timeline.errors import OptionError
from hubspot_timeline.spark.columns import BY_ACCOUNT, require_columns
from hubspot_timeline.spark.options import SinkOptions, parse_options
from hubspot_timeline.spark.task import Attempt, RowBatch

_COLUMNS = ("id", "account", "outcome", "error")
_ARROW_SCHEMA = schema([(name, string()) for name in _COLUMNS])
_PAGE = 1_000  # outcomes


def events_by_account(
    df: DataFrame, account_column: str = "account", *, accounts_per_task: int = 50, tasks: int | None = None
) -> DataFrame:
    """Return the rows arranged so that all rows of an account are in one task, which keeps to its rate limit.

    A task serves its accounts at once. Their number is estimated, for which Spark reads the rows once more, unless
    `tasks` is given. Rows without a column of this name, which are of one account, go to one task.
    Raises OptionError for a stream without `tasks`, whose accounts cannot be counted.
    """
    first = df.columns[0]
    marked = df.withMetadata(first, {**df.schema[first].metadata, BY_ACCOUNT: True})
    if account_column not in df.columns:
        return marked.repartition(1)
    if tasks is None:
        if df.isStreaming:
            raise OptionError("tasks is not set, and the accounts of a stream cannot be counted; give tasks=")
        [[accounts]] = df.agg(approx_count_distinct(account_column)).collect()
        tasks = max(1, ceil(accounts / accounts_per_task))
    return marked.repartition(tasks, account_column)


def outcomes(df: DataFrame, **options: Any) -> DataFrame:
    """Return a DataFrame of what became of each event: id, account, outcome ("created", …, "unsent") and error.

    The options are those of the data source. Nothing is sent before an action, and each action sends all rows again:
    write the outcomes to a table once, and read that. A task does not fail for its events.
    Raises OptionError as the data source does.
    """
    parsed = parse_options(options)
    require_columns(df.schema, parsed)
    task = partial(_outcomes_of_task, parsed, f"outcomes-{uuid4()}")
    return df.mapInArrow(task, ", ".join(f"{name} string" for name in _COLUMNS))


def _outcomes_of_task(options: SinkOptions, run: str, batches: Iterable[RowBatch]) -> Iterator[RecordBatch]:
    attempt, maker = Attempt.begin(options, run), options.event_maker()
    with attempt.pool(options) as pool:
        results = pool.stream(
            attempt.rows(batches, options), account=maker.account, make=maker.event, validate=options.templates
        )
        while page := [_row(outcome) for outcome in islice(results, _PAGE)]:
            yield RecordBatch.from_pylist(page, _ARROW_SCHEMA)


def _row(outcome: Outcome) -> dict[str, str | None]:
    error = None if isinstance(outcome, Created) else str(outcome.error)  # type: ignore[attr-defined]
    return {"id": outcome.id, "account": outcome.account, "outcome": type(outcome).__name__.lower(), "error": error}
