"""Handlebars in templates: placeholders become opaque markers, which get their values once the Markdown is parsed.

So a value cannot change the Markdown, whatever it contains. Escaping the punctuation of values instead would show
backslashes in code, and change the meaning of `**{{name}}**`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from attrs import field, frozen
from dotpromptz_handlebars import Handlebars

from hubspot_timeline_testing.sandbox.rendering.values import RenderingBudget, TemplateError, wrapped

_MARKER = re.compile("\ue000([0-9]+)\ue001")
_RESERVED = re.compile("[\ue000\ue001]")
_PARTIAL = re.compile(r"\{\{[{~\s]*#?\s*[>*]")
_MAX_TEMPLATE = 10_000
_MAX_DEPTH = 20


@frozen
class FilledTemplate:
    """A template with markers in place of its values, and the values."""

    text: str
    _values: list[str] = field(factory=list)

    def restore(self, text: str) -> str:
        """Return the text with values in place of markers; it must be escaped after this."""
        return _MARKER.sub(lambda marker: self._values[int(marker[1])], text)


def fill_template(template: str, values: Mapping[str, Any]) -> FilledTemplate:
    """Return the template with markers for values. Raises TemplateError, and Handlebars' errors."""
    if len(template) > _MAX_TEMPLATE:
        raise TemplateError(f"it is longer than {_MAX_TEMPLATE:,} characters")
    if _PARTIAL.search(template):
        raise TemplateError("partials are not supported")  # they could call each other endlessly
    budget = RenderingBudget(len(template))
    text = _compiled(template)(wrapped(_nested(values), budget))
    return FilledTemplate(text, budget.printed)


@lru_cache(maxsize=256)
def _compiled(template: str) -> Callable[[Any], str]:
    engine = Handlebars(max_depth=_MAX_DEPTH)
    engine.register_helper("log", lambda _args, _options: "")  # it would write to standard output
    engine.register_helper("formatDate", lambda args, _options: _date(args))
    return engine.compile(_RESERVED.sub("\ufffd", template))


def _date(args: list[Any]) -> str:
    try:
        return f"{datetime.fromtimestamp(float(args[0]) / 1000, UTC):%-d %B %Y}"
    except (IndexError, TypeError, ValueError, OverflowError, OSError):
        return ""  # as in the service: no date is shown


class _Parts(dict[str, Any]):
    """The value of the first parts of a name with dots."""


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by their names; those of names with dots also nested, as Handlebars looks them up."""
    context = _Parts(values)
    for name, value in values.items():
        *parents, last = name.split(".")
        node: Any = context
        for part in parents:
            node = node.setdefault(part, _Parts()) if isinstance(node, _Parts) else None
        if isinstance(node, _Parts):
            node.setdefault(last, value)
    return context
