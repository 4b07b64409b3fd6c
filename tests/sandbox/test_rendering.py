"""A template is rendered for an event, and nothing that either holds becomes more than text and links."""

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
HELD = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
TEMPLATES = st.lists(st.one_of(st.sampled_from(PIECES + HOSTILE), st.text(max_size=8)), max_size=12).map("".join)


class Seen(HTMLParser):
    """What a browser would make of a piece of HTML: its tags with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:  # noqa: D102
        self.text += data


def assert_harmless(rendered: str) -> None:
    for tag, attributes in Seen(rendered).tags:
        assert tag in TAGS
        if "problem" not in attributes.values():
            assert attributes.keys() <= {"href", "title", "rel", "target"}
        assert (attributes.get("href") or "http:").lower().startswith(("http:", "https:", "mailto:"))
    assert "<script" not in rendered.lower()


@given(TEMPLATES, HELD, st.lists(HELD, max_size=3), st.dictionaries(HELD, HELD, max_size=2))
def test_nothing_executes_whatever_is_held(template: str, name: str, listed: list[str], named: dict[str, str]) -> None:
    """There are no scripts, no handlers and no addresses but of the web and of mail, and nothing raises."""
    assert_harmless(render(template, {"name": name, "list": listed}))
    assert_harmless(render(template, {"name": name, "list": named}))


@given(TEMPLATES, HELD.filter(bool))
def test_values_change_no_markup(template: str, name: str) -> None:
    """Whatever a value holds, the tags are those that a plain word in its place would have given."""
    given = Seen(render(template, {"name": name, "list": [name]}))
    plain = Seen(render(template, {"name": "word", "list": ["word"]}))

    assert [tag for tag, _ in given.tags] == [tag for tag, _ in plain.tags]


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_a_value_is_shown_as_it_is(value: str) -> None:
    """Not a character of it is lost or altered, but for those that HTML cannot hold."""
    shown = Seen(render("x{{name}}x", {"name": value})).text

    assert readable(shown) == readable(f"x{value}x")


def readable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable() and letter != "\ufffd")


@given(st.text(), st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists))
def test_any_text_is_a_template(template: str, value: Any) -> None:
    """Whatever is written there, and whatever the event holds, something harmless comes back."""
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
def test_placeholders_and_markdown_mean_what_they_say(template: str, expected: str) -> None:
    """Names with dots and dashes, conditions, lists, dates and links come out as the template's author meant them."""
    tokens = {"name": "Ada *x*", "first.name": "dotted", "a-b": "dashed", "seats": 3, "when": "1764000000000"}

    rendered = rendered_event({"tokens": tokens, "extraData": QUESTIONS}, {"detailTemplate": template})
    assert rendered.detail == expected


DEEP: Any = []
for _ in range(3_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("template", "says"),
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
def test_a_bad_template_says_what_is_wrong(template: str, says: str) -> None:
    """One line stands in the place of the event, and it comes at once, however long the template would have taken."""
    rendered = render(template.replace("each l", "each @root.l"), {"l": ["x"] * 20, "name": "n" * 9000})

    assert rendered.startswith('<p class="problem">This template cannot be shown: ')
    assert says in rendered
    assert "\n" not in rendered


def test_an_event_may_be_too_much() -> None:
    """More values than a page could show, or deeper ones, are a note as well."""
    assert "more than 20,000 values" in render("x", {"list": list(range(30_000))})
    assert "nested too deeply" in render("x", {"list": DEEP})


@pytest.mark.parametrize("hostile", HOSTILE)
def test_known_attacks_come_to_nothing(hostile: str) -> None:
    """As a template, as a value and as the destination of a link, each is text."""
    for template in (
        hostile,
        "{{name}}",
        "[a]({{name}})",
        f"[a]({hostile})",
        f"a {hostile}",
        '<a href="{{name}}">a</a>',
    ):
        rendered = render(template, {"name": hostile})
        assert_harmless(rendered)
        assert "script:" not in str([attributes.get("href") for _, attributes in Seen(rendered).tags]).lower()
