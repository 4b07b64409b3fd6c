"""Text of servers, files and their names reaches no output as it is: it could clear a terminal or forge lines."""

import json
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

import pytest

from hubspot_timeline import BatchLimits, RetryPolicy
from tests.helpers.clients import TimelineClient
from tests.helpers.command import Ended, run_here
from tests.helpers.fake_time import FakeTime
from tests.helpers.numbered_events import numbered

HOSTILE = "\x1b[2J\x07\r\nError: forged\x85\u202e\u2028\x9b1m\x7f\ud800"
LONG = HOSTILE + "x" * 1_000_000
BODY = {"message": LONG, "category": LONG, "correlationId": LONG, "policyName": LONG, "errors": [{"message": LONG}]}
ROW = {"eventTemplateId": "1", "id": HOSTILE[:-1], "tokens": {}, "email": "ada@example.com"}
LONGEST = 8_000


def http(status: bytes, body: bytes, header: bytes = b"Content-Type: application/json") -> bytes:
    return b"HTTP/1.1 %b\r\n%b\r\nContent-Length: %d\r\n\r\n%b" % (status, header, len(body), body)


JSON_BODY = json.dumps(BODY).encode()
RESPONSES = {
    "message": http(b"400 Bad Request", JSON_BODY),
    "scopes": http(
        b"403 Forbidden",
        json.dumps({**BODY, "errors": [{"context": {"requiredGranularScopes": [LONG]}}]}).encode(),
    ),
    "html": http(b"502 Bad Gateway", LONG.encode("utf-8", "replace"), b"Content-Type: text/html"),
    "header": http(b"429 Too Many", b"{}", b"Retry-After: \x1b[2J\x07" + b"9" * 10_000),
    "broken header": http(b"200 OK", b"{}", b"\x1b[2J\x07\x9b: x"),
    "reason": http(b"500 \x1b[2J\x07", b"{}"),
    "no http": LONG.encode("utf-8", "replace"),
    "errors of a 207": http(b"207 Multi-Status", json.dumps({"results": [], **BODY}).encode()),
    "success": http(b"201 Created", json.dumps({"results": [{"id": LONG}]}).encode()),
}


@contextmanager
def responding(response: bytes) -> Iterator[str]:
    """Serve the same bytes for every connection."""

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            length = 0
            while (line := self.rfile.readline()).strip():
                length = int(line.split(b":")[1]) if line.lower().startswith(b"content-length") else length
            self.rfile.read(length)
            self.wfile.write(response)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def require_harmless(text: str) -> None:
    """Require that no line is foreign or endless, and that none has a control or format character."""
    assert not [line for line in text.split("\n") if line.startswith("Error: forged") or len(line) > LONGEST]
    assert not {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n"}


def require_harmless_run(ended: Ended, folder: Path) -> None:
    """Require it of both outputs and of the dead letters' messages."""
    require_harmless(ended.out)
    require_harmless(ended.err)
    for file in folder.glob("dead*"):
        for line in file.read_text().splitlines():
            letter = json.loads(line)
            require_harmless("\n".join(map(str, [letter["origin"], *letter["error"].values()])))


@pytest.mark.parametrize("name", RESPONSES)
def test_text_of_a_server_is_escaped_and_cut(tmp_path: Path, name: str) -> None:
    """In its error body and its headers, and where it does not send HTTP at all."""
    (tmp_path / "rows.jsonl").write_text(json.dumps(ROW) + "\n")
    with responding(RESPONSES[name]) as url:
        options = ("--base-url", url, "--attempts", "1")
        ended = run_here("send", *options, "rows.jsonl", folder=tmp_path, env={"HUBSPOT_TIMELINE_TOKEN": "any-token"})

    assert ended.code == 3
    assert "rows.jsonl:1: " in ended.err
    require_harmless_run(ended, tmp_path)


@pytest.mark.parametrize("name", RESPONSES)
def test_log_records_and_errors_are_escaped_and_cut(caplog: pytest.LogCaptureFixture, name: str) -> None:
    """Of the library, with the level DEBUG; also the repr of an error, as a log of the application has it."""
    caplog.set_level(logging.DEBUG, "hubspot_timeline")
    with responding(RESPONSES[name]) as url:
        time = FakeTime()
        options: dict[str, Any] = {"clock": time.clock, "sleep": time.sleep, "retry": RetryPolicy(attempts=2)}
        with TimelineClient("any-token", base_url=url, batch=BatchLimits(max_events=1), **options) as timeline:
            report = timeline.send(numbered(1))

    [failure] = report.failures
    for text in (str(failure.error), repr(failure.error), repr(failure), repr(report)):
        require_harmless(text)
    for record in caplog.records:
        if record.name.startswith("hubspot_timeline"):
            require_harmless(record.getMessage())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("row.jsonl", json.dumps({**ROW, "tokens": {HOSTILE[:-1] + "x" * 5_000: "1"}})),
        ("row.jsonl", json.dumps({**ROW, LONG[:5_000]: "1"})),
        ("row.jsonl", json.dumps({**ROW, "eventTemplateId": [HOSTILE]})),
        ("row.jsonl", "[" + json.dumps({HOSTILE: 1}) + "]"),
        ("row.jsonl", "\x1b[2J" * 5_000),
        ("heading.csv", '"e\x1b[2J\x07mail\u202e",id\n"a\x9b",b\n'),
        ("heading.csv", "x" * 50_000 + "\x1b[2J,id\na,b\n"),
        ("cell.csv", 'email,timestamp\na,"\x1b[2J\u2028\x9b1m"\n'),
        ("pixels.csv", f"timelineIFrame.width\n\x1b[2J\x9b{'x' * 5_000}\n"),
        ("cp1252.csv", "email,id\na@b.c,Größe\n"),
        ("semicolons.csv", "email;id\na@b.c;b\n"),
        ("\x1b[2J\x07\n\u202e.jsonl", json.dumps({**ROW, "emial": "1"})),
        ("\x1b[2J\x07\n\u202e.csv", "email;id\na;Größe\n"),
        ("\x1b[2J\x07\n\u202e.jsonl", "email,id\n"),
        ("\x1b[2J\x07\n\u202e.jsonl", '{\n  "id": "1"\n}'),
        ("\x1b[2J\x07\n\u202e.jsonl", ""),
    ],
)
def test_text_of_a_file_and_its_name_is_escaped_and_cut(tmp_path: Path, name: str, content: str) -> None:
    """Each of these is an error, or a guess that is logged; the dead letter has the row as it is."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / name).write_bytes(content.encode("cp1252" if "ö" in content else "utf-8"))
    options = ("--base-url", "http://127.0.0.1:9", "--attempts", "1", "--template", "1")

    ended = run_here("send", *options, name, folder=folder, env={"HUBSPOT_TIMELINE_TOKEN": "any-token"})

    assert ended.code in (2, 3)
    require_harmless_run(ended, folder)


def test_a_template_of_the_service_is_shown_with_escapes(tmp_path: Path) -> None:
    """As JSON with the same content."""
    template = {"id": "1", "name": HOSTILE, "objectType": "contacts", "tokens": []}
    with responding(http(b"200 OK", json.dumps(template).encode())) as url:
        options = ("--app-id", 7, "--base-url", url)
        ended = run_here(
            "templates", "get", "1", *options, folder=tmp_path, env={"HUBSPOT_TIMELINE_TOKEN": "any-token"}
        )

    assert json.loads(ended.out)["name"] == HOSTILE
    require_harmless(ended.out + ended.err)


def test_an_option_is_quoted_with_escapes(tmp_path: Path) -> None:
    """As a shell may pass it on from a file name."""
    for name in ("--base-url", "--journal", "--map", "--batch-size", "--json"):
        options = (name, HOSTILE[:-1])
        ended = run_here("send", *options, "rows.jsonl", folder=tmp_path, env={"HUBSPOT_TIMELINE_TOKEN": "any-token"})
        require_harmless(ended.out + ended.err)
        assert ended.code in (2, 3)
