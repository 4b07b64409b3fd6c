"""Rendering of templates: as their authors expect, and never with scripts or markup from values."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox.rendering.html import render, rendered_event

TAGS = set(
    re.findall(
        r"\w+", "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul"
    )
)
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "javascript:alert(1)",
    "\" onmouseover=\"alert(1)", "<svg/onload=alert(1)>", "](data:text/html,x)", "JaVa\tScript:alert(1)", "vbscript:x",
    "&#106;avascript:alert(1)", "<javascript:alert(1)>", "{{{name}}}", "```", "\n\n# x\n", "    x", "\ue0000\ue001",
    "\0",
)  # fmt: skip
PIECES = (
    "{{name}}", "{{{name}}}", "{{&name}}", "[a]({{name}})", "[a]: {{name}}\n", "[{{name}}]", "<{{name}}>", "`{{name}}`",
    "{{#each list}}", "{{/each}}", "{{#if name}}", "{{else}}", "{{/if}}", "{{this}}", "{{@key}}", "{{lookup list 0}}",
    "**", "_", "~~", "\n", "\n- ", "\n> ", "\n# ", "\n```\n", "|", "\n|-|-|\n", "{{", "}}", "\\", "&#{{name}};",
    "![a](",
)  # fmt: skip
VALUES = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
TEMPLATES = st.lists(st.one_of(st.sampled_from(PIECES + HOSTILE), st.text(max_size=8)), max_size=12).map("".join)


class ParsedHtml(HTMLParser):
    """The tags with their attributes, and the text, as a browser parses them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102 - as in HTMLParser
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:  # noqa: D102 - as in HTMLParser
        self.text += data


def assert_harmless(rendered: str) -> None:
    for tag, attributes in ParsedHtml(rendered).tags:
        assert tag in TAGS
        if "problem" not in attributes.values():
            assert attributes.keys() <= {"href", "title", "rel", "target"}
        assert (attributes.get("href") or "http:").lower().startswith(("http:", "https:", "mailto:"))
    assert "<script" not in rendered.lower()


@given(TEMPLATES, VALUES, st.lists(VALUES, max_size=3), st.dictionaries(VALUES, VALUES, max_size=2))
def test_no_value_is_executed(template: str, name: str, listed: list[str], named: dict[str, str]) -> None:
    """There are no scripts, no handlers and only links to the web and to mail, and nothing is raised."""
    assert_harmless(render(template, {"name": name, "list": listed}))
    assert_harmless(render(template, {"name": name, "list": named}))


@given(TEMPLATES, VALUES.filter(bool))
def test_values_do_not_change_the_markup(template: str, name: str) -> None:
    """The tags are those of a plain word in its place."""
    rendered = ParsedHtml(render(template, {"name": name, "list": [name]}))
    plain = ParsedHtml(render(template, {"name": "word", "list": ["word"]}))
    assert [tag for tag, _ in rendered.tags] == [tag for tag, _ in plain.tags]


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_a_value_is_shown_unchanged(value: str) -> None:
    """Except for characters that HTML cannot have."""
    text = ParsedHtml(render("x{{name}}x", {"name": value})).text
    assert readable(text) == readable(f"x{value}x")


def readable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() and letter != "\ufffd")


@given(st.text(), st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists))
def test_any_text_is_a_template(template: str, value: Any) -> None:
    """The result is harmless, whatever the values are."""
    assert_harmless(render(template, {"name": value, "extraData": value}))


QUESTIONS = {"questions": [{"q": "Why?", "a": 1}, {"q": "*B*", "a": 2.5}]}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Hi **{{name}}**", "<p>Hi <strong>Ada *x*</strong></p>"),
        ("{{first.name}} {{a-b}} {{[first.name]}}", "<p>dotted dashed dotted</p>"),
        ("{{seats}}. place", "<p>3. place</p>"),
        ("{{#if seats}}yes{{else}}no{{/if}}{{#if none}}yes{{else}}no{{/if}}", "<p>yesno</p>"),
        ("{{#formatDate when}}{{/formatDate}}", "<p>24 November 2025</p>"),
        ("{{#formatDate name}}{{/formatDate}}", ""),
        ("{{#each extraData.questions}}\n- {{q}} **{{a}}**\n{{/each}}",
         "<ul>\n<li>Why? <strong>1</strong></li>\n<li>*B* <strong>2.5</strong></li>\n</ul>"),
        ("`{{name}}`", "<p><code>Ada *x*</code></p>"),
        ("{{missing}}", ""),
        ("[a]({{name}})", '<p><a target="_blank" rel="noopener noreferrer">a</a></p>'),
        ("[a](https://a.example/{{seats}})",
         '<p><a href="https://a.example/3" target="_blank" rel="noopener noreferrer">a</a></p>'),
    ],
)  # fmt: skip
def test_placeholders_and_markdown_are_rendered(template: str, expected: str) -> None:
    """Names with dots and dashes, conditions, lists, dates and links."""
    tokens = {"name": "Ada *x*", "first.name": "dotted", "a-b": "dashed", "seats": 3, "when": "1764000000000"}
    rendered = rendered_event({"tokens": tokens, "extraData": QUESTIONS}, {"detailTemplate": template})
    assert rendered.detail == expected


DEEP: Any = []
for _ in range(3_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{#if", "unclosed tag"),
        ("{{nope 1}}", "Missing helper: &quot;nope&quot;"),
        ("{{#*inline 'a'}}{{> a}}{{> a}}{{/inline}}{{> a}}", "partials are not supported"),
        ("x" * 10_001, "longer than 10,000 characters"),
        ("{{#if name}}" * 30 + "{{/if}}" * 30, "nested too deeply"),
        ("{{a" + " (a" * 2000 + ")" * 2000 + "}}", "nested too deeply"),
        ("{{#each l}}" * 9 + "{{/each}}" * 9, "loops take too long"),
        ("{{#each l}}" + "x" * 2000 + "{{/each}}", "grows to more than 20,000 characters"),
        ("{{#each l}}{{@root.name}}{{/each}}", "prints more than 50,000 characters"),
        ("|a" * 100 + "\n" + "|-" * 100 + "\n" + "|\n" * 4_000, "tables are too large"),
        ("[a](https://a.a)" * 600, "grows to more than 40,000 characters"),
    ],
)
def test_an_invalid_template_is_a_note(template: str, message: str) -> None:
    """Of one line, at once, however long the rendering would have taken."""
    rendered = render(template.replace("each l", "each @root.l"), {"l": ["x"] * 20, "name": "n" * 9000})
    assert rendered.startswith('<p class="problem">This template cannot be shown: ')
    assert message in rendered
    assert "\n" not in rendered


def test_too_many_values_are_a_note() -> None:
    """And values that are nested too deeply."""
    assert "more than 20,000 values" in render("x", {"list": list(range(30_000))})
    assert "nested too deeply" in render("x", {"list": DEEP})


@pytest.mark.parametrize("hostile", HOSTILE)
def test_known_attacks_have_no_effect(hostile: str) -> None:
    """As a template, as a value and as the destination of a link."""
    link = '<a href="{{name}}">a</a>'
    for template in (hostile, "{{name}}", "[a]({{name}})", f"[a]({hostile})", f"a {hostile}", link):
        rendered = render(template, {"name": hostile})
        assert_harmless(rendered)
        assert "script:" not in str([attributes.get("href") for _, attributes in ParsedHtml(rendered).tags]).lower()
