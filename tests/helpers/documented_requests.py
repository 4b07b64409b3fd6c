"""Finds the operation of an HTTP request, and validates the request against the document."""

import json
import re
from urllib.parse import unquote

import httpx

from hubspot_timeline_testing.openapi import OperationObject, operation_objects
from tests.helpers.document import validator


def operation_of(request: httpx.Request) -> tuple[str, dict[str, str]]:
    """Return the operationId and the path parameters of a request; fails for a request that is not documented."""
    path = request.url.raw_path.partition(b"?")[0].decode()
    for operation in operation_objects().values():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(operation.path))
        match = re.fullmatch(pattern, path)
        if match and operation.method == request.method:
            _validate(request, operation)
            values = {name: unquote(value) for name, value in match.groupdict().items()}
            assert values.get("appId", "1").isdecimal()
            return operation.id, values
    raise AssertionError(f"{request.method} {path} is not in the document")


def _validate(request: httpx.Request, operation: OperationObject) -> None:
    assert request.headers["Authorization"].startswith("Bearer ")
    assert set(request.url.params) <= {each["name"] for each in operation.parameters if each["in"] == "query"}
    if operation.request is None:
        assert request.content == b""
        return
    assert request.headers["Content-Type"] == operation.request.name == "application/json"
    assert operation.request.schema_name
    validator(operation.request.schema_name).validate(json.loads(request.content))
