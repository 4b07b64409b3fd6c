"""CRM records and record resolution: which contact, company, … an event belongs to.

A contact is found by its objectId, else by its utk, else by its email (documented). An unknown email creates a contact;
an objectId beside an email gives the contact that email. Events of an unknown utk alone have no record until an event
has the utk beside another identity (an assumption).
"""

import sqlite3
from itertools import count
from typing import Any

from attrs import frozen

from hubspot_timeline_testing.sandbox.clock import from_epoch, rfc3339
from hubspot_timeline_testing.sandbox.storage.database import Database

CONTACT = "CONTACT"

# Names and numbers of the standard types; the form in the service's responses is not documented.
_TYPES = {
    **dict.fromkeys(("contact", "contacts", "0-1"), CONTACT),
    **dict.fromkeys(("company", "companies", "0-2"), "COMPANY"),
    **dict.fromkeys(("deal", "deals", "0-3"), "DEAL"),
    **dict.fromkeys(("ticket", "tickets", "0-5"), "TICKET"),
}
_ADD_CONTACT = """
INSERT OR IGNORE INTO records (object_type, object_id, email)
SELECT ?, CAST(? + coalesce(MAX(key), 0) AS TEXT), ? FROM records
"""
_FIRST_OWN_ID = 900_000_000_000  # far from the ids that senders choose


def object_type_name(name: str) -> str:
    """Return one name for all spellings of a standard type; other names are returned unchanged."""
    return _TYPES.get(name.lower(), name)


_MATCHES = """(instr(lower(object_type || ' ' || object_id || ' ' || coalesce(email, '')), lower(?))
    OR EXISTS (SELECT 1 FROM visitors WHERE record = key AND instr(lower(utk), lower(?))))"""
_COUNTED = f"SELECT COUNT(*) FROM records WHERE {_MATCHES}"  # noqa: S608 - a constant
_LISTED = f"""
SELECT CAST(key AS TEXT) AS record, object_type AS objectType, object_id AS objectId, email,
    (SELECT MIN(utk) FROM visitors WHERE record = key) AS utk,
    (SELECT COUNT(*) FROM events WHERE record = key) AS events,
    (SELECT MAX(happened_at) FROM events WHERE record = key) AS latest
FROM records WHERE {_MATCHES} ORDER BY latest DESC NULLS LAST, key DESC LIMIT ? OFFSET ?"""  # noqa: S608 - a constant


@frozen
class RecordIdentity:
    """How an event identifies its record; what it leaves out is empty."""

    object_type: str = CONTACT
    object_id: str = ""
    utk: str = ""
    email: str = ""


class RecordTable:
    """The records of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def exists(self, identity: RecordIdentity) -> bool:
        """Return whether there is a record with the objectId."""
        query = "SELECT 1 FROM records WHERE object_type = ? AND object_id = ?"
        return self._database.row(query, identity.object_type, identity.object_id) is not None

    def count(self, search: str = "") -> int:
        """Return the number of records with a text in their id, type, email or utk."""
        return int(self._database.rows(_COUNTED, search, search)[0][0])

    def page(self, offset: int, limit: int, search: str = "") -> list[dict[str, Any]]:
        """Return those records, the ones with the latest events first: record (its key), objectType, …, latest."""
        records = self._database.dicts(_LISTED, search, search, limit, offset)
        for record in records:
            record["latest"] = None if record["latest"] is None else rfc3339(from_epoch(record["latest"]))
        return records


def resolve_record(connection: sqlite3.Connection, identity: RecordIdentity) -> int | None:
    """Return the key of an event's record, created if it is new; None for an unknown visitor."""
    if identity.object_type != CONTACT:
        return _by_id(connection, identity)
    key = _contact(connection, identity)
    if key is not None and identity.utk:
        _identify_visitor(connection, identity.utk, key)
    return key


def _contact(connection: sqlite3.Connection, identity: RecordIdentity) -> int | None:
    if identity.object_id:
        key = _by_id(connection, identity)
        if identity.email:  # an address of another contact stays with that one
            connection.execute("UPDATE OR IGNORE records SET email = ? WHERE key = ?", (identity.email, key))
        return key
    if identity.utk:
        known = connection.execute("SELECT record FROM visitors WHERE utk = ?", (identity.utk,)).fetchone()
        if known:
            return int(known[0])
    return _by_email(connection, identity.email) if identity.email else None


def _by_id(connection: sqlite3.Connection, identity: RecordIdentity) -> int:
    key = (identity.object_type, identity.object_id)
    connection.execute("INSERT OR IGNORE INTO records (object_type, object_id) VALUES (?, ?)", key)
    query = "SELECT key FROM records WHERE object_type = ? AND object_id = ?"
    return int(connection.execute(query, key).fetchone()[0])


def _by_email(connection: sqlite3.Connection, email: str) -> int:
    existing = connection.execute("SELECT key FROM records WHERE email = ?", (email,)).fetchone()
    if existing:
        return int(existing[0])
    numbers = count(_FIRST_OWN_ID + 1)  # several, since a sender may have chosen the same id
    return next(key for number in numbers if (key := _add_contact(connection, number, email)))


def _add_contact(connection: sqlite3.Connection, first: int, email: str) -> int | None:
    """Return the key of a new contact, whose id is counted from `first`; None if that id is in use."""
    cursor = connection.execute(_ADD_CONTACT, (CONTACT, first, email))
    return cursor.lastrowid if cursor.rowcount else None


def _identify_visitor(connection: sqlite3.Connection, utk: str, key: int) -> None:
    """Store which contact has the utk, and assign the earlier events of that utk to it."""
    added = connection.execute("INSERT OR IGNORE INTO visitors (utk, record) VALUES (?, ?)", (utk, key))
    if added.rowcount:
        connection.execute("UPDATE events SET record = ? WHERE record IS NULL AND utk = ?", (key, utk))
