"""The templates of events as HTML that is safe to show: Handlebars, then Markdown, then a sanitiser.

Values are put in once the Markdown is parsed, as text of its tokens, and are escaped with them.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.token import Token

from hubspot_timeline_testing.sandbox.rendering.handlebars import Filled, fill
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
    """A link is looked at when its values are in it; until then every destination will do, and is left as it is."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802 - the library's name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return url


_MARKDOWN = _Markdown("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


def render(template_text: str, values: Mapping[str, Any], *, is_line: bool = False) -> str:
    """Return a template's Markdown with an event's values as safe HTML; what is wrong with a template as a note.

    `values` holds the tokens by name, and `extraData`. `is_line`: one line without a paragraph around it, as a header
    is. Nothing raises: a template is the user's, and so is its mistake.
    """
    try:
        return _html(fill(template_text, values), _MARKDOWN.parseInline if is_line else _MARKDOWN.parse)
    except RecursionError:
        return _note("it is nested too deeply")
    except Exception as error:  # noqa: BLE001 - whatever the libraries make of it
        return _note(str(error) or type(error).__name__)


def event_values(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the templates of an event in wire names can name."""
    return {**(event.get("tokens") or {}), "extraData": event.get("extraData")}


def _html(filled: Filled, parse: Callable[[str], list[Token]]) -> str:
    if len(filled.text) > _MAX_MARKDOWN:
        raise TemplateError(f"it grows to more than {_MAX_MARKDOWN:,} characters")
    if filled.text.count("|") > _MAX_CELLS:  # each row of a table has as many cells as its first
        raise TemplateError("its tables are too large")
    tokens = parse(filled.text)
    _put_values(tokens, filled)
    cleaned = _cleaned(cast("str", _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})))
    if len(cleaned) > _MAX_HTML:
        raise TemplateError(f"it grows to more than {_MAX_HTML:,} characters")
    return cleaned


def _put_values(tokens: Iterable[Token], filled: Filled) -> None:
    for token in tokens:
        token.content = filled.restore(token.content)
        token.info = ""  # would name a class
        token.attrs = {name: filled.restore(str(held)) for name, held in token.attrs.items()}
        _check_link(token)
        _put_values(token.children or (), filled)


def _check_link(token: Token) -> None:
    """Leave a link without its destination unless that is on the web, or a mail address."""
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


def _note(problem: str) -> str:
    line = " ".join(problem.split())[:200]
    return f'<p class="problem">This template cannot be shown: {html.escape(line)}.</p>'
