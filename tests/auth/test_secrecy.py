"""No secret is in a log, repr, traceback, file or process list, whatever fails (G8): all of them are searched."""

import io
import json
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from hubspot_timeline import OAuthRefresh, RetryPolicy, TimelineClient
from tests.helpers.numbered_events import numbered

SECRETS = ("access-token-1cf7", "client-secret-2bd8", "refresh-token-3ae9", "other-token-4fd0")
ACCESS, CLIENT, REFRESH, OTHER = SECRETS
CREDENTIALS = OAuthRefresh("app", CLIENT, REFRESH)
ISSUED = f'{{"access_token": "{ACCESS}", "expires_in": 1800, "refresh_token": "{OTHER}"}}'
HTML = "<html>%s</html>"
BROKEN = 0  # close the connection without a response
RAW = 1  # the text is the whole response
MALFORMED = "HTTP/1.1 %s\r\n\r\n"
REASON = "HTTP/1.1 401 bad %s\r\nWWW-Authenticate: %s\r\nContent-Length: 0\r\n\r\n"
ENCODING = "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: 0\r\n\r\n"


class QuotingService(BaseHTTPRequestHandler):
    """A service that quotes the secrets of each request, in JSON and in HTML, and never creates anything."""

    script: Iterator[tuple[int, str]] = iter(())

    def do_POST(self) -> None:
        """Respond to one request."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path.startswith("/oauth"):
            form = {name: values[0] for name, values in parse_qs(body).items()}
            code, text = next(self.script, (400, '{"message": "bad %s and %s"}'))
            secrets: Any = (form["client_secret"], form["refresh_token"])
        else:
            code, text = next(self.script, (401, '{"message": "bad %s", "category": "EXPIRED_AUTHENTICATION"}'))
            secrets = self.headers["Authorization"]
        if code == BROKEN:
            return
        if code != RAW:
            self.send_response(code)
            self.end_headers()
        secrets = secrets if isinstance(secrets, tuple) else (secrets,) * text.count("%s")
        self.wfile.write((text % secrets if "%s" in text else text).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        """Log nothing: this is not the code under test."""


@pytest.fixture
def url() -> Iterator[str]:
    QuotingService.script = iter(())
    server = ThreadingHTTPServer(("127.0.0.1", 0), QuotingService)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    with closing(server.socket):
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def all_logs() -> Iterator[io.StringIO]:
    """Collect the logs of all loggers at all levels."""
    logs, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(logs), root.level
    root.addHandler(handler)
    root.setLevel(1)
    try:
        yield logs
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes, also where a traceback would not show them."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def failing() -> str:
    raise KeyError(OTHER)


CASES: dict[str, tuple[Any, list[tuple[int, str]]]] = {
    "refused token": (ACCESS, []),
    "HTML": (ACCESS, [(502, HTML), (404, HTML)]),
    "broken connection": (ACCESS, [(BROKEN, "")]),
    "malformed response": (ACCESS, [(RAW, MALFORMED)] * 2),
    "reason phrase": (ACCESS, [(RAW, REASON)]),
    "content encoding": (ACCESS, [(RAW, ENCODING)] * 2),
    "malformed response to a refresh": (CREDENTIALS, [(RAW, MALFORMED.replace("%s", "%s %s"))]),
    "reason phrase for a refresh": (CREDENTIALS, [(RAW, REASON)]),
    "token function": (lambda: ACCESS, [(500, HTML)]),
    "failing function": (failing, []),
    "refused refresh": (CREDENTIALS, [(400, '{"status": "BAD", "message": "%s %s"}')]),
    "HTML for a refresh": (CREDENTIALS, [(502, "<p>%s %s"), (403, "<p>%s %s")]),
    "half a token": (CREDENTIALS, [(200, ISSUED[:40])]),  # ends within expires_in
    "refreshed token": (CREDENTIALS, [(200, ISSUED), (401, HTML), (200, ISSUED), (401, HTML)]),
}


def shown_by_a_run(token: Any, responses: list[tuple[int, str]], url: str, folder: Path) -> str:
    """Return what a run shows: logs at the lowest level, reprs of everything, tracebacks with their causes, files."""
    QuotingService.script = iter(responses)
    retry = RetryPolicy(attempts=3, wait_initial=0)
    with all_logs() as logs, TimelineClient(token, base_url=url, retry=retry) as timeline:
        report = timeline.send(numbered(3), journal=folder / "run.journal")
        shown = [repr(each) for each in (timeline, timeline.api, vars(timeline), report, report.failures)]
        shown += [repr(vars(each)) for each in vars(timeline).values() if hasattr(each, "__dict__")]
        shown += [path.read_bytes().decode("utf-8", "replace") for path in folder.iterdir()]
        shown.append("" if token == ACCESS else repr(token))
    for failure in report.failures:
        shown += traceback.format_exception(failure.error)
        shown += [repr(vars(error)) for error in chain_of(failure.error)]

    assert report.created == 0
    return logs.getvalue() + "".join(shown)


@pytest.mark.parametrize("case", CASES)
def test_a_run_shows_no_secret(case: str, url: str, tmp_path: Path) -> None:
    """Whatever it is that stops it."""
    text = shown_by_a_run(*CASES[case], url, tmp_path)

    assert "Stopping: " in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("response", [MALFORMED, ENCODING])
def test_an_unreadable_response_shows_no_secret(response: str, url: str, tmp_path: Path) -> None:
    """The error of each event and its causes, one of which is the error of httpx."""
    text = shown_by_a_run(ACCESS, [(RAW, response)] * 3, url, tmp_path)

    assert "Unconfirmed" in text
    assert "***" in text
    assert [secret for secret in SECRETS if secret in text] == []


def test_an_error_marks_the_place_of_a_secret(url: str) -> None:
    """The rest of the message of the service stays."""
    with TimelineClient(CREDENTIALS, base_url=url) as timeline:
        [failure] = timeline.send(numbered(1)).failures
    assert "bad *** and ***" in str(failure.error)


def test_the_command_shows_no_secret(url: str, tmp_path: Path) -> None:
    """Output, dead letters, and the process list while it runs."""
    QuotingService.script = iter([(200, ISSUED)])
    rows = [{"eventTemplateId": "1", "id": f"e{n}", "tokens": {}, "email": "a@b.c"} for n in range(3)]
    credentials = {
        "HUBSPOT_TIMELINE_CLIENT_ID": "app",
        "HUBSPOT_TIMELINE_CLIENT_SECRET": CLIENT,
        "HUBSPOT_TIMELINE_REFRESH_TOKEN": REFRESH,
    }
    environment = {name: value for name, value in os.environ.items() if name != "HUBSPOT_TIMELINE_TOKEN"}
    options = ["send", "--base-url", url, "--dead-letters", "dead", "--json", "-"]
    process = subprocess.Popen(
        [sys.executable, "-m", "hubspot_timeline", *options],
        cwd=tmp_path,
        env=environment | credentials,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with process:
        assert process.stdin
        assert process.stdout
        listed = Path(f"/proc/{process.pid}/cmdline").read_bytes() if Path("/proc").is_dir() else b""
        process.stdin.write("\n".join(map(json.dumps, rows)).encode())
        process.stdin.close()
        output = process.stdout.read()

    assert b"The token endpoint refused the request: 400" in output
    text = b"".join([listed, output, (tmp_path / "dead").read_bytes()]).decode("utf-8", "replace")
    assert [secret for secret in SECRETS if secret in text] == []


def test_no_option_of_the_command_takes_a_secret() -> None:
    """The process list would show it; files and the environment do not."""
    help_text = subprocess.run(
        [sys.executable, "-m", "hubspot_timeline", "send", "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = {word for word in help_text.split() if word.startswith("--")}

    assert "--token-file" in options
    assert not {"--token", "--client-secret", "--refresh-token"} & options
