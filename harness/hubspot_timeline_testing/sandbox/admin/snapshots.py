"""Snapshots: everything a sandbox stores as one JSON value, and back."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from hubspot_timeline_testing.sandbox.apis import APIS, V3
from hubspot_timeline_testing.sandbox.clock import from_epoch
from hubspot_timeline_testing.sandbox.errors import validation_error
from hubspot_timeline_testing.sandbox.storage.database import TABLES, VERSION, Database, clear
from hubspot_timeline_testing.sandbox.validation.schemas import validator

_MAX_TIMES = 2**31  # how often an event was created; far below the limit of SQLite


def take(database: Database) -> dict[str, Any]:
    """Return everything: {"version": n, "tables": {name: [row, …]}}, each row with its columns."""
    with database.transaction() as connection:
        return {"version": VERSION, "tables": {name: _rows(connection, name) for name in TABLES}}


def restore(database: Database, snapshot: Any) -> None:
    """Replace everything by a snapshot. Raises ServiceError (400), with nothing changed."""
    if not isinstance(snapshot, dict) or snapshot.get("version") != VERSION:
        raise validation_error(f"a snapshot is an object whose version is {VERSION}")
    tables = snapshot.get("tables")
    if not isinstance(tables, dict) or set(tables) != set(TABLES):
        raise validation_error(f"tables must be an object with {', '.join(TABLES)}")
    with database.transaction() as connection:
        clear(connection)
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for name in TABLES:
            _fill(connection, name, tables[name])
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise validation_error("an event or a visitor refers to a record that is not in the snapshot")


def _rows(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY rowid")  # noqa: S608 - constant names
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _fill(connection: sqlite3.Connection, table: str, rows: Any) -> None:
    columns = [column[0] for column in connection.execute(f"SELECT * FROM {table}").description]  # noqa: S608 - constant names
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - constant names
    if not isinstance(rows, list):
        raise validation_error(f"{table} must be a list of rows")
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or set(row) != set(columns):
            raise validation_error(f"{table}[{number}] must be an object with {', '.join(columns)}")
        if not _ROW_CHECKS.get(table, bool)(row):
            raise validation_error(f"{table}[{number}] was not written by a sandbox")
        try:
            connection.execute(statement, [row[column] for column in columns])
        except (sqlite3.Error, OverflowError) as error:
            raise validation_error(f"{table}[{number}]: {error}"[:500]) from error


def _is_template(row: Mapping[str, Any]) -> bool:
    body = _valid_json(row["body"], "TimelineEventTemplate")
    if body is None or body["id"] != row["id"]:
        return False
    has_times = all({"createdAt", "updatedAt"} <= set(part) for part in (body, *body["tokens"]))
    return has_times and all("options" in token for token in body["tokens"])


def _is_event(row: Mapping[str, Any]) -> bool:
    api = APIS.get(str(row["api"]))
    result = _valid_json(row["result"], api.result, api.document) if api else None
    times, happened_at = row["times"], row["happened_at"]
    if result is None or not isinstance(times, int) or not isinstance(happened_at, int):
        return False
    try:
        from_epoch(happened_at)
    except OverflowError:
        return False
    return 0 < times < _MAX_TIMES


def _valid_json(text: Any, schema: str, document_name: str = V3.document) -> dict[str, Any] | None:
    """Return the value of a JSON text if it is valid by a schema of a document."""
    try:
        value = json.loads(text)
        return value if validator(schema, document_name).is_valid(value) else None
    except (TypeError, ValueError, RecursionError):
        return None


# What readers of the tables rely on, beyond the types of the columns.
_ROW_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {"templates": _is_template, "events": _is_event}
