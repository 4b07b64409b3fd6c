"""The records of the CRM that events land on: contacts, companies and whatever else is named.

A contact is found by its objectId, else by its utk, else by its email (documented). An unknown email makes a new
contact; an objectId beside an email gives the contact that email; an unknown utk alone shows nowhere until it is known
whose it is, which is taken to be so once an event names it beside another identity (an assumption).
"""

import sqlite3
from itertools import count
from typing import Any

from attrs import asdict, frozen

from hubspot_timeline_testing.sandbox.storage.database import Database
from hubspot_timeline_testing.sandbox.times import from_epoch, rfc3339

CONTACT = "CONTACT"

# Words and numbers for the standard types; how the service writes them in an answer is not documented.
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
_FIRST_OWN_ID = 900_000_000_000  # far from the ids that senders make up


def object_type_name(given: str) -> str:
    """Return one name for all spellings of a standard type; the others stay as they are."""
    return _TYPES.get(given.lower(), given)


_MATCHES = """(instr(lower(object_type || ' ' || object_id || ' ' || coalesce(email, '')), lower(?1))
    OR EXISTS (SELECT 1 FROM visitors WHERE record = key AND instr(lower(utk), lower(?1))))"""
_COUNTED = f"SELECT COUNT(*) FROM records WHERE {_MATCHES}"  # noqa: S608 - our words
_LISTED = f"""
SELECT key, object_type, object_id, email, (SELECT MIN(utk) FROM visitors WHERE record = key),
    (SELECT COUNT(*) FROM events WHERE record = key), (SELECT MAX(happened_at) FROM events WHERE record = key) AS latest
FROM records WHERE {_MATCHES} ORDER BY latest DESC NULLS LAST, key DESC LIMIT ?2 OFFSET ?3"""  # noqa: S608 - our words


@frozen
class Landing:
    """What an event says of the record that it belongs to; empty texts say nothing."""

    object_type: str = CONTACT
    object_id: str = ""
    utk: str = ""
    email: str = ""


@frozen
class Record:
    """A record and how many events it has; `latest` is when the last of them happened, in milliseconds since 1970."""

    record: str
    object_type: str
    object_id: str
    email: str | None
    utk: str | None
    events: int
    latest: int | None

    def to_json(self) -> dict[str, Any]:
        """Return it in the names of the inspection."""
        body = asdict(self)
        latest = None if self.latest is None else rfc3339(from_epoch(self.latest))
        return {"objectType": body.pop("object_type"), "objectId": body.pop("object_id")} | body | {"latest": latest}


class Records:
    """The records of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def exists(self, landing: Landing) -> bool:
        """Whether the record is there that the objectId names."""
        found = "SELECT 1 FROM records WHERE object_type = ? AND object_id = ?"
        return bool(self._database.rows(found, landing.object_type, landing.object_id))

    def add(self, landing: Landing) -> None:
        """Make a record, or change the one that the objectId names."""
        with self._database.transaction() as connection:
            land(connection, landing)

    def count(self, search: str = "") -> int:
        """Return how many there are that contain a text in their id, type, email or utk."""
        return int(self._database.rows(_COUNTED, search)[0][0])

    def page(self, offset: int, limit: int, search: str = "") -> list[Record]:
        """Return those with the latest events first."""
        return [Record(str(key), *rest) for key, *rest in self._database.rows(_LISTED, search, limit, offset)]


def land(connection: sqlite3.Connection, landing: Landing) -> int | None:
    """Return the key of the record that an event lands on, made where it is new; None for an unknown visitor."""
    if landing.object_type != CONTACT:
        return _by_id(connection, landing)
    key = _contact(connection, landing)
    if key is not None and landing.utk:
        _introduce(connection, landing.utk, key)
    return key


def _contact(connection: sqlite3.Connection, landing: Landing) -> int | None:
    if landing.object_id:
        key = _by_id(connection, landing)
        if landing.email:  # an address that another contact has stays with that one
            connection.execute("UPDATE OR IGNORE records SET email = ? WHERE key = ?", (landing.email, key))
        return key
    if landing.utk:
        known = connection.execute("SELECT record FROM visitors WHERE utk = ?", (landing.utk,)).fetchone()
        if known:
            return int(known[0])
    return _by_email(connection, landing.email) if landing.email else None


def _by_id(connection: sqlite3.Connection, landing: Landing) -> int:
    named = (landing.object_type, landing.object_id)
    connection.execute("INSERT OR IGNORE INTO records (object_type, object_id) VALUES (?, ?)", named)
    found = "SELECT key FROM records WHERE object_type = ? AND object_id = ?"
    return int(connection.execute(found, named).fetchone()[0])


def _by_email(connection: sqlite3.Connection, email: str) -> int:
    found = connection.execute("SELECT key FROM records WHERE email = ?", (email,)).fetchone()
    if found:
        return int(found[0])
    numbers = count(_FIRST_OWN_ID + 1)  # more than one, as a sender may have made up the same
    return next(key for number in numbers if (key := _added(connection, number, email)))


def _added(connection: sqlite3.Connection, first: int, email: str) -> int | None:
    """Return the key of a new contact, whose id is counted from the first; None where that is taken."""
    cursor = connection.execute(_ADD_CONTACT, (CONTACT, first, email))
    return cursor.lastrowid if cursor.rowcount else None


def _introduce(connection: sqlite3.Connection, utk: str, key: int) -> None:
    """Note whose utk it is; what waited for that shows now."""
    added = connection.execute("INSERT OR IGNORE INTO visitors (utk, record) VALUES (?, ?)", (utk, key))
    if added.rowcount:
        connection.execute("UPDATE events SET record = ? WHERE record IS NULL AND utk = ?", (key, utk))
