"""The Handlebars half of a template: placeholders become markers, and the values wait outside until Markdown is done.

So no value can shape the Markdown, whatever it holds: what is parsed are the template's own words, and opaque markers.
Escaping the punctuation of values instead would show backslashes in code, and change what `**{{name}}**` means.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from attrs import field, frozen
from dotpromptz_handlebars import Handlebars

from hubspot_timeline_testing.sandbox.rendering.values import Ledger, TemplateError, wrapped

_MARKER = re.compile("\ue000([0-9]+)\ue001")
_RESERVED = re.compile("[\ue000\ue001]")
_PARTIAL = re.compile(r"\{\{[{~\s]*#?\s*[>*]")
_MAX_TEMPLATE = 10_000
_MAX_DEPTH = 20


@frozen
class Filled:
    """A template with markers in the places of its values, and the values."""

    text: str
    _shown: list[str] = field(factory=list)

    def restore(self, text: str) -> str:
        """Return the text with the values where their markers stand; it must be escaped after this."""
        return _MARKER.sub(lambda marker: self._shown[int(marker[1])], text)


def fill(template: str, values: Mapping[str, Any]) -> Filled:
    """Return the template with markers for values. Raises TemplateError for what costs too much, and what it raises."""
    if len(template) > _MAX_TEMPLATE:
        raise TemplateError(f"it is longer than {_MAX_TEMPLATE:,} characters")
    if _PARTIAL.search(template):
        raise TemplateError("partials are not supported")  # they could call each other without end
    ledger = Ledger(len(template))
    filled = _compiled(template)(wrapped(_nested(values), ledger))
    return Filled(filled, ledger.shown)


@lru_cache(maxsize=256)
def _compiled(template: str) -> Callable[[Any], str]:
    engine = Handlebars(max_depth=_MAX_DEPTH)
    engine.register_helper("log", lambda _args, _options: "")  # it would print
    engine.register_helper("formatDate", lambda args, _options: _date(args))
    return engine.compile(_RESERVED.sub("\ufffd", template))


def _date(args: list[Any]) -> str:
    try:
        return f"{datetime.fromtimestamp(float(args[0]) / 1000, UTC):%-d %B %Y}"
    except (IndexError, TypeError, ValueError, OverflowError, OSError):
        return ""  # the service shows no date either, where there is none


class _Parts(dict[str, Any]):
    """What stands in the place of the first parts of a name with dots."""


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values under their names; the placeholder of a name with dots asks for one part after the other."""
    context = _Parts(values)
    for name, value in values.items():
        *above, last = name.split(".")
        place: Any = context
        for part in above:
            place = place.setdefault(part, _Parts()) if isinstance(place, _Parts) else None
        if isinstance(place, _Parts):
            place.setdefault(last, value)
    return context
