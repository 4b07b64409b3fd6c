"""The templates of all apps, in the service's form."""

import json
from typing import Any, TypeAlias

from attrs import frozen

from hubspot_timeline_testing.sandbox.errors import validation_error
from hubspot_timeline_testing.sandbox.storage.database import Database

TemplateBody: TypeAlias = dict[str, Any]
"""A template, or one of its tokens, in the document's field names."""

_FIRST_ID = 1_000_001
_ADD = "INSERT INTO templates (id, app, body) VALUES (?, ?, ?)"
_PUT = f"{_ADD} ON CONFLICT (id) DO UPDATE SET app = excluded.app, body = excluded.body, is_deleted = 0"


@frozen
class Template:
    """A template and the app that owns it."""

    app: int
    body: TemplateBody

    def token(self, name: str) -> TemplateBody | None:
        """Return the token with that name, None if there is none."""
        return next((token for token in self.body["tokens"] if token["name"] == name), None)


class TemplateTable:
    """The templates of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, app: int, body: TemplateBody) -> TemplateBody:
        """Store a template under a new id and return it with that; ids of deleted templates are not used again."""
        with self._database.transaction() as connection:
            [last] = connection.execute("SELECT coalesce(MAX(sequence), 0) FROM templates").fetchone()
            number = _FIRST_ID + last
            while connection.execute("SELECT 1 FROM templates WHERE id = ?", (str(number),)).fetchone():
                number += 1
            body = {**body, "id": str(number)}
            connection.execute(_ADD, (body["id"], app, json.dumps(body)))
        return body

    def put(self, template: Template) -> None:
        """Store a template under its own id, replacing the one that has it."""
        self._database.write(_PUT, template.body["id"], template.app, json.dumps(template.body))

    def get(self, template_id: str) -> Template | None:
        """Return the template with that id, whichever app owns it."""
        row = self._database.row("SELECT app, body FROM templates WHERE id = ? AND NOT is_deleted", template_id)
        return Template(row[0], json.loads(row[1])) if row else None

    def owner(self, template_id: str) -> int | None:
        """Return the app that owns a template, or owned it before it was deleted."""
        row = self._database.row("SELECT app FROM templates WHERE id = ?", template_id)
        return int(row[0]) if row else None

    def of_app(self, app: int) -> list[TemplateBody]:
        """Return the templates of an app in the order of their creation."""
        query = "SELECT body FROM templates WHERE app = ? AND NOT is_deleted ORDER BY sequence"
        return [json.loads(body) for (body,) in self._database.rows(query, app)]

    def delete(self, template_id: str) -> None:
        """Delete the template with that id; its events stay, and stay its app's."""
        self._database.write("UPDATE templates SET is_deleted = 1 WHERE id = ?", template_id)


def prepare_template(body: TemplateBody, now: str) -> TemplateBody:
    """Return a template as it is stored, with its times. Raises ServiceError (400) for a token that occurs twice."""
    names = [token["name"] for token in body["tokens"]]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise validation_error(f"The token {repeated[:100]} occurs twice")
    return _stamped({**body, "tokens": [prepare_token(token, now) for token in body["tokens"]]}, now)


def prepare_token(body: TemplateBody, now: str) -> TemplateBody:
    """Return a token as it is stored, with its times and a list of options."""
    return _stamped({"options": [], **body}, now)


def _stamped(body: TemplateBody, now: str) -> TemplateBody:
    return {**body, "createdAt": now, "updatedAt": now}
