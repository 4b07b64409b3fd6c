"""Templates rendered as safe HTML: Handlebars, then Markdown, then a sanitiser.

Values are inserted after the Markdown is parsed, as text of its tokens, and are escaped with them.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import nh3
from attrs import frozen
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.token import Token

from hubspot_timeline_testing.sandbox.rendering.handlebars import FilledTemplate, fill_template
from hubspot_timeline_testing.sandbox.rendering.values import TemplateError

_MAX_MARKDOWN = 20_000
_MAX_HTML = 40_000
_MAX_CELLS = 1_000
_SCHEMES = {"http", "https", "mailto"}
_WEB = re.compile(r"(https?://|mailto:)\S", re.IGNORECASE)
_TAGS = set(
    re.findall(
        r"\w+", "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul"
    )
)


class _Markdown(MarkdownIt):
    """Markdown whose links are validated later, when their values are inserted."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the library's name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url


_MARKDOWN = _Markdown("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


@frozen
class RenderedEvent:
    """The header and the detail of an event as safe HTML; empty where the template has none."""

    header: str
    detail: str


def rendered_event(
    event: Mapping[str, Any], template: Mapping[str, Any], values_field: str = "tokens"
) -> RenderedEvent:
    """Return an event rendered by its template, both in the document's field names; an empty template is fine."""
    values = {**(event.get(values_field) or {}), "extraData": event.get("extraData")}
    header, detail = template.get("headerTemplate", ""), template.get("detailTemplate", "")
    return RenderedEvent(render(header, values, is_inline=True), render(detail, values))


def render(template_text: str, values: Mapping[str, Any], *, is_inline: bool = False) -> str:
    """Return a template's Markdown with an event's values as safe HTML, or a note about an error in the template.

    `values` has the tokens by name, and `extraData`. `is_inline`: one line without a paragraph around it, as a header
    is. Nothing is raised: the template comes from a user, and so does its error.
    """
    try:
        return _html(fill_template(template_text, values), _MARKDOWN.parseInline if is_inline else _MARKDOWN.parse)
    except RecursionError:
        return _error_note("it is nested too deeply")
    except Exception as error:  # noqa: BLE001 - the libraries raise many kinds for an invalid template
        return _error_note(str(error) or type(error).__name__)


def _html(filled: FilledTemplate, parse: Callable[[str], list[Token]]) -> str:
    if len(filled.text) > _MAX_MARKDOWN:
        raise TemplateError(f"it grows to more than {_MAX_MARKDOWN:,} characters")
    if filled.text.count("|") > _MAX_CELLS:  # each row of a table has as many cells as its first
        raise TemplateError("its tables are too large")
    tokens = parse(filled.text)
    _insert_values(tokens, filled)
    cleaned = _cleaned(cast("str", _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})))
    if len(cleaned) > _MAX_HTML:
        raise TemplateError(f"it grows to more than {_MAX_HTML:,} characters")
    return cleaned


def _insert_values(tokens: Iterable[Token], filled: FilledTemplate) -> None:
    for token in tokens:
        token.content = filled.restore(token.content)
        token.info = ""  # would name a class
        token.attrs = {name: filled.restore(str(value)) for name, value in token.attrs.items()}
        _check_link(token)
        _insert_values(token.children or (), filled)


def _check_link(token: Token) -> None:
    """Remove the destination of a link unless it is on the web, or a mail address."""
    url = str(token.attrs.pop("href", ""))
    if _WEB.match(url):
        token.attrs["href"] = normalizeLink(url)


def _cleaned(raw: str) -> str:
    return nh3.clean(
        raw,
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _error_note(error: str) -> str:
    line = " ".join(error.split())[:200]
    return f'<p class="problem">This template cannot be shown: {html.escape(line)}.</p>'
