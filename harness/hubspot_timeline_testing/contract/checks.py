"""Checks of a response for what the document states in words, not in schemas."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from hubspot_timeline_testing.contract.documents import contract_operations
from hubspot_timeline_testing.contract.redaction import printable

UUID_PLACEHOLDER = "{{uuid}}"
"""The service replaces it, so that an id with it does not come back."""

_IDENTIFIERS: Mapping[str, Mapping[str, str]] = {
    "create_event": {"id": "id", "eventTemplateId": "eventTemplateId"},
    "get_event": {"id": "eventId", "eventTemplateId": "eventTemplateId"},
    "get_template": {"id": "eventTemplateId"},
    "update_template": {"id": "eventTemplateId"},
    "update_token": {"name": "tokenName"},
    "create_app_event": {"id": "id"},  # an event type has two names, so another one may be right
    "resolve_event_type": {"projectName": "projectName", "developerSymbol": "developerSymbol"},
}
"""By operation: the identifying fields of a response, and the field or path parameter that the request has them in."""


def parse_json(body: Any) -> Any:
    """Return the value of a JSON body, as bytes or text, or None for any other body."""
    try:
        return json.loads(body or b"")
    except (ValueError, TypeError, RecursionError):
        return None


def error_message(body: bytes) -> str:
    """Return the message of an error body, or else its text."""
    value = parse_json(body)
    message = value.get("message") if isinstance(value, dict) else None
    return message if isinstance(message, str) else body.decode("utf-8", "backslashreplace")


def identifiers_match(operation: str, url: str, request: Any, response: Any) -> str | None:
    """Return which identifier of a parsed response differs from the request, or None."""
    sent = _path_values(operation, url) or request
    if operation == "resolve_event_type":
        response = response.get("developerQualifiedSymbol") if isinstance(response, dict) else None
    for name, source in _IDENTIFIERS.get(operation, {}).items():
        expected = sent.get(source) if isinstance(sent, dict) else None
        actual = response.get(name) if isinstance(response, dict) else expected
        if isinstance(expected, str) and UUID_PLACEHOLDER not in expected and actual != expected:
            return f"has another {name} than the request: {printable(str(actual), 80)!r}"
    return None


def _path_values(operation: str, url: str) -> dict[str, str]:
    _, path = contract_operations().get(operation, ("", ""))
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
    match = re.search(f"{pattern}$", urlsplit(url).path)
    return {name: unquote(value) for name, value in match.groupdict().items()} if match else {}
