"""The templates of all apps, as the service writes them."""

import json
from typing import Any, TypeAlias

from attrs import frozen

from hubspot_timeline_testing.sandbox.storage.database import Database

Body: TypeAlias = dict[str, Any]

_FIRST_ID = 1_000_001
_PUT = """
INSERT INTO templates (id, app, body) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET app = excluded.app, body = excluded.body, is_deleted = 0
"""


@frozen
class Template:
    """A template: the app that it belongs to, and its body in the names of the document."""

    app: int
    body: Body

    def token(self, name: str) -> Body | None:
        """Return its token of that name, if it has one."""
        return next((token for token in self.body["tokens"] if token["name"] == name), None)


class Templates:
    """The templates of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, app: int, body: Body) -> Body:
        """Keep a template under a new id and return it with that; an id is never given twice, also after a deletion."""
        with self._database.transaction() as connection:
            [last] = connection.execute("SELECT coalesce(MAX(sequence), 0) FROM templates").fetchone()
            body = {**body, "id": str(_FIRST_ID + last)}
            while connection.execute("SELECT 1 FROM templates WHERE id = ?", (body["id"],)).fetchone():
                body["id"] = str(int(body["id"]) + 1)
            row = (body["id"], app, json.dumps(body))
            connection.execute("INSERT INTO templates (id, app, body) VALUES (?, ?, ?)", row)
        return body

    def put(self, template: Template) -> None:
        """Keep a template under the id that it has, in the place of the one before."""
        row = (template.body["id"], template.app, json.dumps(template.body))
        with self._database.transaction() as connection:
            connection.execute(_PUT, row)

    def get(self, template_id: str) -> Template | None:
        """Return the template under that id, of whichever app."""
        query = "SELECT app, body FROM templates WHERE id = ? AND NOT is_deleted"
        found = self._database.rows(query, template_id)
        return Template(found[0][0], json.loads(found[0][1])) if found else None

    def owner(self, template_id: str) -> int | None:
        """Return the app that a template belongs to, or belonged to before it was deleted."""
        found = self._database.rows("SELECT app FROM templates WHERE id = ?", template_id)
        return int(found[0][0]) if found else None

    def of_app(self, app: int) -> list[Body]:
        """Return the templates of an app in the order of their creation."""
        query = "SELECT body FROM templates WHERE app = ? AND NOT is_deleted ORDER BY sequence"
        return [json.loads(body) for (body,) in self._database.rows(query, app)]

    def delete(self, template_id: str) -> None:
        """Delete the template under that id; its events stay, and stay its app's."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE templates SET is_deleted = 1 WHERE id = ?", (template_id,))
