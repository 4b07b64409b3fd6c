"""Parameters of requests: path segments and texts that are valid, and JSON bodies written and parsed."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from hubspot_timeline.errors import OptionError
from hubspot_timeline_api.types import UNSET, Unset

T = TypeVar("T")


def path_segment(option: str, value: object) -> str:
    """Return an id for use in a path. Raises OptionError for one that would lead to another path."""
    segment = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(segment, str) or segment in ("", ".", ".."):
        raise OptionError(f"{option} is {value!r}, which is not an id; use the id from a response of the service")
    return _encodable(option, segment)


def required_text(option: str, value: object) -> str:
    """Return a text that must not be empty. Raises OptionError."""
    if not isinstance(value, str) or not value:
        raise OptionError(f"{option} is {value!r}; it must be text, and not empty")
    return _encodable(option, value)


def optional_text(option: str, value: object) -> str | Unset:
    """Return a text, which may be empty, or UNSET for None. Raises OptionError."""
    if value is None:
        return UNSET
    if not isinstance(value, str):
        raise OptionError(f"{option} is {value!r}; it must be text")
    return _encodable(option, value)


def json_body(request: dict[str, Any]) -> dict[str, Any]:
    """Return a generated request with its JSON body as bytes. Raises OptionError for a body that is not valid JSON."""
    try:
        content = json.dumps(request["json"], ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise OptionError(f"The request cannot be written as JSON: {error}") from error
    return {name: value for name, value in request.items() if name != "json"} | {"content": content}


def json_parser(from_dict: Callable[[Any], T]) -> Callable[[bytes], T]:
    """Return a function that parses the JSON body of a response."""
    return lambda content: from_dict(json.loads(content))


def _encodable(option: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise OptionError(f"{option} contains a lone surrogate, which is not valid text") from None
    return text
