"""Templates as the CRM shows them: Handlebars placeholders first, then Markdown, then only harmless HTML is left.

What an event says appears as text: it is escaped for Markdown where it is put in, so that it can neither be markup nor
make any. What a template says may be markup, but nothing that runs. Work and length are bounded, whatever is repeated.
"""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import nh3
from dotpromptz_handlebars import Handlebars
from markdown_it import MarkdownIt

from hubspot_timeline.sandbox.guarded import Budget, RenderingError

_LONGEST = 20_000  # characters: of a template, of what is put into it, of the result before it becomes HTML
_PARTIAL = re.compile(r"\{\{~?#?[>*]")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
_TAGS = {f"h{level}" for level in range(1, 7)} | {
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "hr",
    "i",
    "li",
    "ol",
}
_TAGS |= {"li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}


def render_line(template: str, values: Mapping[str, Any]) -> str:
    """Return one line, such as a header, as safe HTML; of a template that cannot be rendered, a note that says so."""
    return _rendered(template, values, lambda text: _MARKDOWN.renderInline(" ".join(text.split())))


def render_text(template: str, values: Mapping[str, Any]) -> str:
    """Return paragraphs, such as a detail, as safe HTML; of a template that cannot be rendered, a note that says so."""
    return _rendered(template, values, _MARKDOWN.render)


def _rendered(template: str, values: Mapping[str, Any], to_html: Callable[[str], str]) -> str:
    try:
        html = to_html(_filled_in(template, values))
    except Exception as error:  # noqa: BLE001 - whatever a template is, the timeline around it is shown
        return f"<em>This template cannot be rendered: {escape(str(error)[:200] or type(error).__name__)}</em>"
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"},
                     set_tag_attribute_values={"a": {"target": "_blank"}})  # fmt: skip


def _filled_in(template: str, values: Mapping[str, Any]) -> str:
    if len(template) > _LONGEST:
        raise RenderingError(f"it is longer than {_LONGEST} characters")
    if _PARTIAL.search(template):
        raise RenderingError("it has partials, which are not known here")
    handlebars = Handlebars(escape_html=False)  # values escape themselves, for Markdown
    handlebars.register_helper("log", _nothing)  # the library's own prints
    filled = handlebars.compile(template)(Budget(_LONGEST).guard(dict(values)))
    if len(filled) > _LONGEST:
        raise RenderingError(f"with its values it is longer than {_LONGEST} characters")
    return filled


def _nothing(args: list[Any], options: object) -> str:  # noqa: ARG001 - as Handlebars calls it
    return ""
