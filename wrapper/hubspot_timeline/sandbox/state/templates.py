"""The templates of all apps, as the service writes them."""

import json
from typing import Any, TypeAlias

from attrs import frozen

from hubspot_timeline.sandbox.state.database import Database

Body: TypeAlias = dict[str, Any]

_FIRST_ID = 1_000_001


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
        """Keep a template under a new id and return it with that."""
        with self._database.transaction() as connection:
            found = connection.execute("SELECT coalesce(MAX(CAST(id AS INTEGER)), 0) FROM templates").fetchone()
            body = {**body, "id": str(max(found[0] + 1, _FIRST_ID))}
            connection.execute("INSERT INTO templates VALUES (?, ?, ?)", (body["id"], app, json.dumps(body)))
        return body

    def put(self, template: Template) -> None:
        """Keep a template under the id that it has, in the place of the one before."""
        row = (template.body["id"], template.app, json.dumps(template.body))
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO templates VALUES (?, ?, ?)", row)

    def get(self, template_id: str) -> Template | None:
        """Return the template under that id, of whichever app."""
        found = self._database.rows("SELECT app, body FROM templates WHERE id = ?", template_id)
        return Template(found[0][0], json.loads(found[0][1])) if found else None

    def of_app(self, app: int) -> list[Body]:
        """Return the templates of an app in the order of their creation."""
        found = self._database.rows("SELECT body FROM templates WHERE app = ? ORDER BY rowid", app)
        return [json.loads(body) for (body,) in found]

    def delete(self, template_id: str) -> None:
        """Forget the template under that id; its events stay."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM templates WHERE id = ?", (template_id,))
