"""The access token is in no output and in no report, however a server encodes it."""

import html
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.contract.redaction import REDACTED, Redactor, printable
from tests.helpers.command import run_here
from tests.helpers.contract_process import forked
from tests.helpers.contract_runs import TOKEN, Exchange, contract, serving

LONG = "pat-na1/ab+c==&\"'<x>"
ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON twice": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON by numbers": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    "URL": lambda text: quote(text, safe=""),
    "URL in lower case": lambda text: quote(text, safe="").lower(),
    "URL twice": lambda text: quote(quote(text, safe=""), safe=""),
    "URL by numbers": lambda text: "".join(f"%{ord(sign):02x}" for sign in text),
    "HTML": html.escape,
    "HTML by numbers": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "HTML by hexadecimal numbers": lambda text: "".join(f"&#x{ord(sign):X};" for sign in text),
    "HTML twice": lambda text: html.escape(html.escape(text)),
    "UTF-16": lambda text: text.encode("utf-16-le").decode(),
    "UTF-32": lambda text: text.encode("utf-32-be").decode(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_encoding_is_redacted(encoding: str) -> None:
    """The text around the token stays."""
    text = f"before {ENCODINGS[encoding](LONG)} after"
    assert Redactor(LONG).text(text).replace("\x00", "") == f"before {REDACTED} after"
    assert Redactor(LONG).content(text.encode()).replace(b"\x00", b"").decode() == f"before {REDACTED} after"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=40))
def test_any_token_is_redacted(token: str) -> None:
    """Whatever characters it has."""
    assert token not in Redactor(token).text(f"Bearer {token} {token}")


@given(st.binary(max_size=50))
def test_a_body_without_the_token_stays_as_it_is(content: bytes) -> None:
    """Even if it is not text."""
    assert Redactor(LONG).content(content) == content


def test_a_short_token_is_redacted_after_bearer() -> None:
    """Elsewhere it could be a part of an ordinary word."""
    assert Redactor("any").text("Bearer any of many") == f"Bearer {REDACTED} of many"


@given(st.text(), st.integers(1, 50))
def test_any_text_is_printable_on_one_line(text: str, limit: int) -> None:
    """Control characters are escaped, and blanks are merged."""
    assert printable(text, limit).isprintable()


@pytest.mark.parametrize(
    ("token", "status", "message"),
    [("responded", 400, " responded 400: "), ("responses", 401, "too many responses were missing")],
)
def test_our_own_words_are_not_redacted(token: str, status: int, message: str) -> None:
    """A token of the sandbox may be one of them, such as the any-token of `--allow any-token`."""
    with serving(lambda exchange: evolve(exchange, status=status, body=b"{}")) as url:
        report = contract(url, token=token, operations=["create_event"], phases=["examples"])
    assert message in str(report)


def echo(exchange: Exchange) -> Exchange:
    """Respond with the token in the header and in the body, in several encodings."""
    header = exchange.headers.get("Authorization", "")
    encoded = [encode(header) for name, encode in ENCODINGS.items() if not name.startswith("UTF")]
    body = json.dumps({"message": header, "status": [header], "errors": encoded}).encode() + header.encode("utf-16-le")
    return evolve(exchange, status=400, body=body, content_type=f"text/plain; what={header}")


def test_no_output_and_no_report_has_the_token(tmp_path: Path) -> None:
    """Neither what this package writes, nor what Schemathesis writes, in any of its formats."""
    formats = "junit,vcr,har,ndjson,json,html"
    with serving(echo) as url, forked():
        ended = run_here(
            "contract", url, "--phases", "examples,coverage", "--operation", "create_event",
            "--report", formats, "--report-dir", "reports",
            folder=tmp_path, env={"HUBSPOT_TIMELINE_TOKEN": TOKEN},
        )  # fmt: skip
        report = contract(url, operations=["create_event"])
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert ended.code == 1, ended.out + ended.err
    assert len([path for path in files if path.parent.name != tmp_path.name]) >= 6
    for text in (*(path.read_text(encoding="utf-8", errors="replace") for path in files), str(report), repr(report)):
        assert TOKEN not in text.replace("\x00", "")
        assert TOKEN[:12] not in text.replace("\x00", "")
