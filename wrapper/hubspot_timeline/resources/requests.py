"""What requests are made of: words that may stand in a path or a body, and generated requests as bytes."""

from typing import Any

import msgspec

from hubspot_timeline.errors import OptionError
from hubspot_timeline.events.validation import unencodable
from hubspot_timeline_api.types import UNSET, Unset


def segment(option: str, given: object) -> str:
    """Return an id as it stands in a path. Raises OptionError for what would make another path of it."""
    found = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    if not isinstance(found, str) or found in ("", ".", ".."):
        raise OptionError(f"{option} is {given!r}, which cannot stand in a path; give the id that the service gave")
    try:
        found.encode()
    except UnicodeEncodeError:
        raise OptionError(f"{option} holds half of a surrogate pair, which is no text") from None
    return str(found)


def text(option: str, given: object) -> str:
    """Return text that has to be there. Raises OptionError where it is not."""
    if not isinstance(given, str) or not given:
        raise OptionError(f"{option} is {given!r}; give it as text")
    return given


def text_or_unset(option: str, given: object) -> str | Unset:
    """Return text, which may be empty, or the mark of an absent field for None. Raises OptionError."""
    if given is None:
        return UNSET
    if not isinstance(given, str):
        raise OptionError(f"{option} is {given!r}; give it as text")
    return given


def written(request: dict[str, Any]) -> dict[str, Any]:
    """Return a generated request with its body as bytes. Raises OptionError for a body that has no JSON."""
    try:
        content = msgspec.json.encode(request["json"])
    except (ValueError, TypeError, RecursionError) as error:
        raise OptionError(str(unencodable(request["json"], error))) from error
    return {name: value for name, value in request.items() if name != "json"} | {"content": content}


def nothing(content: bytes) -> None:
    """Read nothing from a body, whatever it holds."""
