"""A dlt destination that sends rows as events: `dlt.pipeline(…, destination=hubspot_timeline(…))`."""

import logging
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import dlt
from dlt.common.destination.exceptions import DestinationTerminalException, DestinationTransientException
from dlt.common.schema import TTableSchema
from dlt.common.typing import TDataItems, TSecretStrValue

from hubspot_timeline.accounts.pool import AccountPool
from hubspot_timeline.config import BASE_URL
from hubspot_timeline.delivery.outcomes import Rejected
from hubspot_timeline.errors import counted
from hubspot_timeline.files.dead_letters import DeadLetters
from hubspot_timeline.tables import FINAL_ERRORS, ONE_ACCOUNT, EventMaker, dead_row, tokens_by_account

_log = logging.getLogger(__name__)


@dlt.destination(
    name="hubspot_timeline",
    batch_size=1_000,
    loader_file_format="typed-jsonl",
    naming_convention="direct",
    max_table_nesting=0,
    skip_dlt_columns_and_tables=True,
    loader_parallelism_strategy="sequential",
)
def hubspot_timeline(
    items: TDataItems,
    table: TTableSchema,  # noqa: ARG001 - as dlt calls it
    *,
    token: TSecretStrValue | None = dlt.secrets.value,
    token_function: str | None = None,
    base_url: str = BASE_URL,
    api: str = "v3",
    id_column: str = "id",
    account_column: str | None = None,
    dead_letters: str | None = None,
) -> None:
    """Send rows whose columns are the JSON names of the fields of an event; dlt may repeat the last 1,000.

    `token`: an access token, from the secrets of dlt; or `token_function`, "module:function", which returns
    the access token of the account in `account_column`. Without either the environment has it. `id_column`: an id that
    is stored with the rows; `_dlt_id` is another one in each run. `dead_letters`: a file for rows that are rejected.
    Raises DestinationTransientException where a repetition may help; else DestinationTerminalException, also for
    rejected rows without `dead_letters`.
    """
    maker = EventMaker(account_column, id_column)
    with ExitStack() as stack:
        letters = stack.enter_context(DeadLetters(Path(dead_letters))) if dead_letters else None
        report = _pool(token, token_function, base_url, api).send(items, account=maker.account, make=maker.event)
        errors = [failure.error for failure in report.failures if not isinstance(failure, Rejected)]
        rejected = [failure for failure in report.failures if isinstance(failure, Rejected)]
        if letters:
            for failure in rejected:
                letters.write(failure, dead_row(failure))
    if repeatable := [error for error in errors if not isinstance(error, FINAL_ERRORS)]:
        raise DestinationTransientException(f"{counted(len(errors), 'event')} may be missing: {repeatable[0]}")
    if errors:
        raise DestinationTerminalException(f"{counted(len(errors), 'event')} not sent: {errors[0]}")
    if rejected and not letters:
        raise DestinationTerminalException(
            f"{counted(len(rejected), 'event')} rejected: {rejected[0].id}: {rejected[0].error}; set dead_letters to a "
            "file for such rows, and the others go on"
        )
    if rejected:
        _log.warning("%s rejected, see %s", counted(len(rejected), "event"), dead_letters)


@cache
def _pool(token: str | None, token_function: str | None, base_url: str, api: str) -> AccountPool:
    """Return the pool of this process, since the next call has to keep to the same rate limit."""
    tokens = tokens_by_account(token_function) if token is None else {ONE_ACCOUNT: token}
    return AccountPool(tokens, base_url=base_url, api=api, duplicates="ok")
