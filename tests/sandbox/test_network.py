"""A sandbox that other machines reach: by its address, with its access key, by HTTPS with a certificate of its own."""

import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from hubspot_timeline import CertificateError, event
from hubspot_timeline.cli.app import app
from hubspot_timeline.cli.sandbox import _greeting
from hubspot_timeline.http.connection import TransportName
from hubspot_timeline_testing.sandbox import Fault, FaultPlan, SandboxControl, SandboxServer, SandboxSettings
from hubspot_timeline_testing.sandbox.access_key import read_access_key
from tests.helpers.clients import TimelineClient
from tests.helpers.network_namespace import network_namespace
from tests.helpers.programs import program
from tests.helpers.sandbox_calls import Sandbox, opened

KEY = "s3cret-of-the-sandbox"
WILDCARDS = ["0.0.0.0", "::"]  # noqa: S104 - what these tests are about
ADMIN = ("/", "/_sandbox/page/main.js", "/_sandbox/counts", "/_sandbox/state", "/_sandbox/snapshot")
SENDER = """
from hubspot_timeline import TimelineClient, event
with TimelineClient("any-token", base_url=%r) as timeline:
    print(timeline.send([event(1000123, id="from-afar", email="ada@example.com")]).created)
"""


@pytest.fixture(scope="module")
def secure() -> Iterator[SandboxServer]:
    with SandboxServer(https=True, access_key=KEY) as server:
        yield server


@pytest.fixture
def locked() -> Iterator[Sandbox]:
    with opened(access_key=KEY) as sandbox:
        yield sandbox


def basic(password: str) -> str:
    return f"Basic {b64encode(f'anybody:{password}'.encode()).decode()}"


def opened_client(server: SandboxServer, transport: TransportName = "httpx") -> TimelineClient:
    return TimelineClient("any-token", base_url=server.url, sleep=lambda _: None, transport=transport)


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {KEY}", 200), (basic(KEY), 200), (f"bearer {KEY}", 200), ("", 401), ("Bearer ", 401),
        (f"Bearer {KEY}x", 401), (basic(""), 401), (basic("wrong"), 401), ("Basic ?", 401), ("Basic /w==", 401),
        (f"Digest {KEY}", 401), ("Bearer ä", 401), ("Basic é", 401),
    ],
)  # fmt: skip
def test_the_page_and_the_admin_api_need_the_key(locked: Sandbox, authorization: str, status: int) -> None:
    """As a bearer token, or as the password for which a browser asks; a wrong one changes nothing."""
    headers = {"authorization": authorization.encode()}
    for path in ADMIN:
        response = locked.request("GET", path, headers=headers)
        assert (response.status_code, path) == (status, path)
        assert ("Basic" in response.headers.get("www-authenticate", "")) is (status == 401)
        assert KEY not in response.text
    locked.post({"eventTemplateId": "1", "id": "kept", "email": "a@b.de", "tokens": {}})
    locked.request("POST", "/_sandbox/reset", headers=headers)
    assert locked.store.count() == (0 if status == 200 else 1)


def test_operations_and_the_health_need_no_key(locked: Sandbox) -> None:
    """The first have access tokens, the second says nothing else; other sites are rejected whatever they send."""
    assert locked.post({"eventTemplateId": "1", "id": "a", "email": "a@b.de", "tokens": {}}).status_code == 201
    assert locked.get("/_sandbox/health").json() == {"status": "ok"}
    foreign = {"authorization": f"Bearer {KEY}", "host": "evil.example"}
    assert locked.request("GET", "/_sandbox/counts", headers=foreign).status_code == 403
    assert locked.request("GET", "/", headers=foreign).status_code == 403


@pytest.mark.parametrize("host", ["", *WILDCARDS, "10.0.0.7", "sandbox.example"])
def test_an_address_of_other_machines_needs_a_key(host: str) -> None:
    """The error says where to set it."""
    with pytest.raises(
        ValueError, match=r"need an access key: set HUBSPOT_TIMELINE_SANDBOX_KEY, or .*--access-key-file"
    ):
        SandboxServer(host=host)
    for host_here in ("127.0.0.1", "127.0.0.9", "localhost", "::1"):
        SandboxServer(host=host_here)
    for key in ("short", "with spaces in the key", "ä" * 20):
        with pytest.raises(ValueError, match="16 or more visible ASCII"):
            SandboxServer(host=host, access_key=key)


@pytest.mark.parametrize(
    ("host", "url"),
    [("", "127.0.0.1"), ("127.0.0.9", "127.0.0.9"), *zip(WILDCARDS, ["127.0.0.1", "::1"], strict=True)],
)
def test_the_url_is_one_for_this_machine(host: str, url: str) -> None:
    """Also where it listens on all addresses; its control has the key."""
    with SandboxServer(host=host, access_key=KEY) as server:
        assert httpx.URL(server.url).host == url
        assert server.control.counts()["events"] == 0
        with SandboxControl(server.url) as other, pytest.raises(ValueError, match=r"401: .*bearer token"):
            other.counts()


@pytest.mark.parametrize("transport", ["httpx", "pyqwest"])
def test_a_certificate_that_cannot_be_verified_stops_the_run(secure: SandboxServer, transport: TransportName) -> None:
    """After one request, which was not sent: the next one would fail as well."""
    with opened_client(secure, transport) as timeline:
        report = timeline.send([event(1000123, id="a", email="ada@example.com")])
    assert (report.unsent, report.requests) == (1, 1)
    assert isinstance(report.failures[0].error, CertificateError)
    assert "name the file of your own CA in SSL_CERT_FILE" in str(report.failures[0].error)


def test_our_client_verifies_the_certificate(secure: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By SSL_CERT_FILE; faults break the connection as without HTTPS."""
    secure.control.reset()
    monkeypatch.setenv("SSL_CERT_FILE", str(secure.ca_file))
    secure.control.set_faults(FaultPlan(script=[Fault.RESET_AFTER, Fault.TRUNCATED]))
    with opened_client(secure) as timeline:
        report = timeline.send([event(1000123, id="a", email="ada@example.com")])
    assert (report.created, report.requests) == (1, 3)
    secure.control.assert_exactly_once(["a"])


def test_curl_verifies_the_certificate(secure: SandboxServer) -> None:
    """By --cacert, under each name of this machine; the key is not among its arguments."""
    port = secure.url.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost"):
        command = [program("curl"), "--silent", "--config", "-", f"https://{host}:{port}/_sandbox/counts"]
        for ca, code in [(["--cacert", str(secure.ca_file)], 0), ([], 60)]:
            done = subprocess.run(
                [*command, *ca],
                input=f'header = "Authorization: Bearer {KEY}"',
                text=True,
                capture_output=True,
                check=False,
            )
            assert (done.returncode, '"events"' in done.stdout) == (code, code == 0)


def test_the_ca_can_be_written_to_a_file(tmp_path: Path) -> None:
    """It stays there, without its private key; each start makes another."""
    path, written = tmp_path / "ca.pem", []
    for _ in range(2):
        with SandboxServer(https=True, ca_file=path) as server:
            assert server.ca_file == path
            written.append(path.read_text())
            httpx.get(server.url, verify=ssl.create_default_context(cafile=path)).raise_for_status()
    assert written[0] != written[1]
    assert "PRIVATE KEY" not in written[1]


def test_another_machine_reaches_it_by_its_address_and_its_key() -> None:
    """From another network namespace: our client sends an event by HTTPS, the admin API requires the key."""
    with network_namespace(17) as other, SandboxServer(host=other.address, access_key=KEY, https=True) as server:
        sent = other.run("env", f"SSL_CERT_FILE={server.ca_file}", sys.executable, "-c", SENDER % server.url)
        assert (sent.stdout, sent.stderr) == ("1\n", "")
        server.control.assert_exactly_once(["from-afar"])
        curl = [program("curl"), "--silent", "--cacert", str(server.ca_file), "--config", "-"]
        for key, status in [("", 401), (KEY, 200)]:
            url = f"{server.url}/_sandbox/counts"
            done = other.run(
                *curl, "--write-out", " %{http_code}", url, input=f'header = "Authorization: Bearer {key}"'
            )
            assert done.stdout.endswith(f" {status}")
            assert ('"events":1' in done.stdout) is (status == 200)
        closed = other.run(*curl, server.url.replace(other.address, "127.0.0.1"), input="")
        assert closed.returncode == 7  # the loopback of the other namespace is not that of the sandbox


@pytest.mark.parametrize(
    ("options", "content", "message"),
    [
        ("--host 0.0.0.0", None, "need an access key: set HUBSPOT_TIMELINE_SANDBOX_KEY, or name a file"),
        ("--host 10.0.0.7 --access-key-file FILE", "short", "16 or more visible ASCII characters"),
        ("--access-key-file FILE", " \n", "FILE is empty; write an access key to it"),
        ("--access-key-file FILE", None, "FILE cannot be read: No such file"),
        ("--access-key-file FILE", b"\xff", "FILE: not UTF-8 at byte 0"),
        ("--write-ca FILE", None, "--write-ca requires --https"),
        ("--https --write-ca FILE/ca", None, "--write-ca FILE/ca cannot be written: No such file"),
        ("--host 203.0.113.5 --access-key-file FILE", KEY, "port 0 of 203.0.113.5 cannot be used: Cannot assign"),
    ],
)
def test_an_invalid_option_is_bad_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: str, content: str | bytes | None, message: str
) -> None:
    """In one line that names the option or the file, before it serves."""
    monkeypatch.delenv("HUBSPOT_TIMELINE_SANDBOX_KEY", raising=False)
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    words = ["sandbox", "--port", "0", *options.replace("FILE", str(file)).split()]
    result = CliRunner().invoke(app, words, env={"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "2000"})
    assert (result.exit_code, message.replace("FILE", str(file)) in result.output) == (2, True), result.output


def test_the_key_can_be_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file takes precedence, so that one of two sandboxes on a machine can have another."""
    assert read_access_key(None) == ""
    monkeypatch.setenv("HUBSPOT_TIMELINE_SANDBOX_KEY", KEY)
    assert read_access_key(None) == KEY
    (tmp_path / "key").write_text("another-access-key\n")
    assert read_access_key(tmp_path / "key") == "another-access-key"


def test_the_greeting_says_how_to_connect(secure: SandboxServer) -> None:
    """With the CA for clients, and the key, which is not shown."""
    lines = _greeting(secure, SandboxSettings(), needs_key=True).splitlines()
    assert [secure.url in line for line in lines] == [True, True, False, False]
    assert f"SSL_CERT_FILE={secure.ca_file}" in lines[2]
    assert "the access key" in lines[3]
    assert KEY not in "".join(lines)
