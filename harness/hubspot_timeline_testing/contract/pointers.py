"""Where in the document something stands, as a JSON pointer."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

from jsonschema_rs import Draft202012Validator

from hubspot_timeline_testing.openapi import document, operations

_MOST = 100
"""How many errors of a body are looked at; a hostile one has millions."""


def operation_pointer(operation: str) -> str:
    """Return the pointer to an operation."""
    method, path = operations()[operation]
    return _pointer("paths", path, method.lower())


def path_values(operation: str, url: str) -> dict[str, str]:
    """Return the values in the path of a URL, by their names in the document; none where it is another path."""
    _, path = operations()[operation]
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
    found = re.search(f"{pattern}$", urlsplit(url).path)
    return {name: unquote(value) for name, value in found.groupdict().items()} if found else {}


def answer_pointer(operation: str, status: int) -> str:
    """Return the pointer to the answer that the document has for a status: that of its own, else the default."""
    method, path = operations()[operation]
    answers = document()["paths"][path][method.lower()]["responses"]
    return _pointer("paths", path, method.lower(), "responses", str(status) if str(status) in answers else "default")


def schema_pointer(operation: str, status: int, body: Any, place: Iterable[str | int]) -> str:
    """Return the pointer to the rule that a parsed body breaks at a place in it, else to the answer."""
    validator = answer_validator(operation, status)
    wanted = list(place)
    for error in islice(validator.iter_errors(body), _MOST) if validator else ():
        if list(error.instance_path) == wanted and error.schema_path[:1] == ["components"]:
            return _pointer(*error.schema_path)
    return answer_pointer(operation, status)


@cache
def answer_validator(operation: str, status: int) -> Draft202012Validator | None:
    """Return what validates the JSON of an answer, where the document has a schema for it; formats are asserted."""
    answer = _at(answer_pointer(operation, status))
    return _validator(_at(answer["$ref"]) if "$ref" in answer else answer)


@cache
def request_validator(operation: str) -> Draft202012Validator | None:
    """Return what validates the JSON of a request, where the document has a schema for it; formats are asserted."""
    return _validator(_at(operation_pointer(operation)).get("requestBody", {}))


def _validator(part: Mapping[str, Any]) -> Draft202012Validator | None:
    media_type = part.get("content", {}).get("application/json")
    if media_type is None:
        return None
    return Draft202012Validator(media_type["schema"] | {"components": document()["components"]}, validate_formats=True)


def _at(pointer: str) -> Any:
    node: Any = document()
    for step in pointer.split("/")[1:]:
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def _pointer(*steps: str | int) -> str:
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
