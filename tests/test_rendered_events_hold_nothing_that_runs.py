"""Events are rendered by their templates, what they say appears as text, and nothing in them runs."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hubspot_timeline.sandbox.rendering import render_line, render_text

HARMLESS = {f"h{level}" for level in range(1, 7)} | {
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
HARMLESS |= {"li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
HOSTILE = st.lists(
    st.sampled_from(
        ["<script>", "alert(1)", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "&lt;", "{{", "}}",
         "{{{v}}}", "**", "`", "\n\n    ", "\n- ", "![", "](http://x)", "<!--", "&#106;avascript:", "{{#each",
         "{{> v}}", "\\", "|"]
    ) | st.text(max_size=10),
    max_size=12,
).map("".join)  # fmt: skip


class Seen(HTMLParser):
    """The tags, the attributes and the text of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag."""
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        """Take note of text."""
        self.text += data


def is_harmless(html: str) -> bool:
    seen = Seen(html)
    schemes = [value.partition(":")[0].lower() for name, value in seen.attributes if name == "href" and ":" in value]
    names = {name for name, _ in seen.attributes}
    return seen.tags <= HARMLESS and names <= {"href", "target", "rel"} and set(schemes) <= {"http", "https", "mailto"}


@given(value=HOSTILE)
@example(value="1. <b>&amp;</b> \\* _x_ # y")
def test_a_value_appears_as_it_is(value: str) -> None:
    """As one line of text, whatever Markdown or HTML it looks like, in two or in three braces."""
    for template in ("{{v}}", "{{{v}}}", "{{&v}}"):
        seen = Seen(render_line(template, {"v": value}))
        assert " ".join(seen.text.split()) == " ".join(value.replace("\0", "\ufffd").split())
        assert seen.tags == set()


@given(template=HOSTILE, value=HOSTILE)
def test_nothing_runs_whatever_template_and_value_hold(template: str, value: str) -> None:
    """There are only tags for text, and links to the web and to mail."""
    values = {"v": value, "extraData": {value: [value]}}
    assert is_harmless(render_line(template, values))
    assert is_harmless(render_text(template, values))


def test_templates_are_handlebars_and_markdown() -> None:
    """Placeholders, blocks, lists, emphasis, links with values in them."""
    values = {"name": "Ada", "ticket.number": "5", "extraData": {"items": [{"sku": "a_b"}, {"sku": "c"}]}}
    assert render_line("**{{name}}** {{[ticket.number]}}", values) == "<strong>Ada</strong> 5"
    listed = render_text("{{#each extraData.items}}\n- {{sku}}\n{{/each}}", values)
    assert listed.split() == ["<ul>", "<li>a_b</li>", "<li>c</li>", "</ul>"]
    assert 'href="https://example.com/Ada"' in render_line("[x](https://example.com/{{name}})", values)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{#if", "unclosed"),
        ("{{> other}}", "partials"),
        ('{{#*inline "a"}}{{> a}}{{/inline}}', "partials"),
        ("x" * 20_001, "longer"),
        ("{{long}}", "longer"),
        ("{{unknown 5}}", "cannot be rendered"),
        ("{{#each many}}{{#each ../many}}{{#each ../many}}x{{/each}}{{/each}}{{/each}}", "500"),
    ],
)
def test_a_template_that_cannot_be_rendered_says_why(template: str, told: str) -> None:
    """In a note in its place: one that is broken, too long, or would go on for ever."""
    values: dict[str, Any] = {"long": "x" * 20_001, "many": [0] * 200}
    note = render_text(template, values)
    assert note.startswith("<em>This template cannot be rendered")
    assert told in note


def test_templates_reach_data_only() -> None:
    """No attribute of an object, no function, nothing outside the values."""
    assert render_text("{{v.__class__}}{{v.upper}}{{lookup v '__class__'}}{{__builtins__}}", {"v": "x"}) == ""
