"""The token is in no report, however a server writes it."""

import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.contract import render
from hubspot_timeline_testing.contract.reports.summary import summary
from hubspot_timeline_testing.contract.redaction import HIDDEN, Secret
from tests.helpers.contract_runs import TOKEN, Exchange, contract, evolve_answer, flawed, serving

LONG = "pat-na1/ab+c==&\"'<x>"
FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON twice": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "in JSON as PHP writes it": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "in JSON by numbers": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    "in a URL": lambda text: quote(text, safe=""),
    "in a URL in small letters": lambda text: quote(text, safe="").lower(),
    "in a URL twice": lambda text: quote(quote(text, safe=""), safe=""),
    "in HTML": html.escape,
    "in HTML by numbers": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "in HTML by numbers of two digits": lambda text: "".join(f"&#x{ord(sign):X};" for sign in text),
    "in HTML twice": lambda text: html.escape(html.escape(text)),
    "in UTF-16": lambda text: text.encode("utf-16-le").decode(),
    "in UTF-32": lambda text: text.encode("utf-32-be").decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_hidden(form: str) -> None:
    """And what is around it stays."""
    hidden = Secret(LONG).hidden_in(f"before {FORMS[form](LONG)} after")
    assert hidden.replace("\x00", "") == f"before {HIDDEN} after"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40))
def test_any_token_is_hidden(token: str) -> None:
    """Whatever signs it has."""
    assert token not in Secret(token).hidden_in(f"Bearer {token} {token}")


def test_a_short_token_is_hidden_where_it_lets_in() -> None:
    """Elsewhere it would be found in the middle of words."""
    assert Secret("any").hidden_in("Bearer any of many") == f"Bearer {HIDDEN} of many"


@pytest.mark.parametrize("size", [0, 41, 55, 63, 189])
def test_no_part_of_it_is_left_where_words_are_cut(size: int) -> None:
    """In the name of a template, which the walk quotes, and in what a schema says."""
    name = "x" * size + f"Bearer {TOKEN}"

    def named(done: Exchange) -> Exchange:
        body = json.loads(done.body or b"{}")
        if done.status >= 300 or "headerTemplate" not in body:
            return done
        return evolve(done, body=json.dumps(body | {"name": name, "objectType": [name]}).encode())

    with flawed(named) as url:
        report = contract(url, operations=["get_template"])
    assert report.failures
    texts = [summary(report), *(render(report, form) for form in ("junit", "json", "markdown"))]
    assert not [text for text in texts if TOKEN[:8] in text]


def test_an_answer_that_echoes_it_tells_nothing() -> None:
    """Not even as JSON that escapes a slash."""
    token = "sekret/abc-12345"
    body = b'{"status": "error", "message": "oops Bearer sekret\\/abc-12345"}'
    with serving(lambda exchange: evolve_answer(exchange, 400, body)) as url:
        report = contract(url, token=token)
    texts = [summary(report), *(render(report, form) for form in ("junit", "json", "markdown"))]
    assert report.failures
    assert not [text for text in texts if "abc-12345" in text]
