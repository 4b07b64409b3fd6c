"""A response or an exception that quotes the credentials of its request is reported without them (G8)."""

import codecs
import logging
import traceback
from collections.abc import Callable
from html import escape
from urllib.parse import quote

import httpx
import pytest

from hubspot_timeline import event
from hubspot_timeline.http.redaction import redacted, without
from tests.helpers.both_clients import ClientRunner
from tests.helpers.scripted_http import Script, inputs

TOKEN = "pass/word==pat-very-secret-0815"
EVENT_ERROR = '{"status": "COMPLETE", "results": [], "errors": [{"message": "bad %s", "context": {"id": ["a"]}}]}'
EVENT = event(1, id="a", email="a@b.c")

ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON of PHP": lambda text: text.replace("/", "\\/"),
    "JSON with = by its number": lambda text: text.replace("=", "\\u003d"),
    "JSON by numbers": lambda text: "".join(f"\\u{ord(character):04X}" for character in text),
    "JSON in JSON by numbers": lambda text: "".join(f"\\\\u{ord(character):04x}" for character in text),
    "URL": lambda text: quote(text, safe=""),
    "URL by numbers": lambda text: "".join(f"%{ord(character):02x}" for character in text),
    "URL twice": lambda text: quote(quote(text, safe=""), safe=""),
    "HTML": escape,
    "HTML by numbers": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "HTML by hexadecimal numbers": lambda text: "".join(f"&#x{ord(character):X};" for character in text),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("code", "body"), [(401, '{"message": "bad %s"}'), (401, "<p>bad %s"), (207, EVENT_ERROR)])
def test_the_access_token_is_replaced_in_any_encoding(
    client: ClientRunner, encoding: str, code: int, body: str
) -> None:
    """As writers of JSON, URLs and HTML escape it; in JSON, in HTML and in the errors of single events."""
    script = Script(lambda _: httpx.Response(code, content=(body % ENCODINGS[encoding](TOKEN)).encode()))
    report = client.run(script, lambda timeline: timeline.send([EVENT]), token=TOKEN)

    [failure] = report.failures
    assert "bad ***" in str(failure.error)
    assert "very-secret" not in str(failure.error) + repr(failure) + repr(vars(failure.error))


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("body", ['{"message": "bad %s"}', "<p>bad %s"])
def test_the_access_token_is_replaced_in_wide_characters(client: ClientRunner, charset: str, body: str) -> None:
    """Which json reads as well."""
    for text in (TOKEN, ENCODINGS["JSON by numbers"](TOKEN)):
        script = Script(lambda _: httpx.Response(401, content=(body % text).encode(charset)))  # noqa: B023
        [failure] = client.run(script, lambda timeline: timeline.send([EVENT]), token=TOKEN).failures
        assert "bad ***" in str(failure.error)
        assert "very-secret" not in (str(failure.error) + repr(vars(failure.error))).replace("\\x00", "")


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_inside_of_a_text_are_replaced(charset: str) -> None:
    """As of a program that writes the bytes that it received."""
    request = httpx.Request("GET", "https://x", headers={"Authorization": f"Bearer {TOKEN}"})
    content = b"bad: %b." % TOKEN.encode(charset)
    assert codecs.decode(redacted(request, content)[5:-1], charset) == "***"


@pytest.mark.parametrize(
    ("token", "expected"), [("any-token", "bad *** not allowed"), ("not", "bad any-token not allowed")]
)
def test_a_short_access_token_is_not_replaced_in_words(token: str, expected: str) -> None:
    """Of a text of fewer than 8 characters only what follows Bearer is."""
    assert without(token, "bad any-token not allowed") == expected
    assert without(token, f"Bearer {token}") == "Bearer ***"


@pytest.mark.parametrize("token", ["any-token", "template", "a", "not"])
def test_our_own_words_are_not_replaced(client: ClientRunner, token: str) -> None:
    """Only what the service wrote is redacted."""
    script = Script(lambda _: httpx.Response(404, json={"message": f"no {token}"}))
    [failure] = client.run(script, lambda timeline: timeline.send([EVENT]), token=token).failures

    shown = "***" if len(token) >= 8 else token
    assert str(failure.error) == (
        f"404: no {shown}. Check the ids in the request, and that the access token belongs to the same app."
    )


def test_an_id_that_contains_the_access_token_is_found_in_the_response(client: ClientRunner) -> None:
    """What an application sends in its events is no secret."""
    named = event(1, id="company-tokens-1", email="a@b.c")
    script = Script()
    assert client.run(script, lambda timeline: timeline.send([named]), token="any-token").created == 1
    assert inputs(script.requests[0])[0]["id"] == "company-tokens-1"


class ForeignError(Exception):
    """An exception of a user's transport."""


def raise_quoting(request: httpx.Request) -> httpx.Response:
    raise ForeignError(f"cannot send {dict(request.headers)}")


def raise_from_quoting(request: httpx.Request) -> httpx.Response:
    try:
        return raise_quoting(request)
    except ForeignError as error:
        raise httpx.ReadError("see above", request=request) from error


@pytest.mark.parametrize("handler", [raise_quoting, raise_from_quoting])
def test_the_exception_of_a_transport_is_reported_without_the_access_token(
    client: ClientRunner, handler: Callable[[httpx.Request], httpx.Response], caplog: pytest.LogCaptureFixture
) -> None:
    """In outcomes, tracebacks and logs; of batches and of single requests."""
    with caplog.at_level(logging.DEBUG):
        [failure] = client.run(handler, lambda timeline: timeline.send([EVENT]), token=TOKEN).failures
        with pytest.raises(Exception) as caught:  # noqa: PT011 - of any kind: what it shows is what counts
            client.run(handler, lambda timeline: timeline.templates.list(), token=TOKEN)

    assert "ForeignError: cannot send" in str(failure.error) or "ReadError: see above" in str(failure.error)
    for error in (failure.error, caught.value):
        assert "very-secret" not in "".join(traceback.format_exception(error))
    assert "very-secret" not in caplog.text
