"""Calls of any operation of the document, with each response checked against it."""

from typing import Any
from urllib.parse import quote

import httpx

from hubspot_timeline_testing.openapi import document, operations
from tests.helpers.document import validator
from tests.helpers.sandbox_calls import Sandbox, bearer

APP = 77
TOKENS: list[dict[str, Any]] = [
    {"name": "webinarName", "label": "Webinar", "type": "string", "options": []},
    {"name": "seats", "label": "Seats", "type": "number", "options": []},
    {"name": "on", "label": "On", "type": "date", "options": []},
    {"name": "plan", "label": "Plan", "type": "enumeration", "options": [{"value": "pro", "label": "Professional"}]},
]
TEMPLATE: dict[str, Any] = {
    "name": "Webinar registration",
    "objectType": "contacts",
    "headerTemplate": "Registered for {{webinarName}}",
    "detailTemplate": "Seats: {{seats}}",
    "tokens": TOKENS,
}


def call(
    sandbox: Sandbox, operation: str, *values: object, body: Any = None, query: Any = None, token: str = "any"
) -> httpx.Response:
    """Call an operation with the values of its path; check status, media type and body against the document."""
    method, path = operations()[operation]
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    for name, value in zip(names, values, strict=True):
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    response = sandbox.request(method, path, params=query, json=body, headers=bearer(token))
    _check(operation, response)
    return response


def new_template(sandbox: Sandbox, app: int = APP, **changes: Any) -> str:
    """Create a template and return its id."""
    created = call(sandbox, "create_template", app, body=TEMPLATE | changes)
    assert created.status_code == 201, created.text
    return str(created.json()["id"])


def _check(operation: str, response: httpx.Response) -> None:
    method, path = operations()[operation]
    declared = document()["paths"][path][method.lower()]["responses"].get(str(response.status_code))
    if declared is None:
        assert response.is_error, f"{response.status_code} is not in the document"
        validator("ErrorBody").validate(response.json())
    elif "content" not in declared:
        assert response.content == b""
    elif "application/json" in declared["content"]:
        schema = declared["content"]["application/json"]["schema"]["$ref"]
        validator(schema.rpartition("/")[2]).validate(response.json())
    else:
        assert response.headers["content-type"].startswith("text/html")
