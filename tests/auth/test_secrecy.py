"""No secret is in any log, repr, traceback, file or process list, whatever goes wrong (G8): all are searched."""

import io
import json
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from hubspot_timeline import OAuthRefresh, RetryPolicy, TimelineClient, TimelineError
from tests.helpers.numbered_events import numbered

SECRETS = ("access-token-1cf7", "client-secret-2bd8", "refresh-token-3ae9", "other-token-4fd0")
ACCESS, CLIENT, REFRESH, OTHER = SECRETS


class Blabber(BaseHTTPRequestHandler):
    """A service that quotes whatever secret it was sent, in JSON and in HTML, and never creates anything."""

    answers: Iterator[tuple[int, str]] = iter(())

    def do_POST(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path.startswith("/oauth"):
            form = {name: values[0] for name, values in parse_qs(body).items()}
            code, text = next(self.answers, (400, '{"message": "bad %s and %s"}'))
            quoted = text % (form["client_secret"], form["refresh_token"]) if "%s" in text else text
        else:
            code, text = next(self.answers, (401, '{"message": "bad %s", "category": "EXPIRED_AUTHENTICATION"}'))
            quoted = text % self.headers["Authorization"] if "%s" in text else text
        self.send_response(code)
        self.end_headers()
        self.wfile.write(quoted.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's word
        """Log nothing: this is not the code under test."""


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Blabber)
    thread = Thread(target=server.serve_forever)
    thread.start()
    with closing(server.socket):
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it, also where a traceback would not show it."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def token() -> str:
    return ACCESS


def failing() -> str:
    raise KeyError("vault")


GOOD = f'{{"access_token": "{ACCESS}", "expires_in": 1800, "refresh_token": "{OTHER}"}}'
HTML = "<html>%s</html>"
CASES: dict[str, tuple[Any, list[tuple[int, str]]]] = {
    "refused": (ACCESS, []),
    "html": (ACCESS, [(502, HTML), (404, HTML)]),
    "function": (token, [(500, HTML)]),
    "failing function": (failing, []),
    "refused refresh": (OAuthRefresh("app", CLIENT, REFRESH), [(400, '{"status": "BAD", "message": "%s %s"}')]),
    "html refresh": (OAuthRefresh("app", CLIENT, REFRESH), [(502, "<p>%s %s"), (403, "<p>%s %s")]),
    "half a token": (OAuthRefresh("app", CLIENT, REFRESH), [(200, GOOD[:40])]),  # ends within expires_in
    "refreshed": (OAuthRefresh("app", CLIENT, REFRESH), [(200, GOOD), (401, HTML), (200, GOOD), (401, HTML)]),
}


@pytest.mark.parametrize("case", CASES)
def test_in_this_process(case: str, url: str, tmp_path: Path) -> None:
    """All loggers at their lowest level, reprs of everything, tracebacks with their causes, and the journal's files."""
    given, answers = CASES[case]
    Blabber.answers = iter(answers)
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(1)
    retry = RetryPolicy(attempts=3, wait_initial=0)
    try:
        with TimelineClient(given, base_url=url, retry=retry) as timeline:
            report = timeline.send(numbered(3), journal=tmp_path / "run.journal")
            shown = [
                repr(timeline),
                repr(timeline.api),
                "" if given == ACCESS else repr(given),
                repr(vars(timeline)),
                repr(report),
            ]
            stored = [path.read_bytes() for path in tmp_path.iterdir()]
            shown += [repr(vars(one)) for one in vars(timeline).values() if hasattr(one, "__dict__")]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert report.created == 0
    for failure in report.failures:
        shown += [repr(failure), *traceback.format_exception(failure.error)]
        shown += [repr(vars(error)) for error in chain_of(failure.error)]

    everything = heard.getvalue() + "".join(shown) + b"".join(stored).decode("utf-8", "replace")
    assert "Stopping: " in heard.getvalue()
    assert [secret for secret in SECRETS if secret in everything] == []


def test_on_the_command_line(url: str, tmp_path: Path) -> None:
    """Output, dead letters, and what the process list shows while it runs."""
    Blabber.answers = iter([(200, GOOD)])
    (tmp_path / "rows.jsonl").write_text(
        "\n".join(json.dumps({"eventTemplateId": "1", "id": f"e{n}", "tokens": {}, "email": "a@b.c"}) for n in range(3))
    )
    names = ("HUBSPOT_TIMELINE_CLIENT_ID", "HUBSPOT_TIMELINE_CLIENT_SECRET", "HUBSPOT_TIMELINE_REFRESH_TOKEN")
    given = dict(zip(names, ("app", CLIENT, REFRESH), strict=True))
    plain = {name: value for name, value in os.environ.items() if name != "HUBSPOT_TIMELINE_TOKEN"}
    words = ["send", "--base-url", url, "--dead-letters", "dead", "--json", "-"]
    process = subprocess.Popen(
        [sys.executable, "-m", "hubspot_timeline", *words],
        cwd=tmp_path, env=plain | given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    with process:
        assert process.stdin
        assert process.stdout
        listed = Path(f"/proc/{process.pid}/cmdline").read_bytes() if Path("/proc").is_dir() else b""
        process.stdin.write((tmp_path / "rows.jsonl").read_bytes())
        process.stdin.close()
        told = process.stdout.read()

    files = [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()]
    assert (tmp_path / "dead").exists()
    assert b"The token endpoint refused: 400" in told
    everything = b"".join([listed, told, *files]).decode("utf-8", "replace")
    assert [secret for secret in SECRETS if secret in everything] == []


def test_no_way_in_shows_a_secret_in_the_process_list() -> None:
    """There is no option that takes one: files and the environment do."""
    done = subprocess.run(
        [sys.executable, "-m", "hubspot_timeline", "send", "--help"], capture_output=True, text=True, check=True
    )
    options = {word for word in done.stdout.split() if word.startswith("--")}

    assert "--token-file" in options
    assert not {"--token", "--client-secret", "--refresh-token"} & options


def test_an_error_says_enough_without_it(url: str) -> None:
    """The place of a secret is marked."""
    Blabber.answers = iter([])
    with TimelineClient(OAuthRefresh("app", CLIENT, REFRESH), base_url=url) as timeline:
        [failure] = timeline.send(numbered(1)).failures

    assert isinstance(failure.error, TimelineError)
    assert "bad *** and ***" in str(failure.error)
