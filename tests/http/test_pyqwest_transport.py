"""pyqwest sends as the client does through httpx: to no other place, no longer than allowed, and safe to fork."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pyqwest
import pytest

from hubspot_timeline import BatchLimits, Created, NotConnectedError, OptionError, Outcome, RetryPolicy, Unconfirmed
from hubspot_timeline.http import pyqwest_transport
from hubspot_timeline.http.responses import MAX_BODY_BYTES
from tests.helpers.both_clients import ClientRunner
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script
from tests.helpers.storing_server import StoringServer, Turn, http

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def respond(turn: Turn) -> None:
    """Respond as the service does."""
    response = turn.process()
    turn.send(http(response.status, response.content))


def respond_with(response: bytes) -> Callable[[Turn], None]:
    """Return a function that processes each request, and responds the same to each."""

    def send(turn: Turn) -> None:
        turn.process()
        turn.send(response)

    return send


def sent(client: ClientRunner, url: str, **options: Any) -> list[Outcome]:
    """Return the outcomes of one event."""
    defaults: dict[str, Any] = {"transport": "pyqwest", "httpx_args": {}, "retry": RetryPolicy(attempts=1)}
    outcomes: list[Outcome] = client.run(
        Script(), lambda timeline: timeline.stream(numbered(1)), base_url=url, **defaults | options
    )
    return outcomes


@pytest.mark.parametrize("code", [307, 308])
def test_redirects_are_not_followed(client: ClientRunner, code: int) -> None:
    """The access token would go along."""
    with StoringServer(respond) as elsewhere:
        location = f"Location: {elsewhere.url}".encode()
        with StoringServer(lambda turn: turn.send(http(code, b"", location))) as server:
            sent(client, server.url)

        assert (server.requests, elsewhere.requests) == (2, 0)  # a refusal is repeated on a new connection


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    client: ClientRunner, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over plain http it could read the access token."""
    with StoringServer(respond) as server:
        for name in PROXIES:
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        [outcome] = sent(client, server.url.replace("127.0.0.1", host))

    assert isinstance(outcome, Created)


def test_a_proxy_of_the_environment_is_used_as_by_httpx(client: ClientRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only to find the service; over https it cannot read what is sent."""
    for name in PROXIES:
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    texts = [
        str(getattr(outcome, "error", ""))
        for transport in ("httpx", "pyqwest")
        for outcome in sent(client, "https://service.invalid", transport=transport)
    ]

    assert ["Name or service not known" in text for text in texts] == [False, False]


@pytest.mark.parametrize("kind", [str, httpx.URL, httpx.Proxy])
def test_a_proxy_of_httpx_args_is_used(client: ClientRunner, kind: Callable[[str], object]) -> None:
    """The proxy here is the server itself."""
    with StoringServer(respond) as server:
        [outcome] = sent(client, "http://localhost:1", httpx_args={"proxy": kind(server.url)})

    assert isinstance(outcome, Created)


def test_a_refused_connection_tells_that_nothing_was_sent(client: ClientRunner) -> None:
    """As with httpx."""
    [outcome] = sent(client, "http://127.0.0.1:1")

    assert type(getattr(outcome, "error", None)) is NotConnectedError


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"HTTP/1.1 201 Created",
        http(201, b"{}")[:-1],
        http(101, b""),
        http(201, gzip.compress(bytes(MAX_BODY_BYTES + 1), 1), b"Content-Encoding: gzip"),
    ],
    ids=["none", "head", "body", "other protocol", "bomb"],
)
def test_a_response_that_cannot_be_read_is_ambiguous(client: ClientRunner, response: bytes) -> None:
    """The events may exist, and here do."""

    def send(turn: Turn) -> None:
        respond_with(response)(turn)
        turn.reset()

    with StoringServer(send) as server:
        [outcome] = sent(client, server.url)

    assert isinstance(outcome, Unconfirmed)


@pytest.mark.parametrize("response", [b"", http(201, b"{}")[:-1]], ids=["head", "body"])
def test_a_response_has_a_deadline(client: ClientRunner, response: bytes) -> None:
    """The server waits for a further request, the client for the response."""
    with StoringServer(respond_with(response)) as server:
        [outcome] = sent(client, server.url, timeout=0.05)

    assert isinstance(outcome, Unconfirmed)
    assert "ReadTimeout" in str(outcome.error)


def test_connections_are_kept_for_all_requests_in_flight(client: ClientRunner) -> None:
    """By default two are, and pyqwest would open new ones for the others for ever."""
    ports = set[int]()

    def count(turn: Turn) -> None:
        ports.add(turn.connection.getpeername()[1])
        respond(turn)

    options: dict[str, Any] = {"max_in_flight": 4, "batch": BatchLimits(max_events=1), "rate_limit": None}
    with StoringServer(count) as server:
        client.run(
            Script(),
            lambda timeline: timeline.send(numbered(60)),
            base_url=server.url,
            **{"transport": "pyqwest", "httpx_args": {}, **options},
        )

    assert len(ports) <= 4


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"transport": httpx.HTTPTransport()}, "httpx_args contains transport, which transport='pyqwest' does not"),
        ({"http2": True}, "httpx_args contains http2"),
        ({"limits": httpx.Limits()}, "httpx_args contains limits"),
        ({"verify": False}, "verify in httpx_args is neither True nor the path"),
        ({"verify": "no such file"}, "No such file"),
        ({"proxy": "htp://127.0.0.1"}, "Unknown scheme for proxy URL"),
    ],
)
@pytest.mark.parametrize("kind", [TimelineClient, AsyncTimelineClient])
def test_arguments_that_pyqwest_does_not_support_are_errors(kind: Any, args: dict[str, Any], message: str) -> None:
    """Rather than of no effect."""
    with pytest.raises(OptionError, match=message):
        kind("t", transport="pyqwest", httpx_args=args)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What its errors mean is not known; the error names the extra."""
    monkeypatch.setattr(pyqwest_transport, "version", lambda _: "0.13.0")
    with pytest.raises(OptionError, match=r"pip install 'hubspot-timeline\[speed\]' .*pyqwest 0.13.0 is installed"):
        TimelineClient("t", transport="pyqwest")


def test_certificates_are_those_of_the_system_or_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default pyqwest trusts none."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(pyqwest, "SyncHTTPTransport", lambda **options: seen.append(options))
    (tmp_path / "ca.pem").write_text("a certificate")
    for args in ({}, {"verify": str(tmp_path / "ca.pem")}):
        TimelineClient("t", transport="pyqwest", httpx_args=args)

    assert [(each.get("tls_include_system_certs"), each.get("tls_ca_cert")) for each in seen] == [
        *[(True, None)] * 2,
        *[(None, b"a certificate")] * 2,
    ]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork, which this system does not have")
@pytest.mark.parametrize("is_used", [False, True])
def test_a_forked_child_sends(*, is_used: bool) -> None:
    """The threads of pyqwest, which its first request starts, are missing in the child: there httpx sends instead."""
    code = (
        "import logging, os, sys\n"
        "from hubspot_timeline import TimelineClient, event\n"
        "logging.basicConfig()\n"
        "timeline = TimelineClient('t', base_url=sys.argv[1], transport='pyqwest')\n"
        "def send(name): assert timeline.send([event(1, id=name, email='ada@example.com')]).created == 1\n"
        "if sys.argv[2] == 'True': send('before')\n"
        "if (child := os.fork()) == 0:\n"
        "    send('child')\n"
        "else:\n"
        "    status = os.waitpid(child, 0)[1]\n"
        "    send('parent')\n"
        "    sys.exit(status)\n"
    )
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code]  # of forks in programs with threads
    with StoringServer(respond) as server:
        done = subprocess.run(
            [*command, server.url, str(is_used)], capture_output=True, text=True, check=False, timeout=60
        )

    assert (done.returncode, server.stored) == (0, {"child", "parent"} | ({"before"} if is_used else set()))
    assert ("httpx sends its requests instead" in done.stderr) is is_used
