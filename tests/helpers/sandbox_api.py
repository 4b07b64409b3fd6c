"""Calls of any operation of the document, each answer of which is held to it."""

from typing import Any
from urllib.parse import quote

import httpx

from hubspot_timeline_testing.openapi import document, operations
from tests.helpers.document import validator
from tests.helpers.sandbox_calls import HEADERS, Sandbox

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
    for name, value in zip(_names(path), values, strict=True):
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    response = sandbox.request(
        method, path, params=query, json=body, headers=HEADERS | {"Authorization": f"Bearer {token}"}
    )
    _hold_to_the_document(operation, response)
    return response


def new_template(sandbox: Sandbox, app: int = APP, **changes: Any) -> str:
    """Create a template and return its id."""
    created = call(sandbox, "create_template", app, body=TEMPLATE | changes)
    assert created.status_code == 201, created.text
    return str(created.json()["id"])


def _names(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _hold_to_the_document(operation: str, response: httpx.Response) -> None:
    answers = next(
        item[verb]["responses"]
        for item in document()["paths"].values()
        for verb in item
        if verb != "parameters" and item[verb]["operationId"] == operation
    )
    answer = answers.get(str(response.status_code))
    if answer is None:
        assert response.is_error, f"{response.status_code} is not in the document"
        validator("ErrorBody").validate(response.json())
    elif "content" not in answer:
        assert response.content == b""
    elif "application/json" in answer["content"]:
        schema = answer["content"]["application/json"]["schema"]["$ref"]
        validator(schema.rpartition("/")[2]).validate(response.json())
    else:
        assert response.headers["content-type"].startswith("text/html")
