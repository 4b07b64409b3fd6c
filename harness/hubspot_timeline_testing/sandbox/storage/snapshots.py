"""Snapshots: everything a sandbox stores as one JSON value, and back."""

import sqlite3
from typing import Any

from hubspot_timeline_testing.sandbox.storage.database import TABLES, VERSION, Database


class SnapshotError(ValueError):
    """A value that is not a snapshot; the message says what is wrong with it."""


def clear(database: Database) -> None:
    """Delete everything."""
    with database.transaction() as connection:
        _clear(connection)


def take(database: Database) -> dict[str, Any]:
    """Return everything: {"version": n, "tables": {name: [row, …]}}, each row with its columns."""
    with database.transaction() as connection:
        return {"version": VERSION, "tables": {name: _rows(connection, name) for name in TABLES}}


def restore(database: Database, snapshot: Any) -> None:
    """Replace everything by a snapshot. Raises SnapshotError, with nothing changed."""
    if not isinstance(snapshot, dict) or snapshot.get("version") != VERSION:
        raise SnapshotError(f"a snapshot is an object whose version is {VERSION}")
    tables = snapshot.get("tables")
    if not isinstance(tables, dict) or set(tables) != set(TABLES):
        raise SnapshotError(f"tables must be an object with {', '.join(TABLES)}")
    with database.transaction() as connection:
        _clear(connection)
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for name in TABLES:
            _fill(connection, name, tables[name])
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise SnapshotError("an event or a visitor refers to a record that is not in the snapshot")


def _clear(connection: sqlite3.Connection) -> None:
    for name in reversed(TABLES):
        connection.execute(f"DELETE FROM {name}")  # noqa: S608 - a constant name


def _rows(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY rowid")  # noqa: S608 - constant names
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _fill(connection: sqlite3.Connection, table: str, rows: Any) -> None:
    columns = [column[0] for column in connection.execute(f"SELECT * FROM {table}").description]  # noqa: S608 - constant names
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - constant names
    if not isinstance(rows, list):
        raise SnapshotError(f"{table} must be a list of rows")
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or set(row) != set(columns):
            raise SnapshotError(f"{table}[{number}] must be an object with {', '.join(columns)}")
        try:
            connection.execute(statement, [row[column] for column in columns])
        except (sqlite3.Error, OverflowError) as error:
            raise SnapshotError(f"{table}[{number}]: {error}") from error
