"""The results and the report have no secret of the user, and nothing that a terminal or Markdown interprets."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from hubspot_timeline_testing.calibration import AccountError, Calibration, markdown
from hubspot_timeline_testing.calibration.evidence import Masker
from hubspot_timeline_testing.calibration.messages import Exchange, Request
from hubspot_timeline_testing.contract.redaction import Redactor, escaped
from tests.helpers.calibrations import BOTH, TOKEN
from tests.helpers.odd_servers import Answering, measured, rewritten, written

EMAIL, ACCOUNT = "Test-2026>?@corp.test", "5551234"
MASKER = Masker(Redactor(TOKEN), {EMAIL: "CONTACT-EMAIL", ACCOUNT: "ACCOUNT-ID"})


def is_refused(response: httpx.Response) -> bool:
    """Return whether it is a refusal, which the tests replace."""
    return response.status_code in (400, 409)


def test_what_a_server_repeats_is_masked_in_facts_and_reasons() -> None:
    """Also in the report, which is made of them."""
    texts = ("ada@example.com", "ADA@example.com", TOKEN, ACCOUNT)

    def telling(_: httpx.Request, response: httpx.Response) -> httpx.Response:
        content = response.content.replace(b"exist", " ".join(texts).encode())
        return httpx.Response(response.status_code, content=content)

    results = written(rewritten(telling, apis=BOTH, account=ACCOUNT))
    assert "already" in results
    assert not [text for text in texts if text.lower() in results]


ENCODINGS: dict[str, Callable[[bytes], str]] = {
    "standard": lambda value: base64.b64encode(value).decode(),
    "for URLs": lambda value: base64.urlsafe_b64encode(value).decode().rstrip("="),
    "in a URL": lambda value: f"next={quote(base64.b64encode(value), safe='')}",
    "after a word": lambda value: f"token_{base64.urlsafe_b64encode(value).decode()}",
    "after a short word": lambda value: f"id_{base64.urlsafe_b64encode(value).decode()}",
    "after two words": lambda value: f"access_token_{base64.urlsafe_b64encode(value).decode()}",
    "in lines": lambda value: base64.encodebytes(b"\xff" * 40 + value).decode().strip(),
    "of UTF-16": lambda value: base64.b64encode(value.decode(errors="replace").encode("utf-16-le")).decode(),
    "hexadecimal": lambda value: f"id-{value.hex()}",
    "hexadecimal after a digit": lambda value: f"id-0{value.hex()}",
}


@pytest.mark.parametrize("before", [b"", b"\xff", b"\xff>"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("secret", [TOKEN, EMAIL.swapcase(), ACCOUNT])
def test_a_secret_is_masked_in_base64_and_in_hexadecimal_digits(secret: str, encoding: str, before: bytes) -> None:
    """Wherever it begins in what is encoded, in whatever case the server has the address."""
    hidden = ENCODINGS[encoding](before + secret.encode() + b"~~")
    parts = hidden.split()
    headers = {"location": "".join(parts), "x-hubspot-ratelimit-x": "".join(parts)}
    response = httpx.Response(400, json={"message": f"no {hidden} no", hidden: 1}, headers=headers)
    exchange = Exchange.of(Request("GET", "/"), response, MASKER.body, was_lost=False)
    evidence = MASKER.evidence(exchange)["response"]
    for text in (json.dumps(evidence["body"]), *evidence["headers"].values(), exchange.message, str(exchange)):
        assert ("***" in text) is (text != "application/json")
        assert not [part for part in parts if part[len(part) // 2 - 4 :][:8].lower() in text.lower()]


@pytest.mark.parametrize("kind", ["message", "text", "category", "name", "number", "header"])
def test_no_part_of_a_secret_is_left(kind: str) -> None:
    """However a refusal encodes it, wherever it is, and where texts are cut or made comparable."""
    email = "test-20260101+2@corp.test"
    text = " ".join(f"c {email.replace('@', sign)}" for sign in ("%40", "&#64;", "\\u0040"))
    text += f" x_{email}_y portal_{ACCOUNT} p{ACCOUNT} "
    for length in (190, 285, 490):  # shortly before the texts are cut
        text = f"{text:x<{length}} {TOKEN} "
    body = {"message": {"message": text}, "category": {"message": "no", "category": text}, "name": {text: 1}}
    body |= {"number": {"message": text, "portalId": int(ACCOUNT), "category": int(ACCOUNT)}, "header": {}}

    def telling(_: httpx.Request, response: httpx.Response) -> httpx.Response:
        if not is_refused(response):
            return response
        if kind == "text":
            return httpx.Response(response.status_code, text=text)
        headers = {f"x-hubspot-ratelimit-{text}": "1", "location": text} if kind == "header" else {}
        return httpx.Response(response.status_code, json=body[kind], headers=headers)

    results = written(rewritten(telling, account=ACCOUNT, email=email))
    assert "v3.duplicates" in results
    assert not [secret for secret in (TOKEN[:9], "corp", ACCOUNT) if secret in results]


def test_the_name_of_a_template_does_not_hide_a_secret() -> None:
    """Where a message is made comparable, also if the name is one letter, or a part of the secret."""

    def telling(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.method == "POST" and request.url.path.endswith("event-templates"):
            return httpx.Response(201, json={"id": "e"})
        if not is_refused(response):
            return response
        return httpx.Response(response.status_code, json={"message": "no ada@example.com"})

    text = written(rewritten(telling))
    assert "no contact-email" in text
    assert "{type}" not in text


def test_a_template_that_cannot_be_deleted_tells_no_secret() -> None:
    """Its id is the server's."""

    def telling(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.method == "DELETE":
            return httpx.Response(400)
        if request.method == "POST" and request.url.path.endswith("event-templates"):
            return httpx.Response(201, json={"id": TOKEN})
        return response

    calibration = rewritten(telling)
    assert calibration.leftover == "the template ***"
    assert TOKEN not in written(calibration)


def test_the_report_has_no_control_characters_and_no_markup_of_a_server() -> None:
    """In values, reasons, and what is left over: a terminal shows it, and it is pasted into an issue."""
    text = "\x1b[2J \x9b31m \u202e ` <img src=x> @all | [a](b)"

    def writing(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        is_changed = is_refused(response) or b"{{uuid}}" in request.content or b'"1"' in request.content
        return httpx.Response(400, json={"message": text, text: 1}) if is_changed else response

    calibration = rewritten(writing)
    calibration.leftover = text
    assert any(escaped(text) in reason for _, reason in calibration.problems())
    assert any("<img" in str(fact.value) for fact in calibration.facts.values())
    report = markdown(calibration)
    assert all(line.isprintable() for line in report.splitlines())
    assert r"\u003cimg" in report
    assert not any(sign in re.sub(r"`[^`]*`", "", report) for sign in "<@[`")
    cells = {line.count("|") for line in report.splitlines() if line.startswith("|")}
    assert cells == {3, 4}


def test_the_file_has_no_control_characters(tmp_path: Path) -> None:
    """Those that a terminal interprets, and those that change the direction of a text."""
    signs = "\x1b\x7f\x9b\u200e\u202e\u2066"

    def writing(_: httpx.Request, response: httpx.Response) -> httpx.Response:
        return httpx.Response(400, json={"message": f"no{signs}", signs: 1}) if is_refused(response) else response

    rewritten(writing).write(tmp_path / "calibration.json")
    text = (tmp_path / "calibration.json").read_text(encoding="utf-8")
    assert all(line.isprintable() for line in text.splitlines())
    facts = Calibration.read(tmp_path / "calibration.json").facts
    assert facts["v3.duplicate_response"].value["message"] == f"no{signs}"


def test_messages_have_no_control_characters() -> None:
    """Of a refusal, of a template that cannot be deleted, and of an account."""

    def writing(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        return response if request.method == "POST" else httpx.Response(401, json={"message": "\x1b[2J\x9b\u202e"})

    calibration = rewritten(writing)
    assert calibration.leftover.isprintable()
    assert all(reason.isprintable() for _, reason in calibration.problems())
    with pytest.raises(AccountError) as error:
        measured(Answering(lambda _: httpx.Response(200, json={"portalId": 1, "accountType": "\x1b[2J\u202e"})))
    assert str(error.value).isprintable()
