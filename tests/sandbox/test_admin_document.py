"""The OpenAPI document of the admin API describes its routes, its parameters and its responses."""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import pytest
from openapi_spec_validator import validate
from starlette.routing import Route

from hubspot_timeline_testing.openapi import OperationObject, operation_objects
from hubspot_timeline_testing.openapi.validators import make_validator
from hubspot_timeline_testing.sandbox import RequestLimit, SandboxSettings, admin
from tests.helpers.sandbox_calls import Sandbox, event, opened

DOCUMENT: dict[str, Any] = json.loads(files(admin).joinpath("openapi.json").read_bytes())
OPERATIONS = operation_objects(DOCUMENT)
# What is wrong with each operation that has input: a query or a body.
INVALID: Mapping[str, Any] = {
    "events": "offset=x", "records": "limit=-1", "requests": "limit=x", "timeline": "record=x", "request": "number=x",
    "event": "id=e1", "exactlyOnce": {"ids": 5}, "setFaults": {"rate": 2}, "advanceClock": {"advance": -1},
    "migrate": {"after": "soon"}, "restoreSnapshot": {"version": 0},
}  # fmt: skip


@pytest.fixture
def used() -> Iterator[Sandbox]:
    """Give a sandbox in which every list has an entry."""
    with opened(SandboxSettings(limit=RequestLimit(100))) as sandbox:
        sandbox.post(event("e1", utk="u"))
        sandbox.request("POST", "/_sandbox/migrate", json={"after": 60})
        yield sandbox


def query_of(operation: OperationObject) -> dict[str, Any]:
    return {each["name"]: each["example"] for each in operation.parameters if "example" in each}


def body_of(operation: OperationObject) -> Any:
    item = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return item.get("requestBody", {"content": {"application/json": {}}})["content"]["application/json"].get("example")


def check(operation: OperationObject, response: Any) -> None:
    media_type = operation.responses[operation.response_key(response.status_code) or ""]
    if media_type is None:
        assert response.content == b""
    else:
        assert response.headers["content-type"] == media_type.name
        make_validator(media_type.schema_name or "", DOCUMENT).validate(response.json())


def test_the_document_is_valid_and_served(sandbox: Sandbox) -> None:
    """As it is in the package, by the rules of OpenAPI 3.1."""
    validate(DOCUMENT)
    assert sandbox.get("/_sandbox/openapi.json").json() == DOCUMENT


def test_every_route_is_in_the_document(sandbox: Sandbox) -> None:
    """With its methods, as the 405 of each lists them; except for the files of the page."""
    paths = {route.path for route in sandbox.app.routes if isinstance(route, Route)}
    routes = {path for path in paths if path.startswith("/_sandbox/") and "page" not in path}
    allowed = {path: sandbox.request("OPTIONS", path).headers["allow"].split(", ") for path in routes}
    documented = {path: sorted(map(str.upper, item)) for path, item in DOCUMENT["paths"].items()}
    assert documented == allowed


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_response_is_as_documented(used: Sandbox, name: str) -> None:
    """To the examples of the document; a snapshot is one that was taken."""
    operation = OPERATIONS[name]
    body = used.get("/_sandbox/snapshot").json() if name == "restoreSnapshot" else body_of(operation)
    response = used.request(operation.method, operation.path, params=query_of(operation), json=body)
    assert response.is_success, response.text
    assert operation.response_key(response.status_code) == str(response.status_code)
    check(operation, response)


@pytest.mark.parametrize("name", INVALID)
def test_an_error_is_as_documented(used: Sandbox, name: str) -> None:
    """For each operation that has input."""
    operation, wrong = OPERATIONS[name], INVALID[name]
    options: Any = {"params": wrong} if isinstance(wrong, str) else {"json": wrong}
    response = used.request(operation.method, operation.path, **options)
    assert response.status_code == 400
    check(operation, response)


def test_every_operation_with_input_has_an_error() -> None:
    """Otherwise the test above would pass without it."""
    with_input = {name for name, each in OPERATIONS.items() if each.parameters or each.request}
    assert with_input == set(INVALID)
