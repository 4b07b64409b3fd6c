"""Looks up what a request is in the document, and holds it against what stands there."""

import json
import re
from urllib.parse import unquote

import httpx

from tests.helpers.document import operations, validator


def operation_of(request: httpx.Request) -> tuple[str, dict[str, str]]:
    """Return the operationId of a request and the values in its path; fails for one that breaks the document."""
    path = request.url.raw_path.partition(b"?")[0].decode()
    for verb, template, operation in operations():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
        found = re.fullmatch(pattern, path)
        if found and verb.upper() == request.method:
            _check(request, operation)
            values = {name: unquote(value) for name, value in found.groupdict().items()}
            assert values.get("appId", "1").isdecimal()
            return operation["operationId"], values
    raise AssertionError(f"{request.method} {path} is not in the document")


def _check(request: httpx.Request, operation: dict[str, object]) -> None:
    assert request.headers["Authorization"].startswith("Bearer ")
    parameters = operation.get("parameters", [])
    assert isinstance(parameters, list)
    assert set(request.url.params) <= {one["name"] for one in parameters if one["in"] == "query"}
    body = operation.get("requestBody")
    if not isinstance(body, dict):
        assert request.content == b""
        return
    assert request.headers["Content-Type"] == "application/json"
    schema = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    validator(schema).validate(json.loads(request.content))
