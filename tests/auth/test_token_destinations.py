"""The access token is sent over https, or to this machine, and to no other place (G8)."""

import httpx
import pytest

from hubspot_timeline import OptionError, RetryPolicy, event
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.clients import TimelineClient
from tests.helpers.scripted_http import Script, status

TOKEN = "pat-very-secret-0815"
EVENT = event(1, id="a", email="ada@example.com")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.hubapi.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "ftp://localhost",
        "api.hubapi.com",
        "https://user:password@api.hubapi.com",
        "https://api.hubapi.com/?x=1",
        "http://localhost:http",
        "https://[::1",
    ],
)
def test_plain_http_and_malformed_urls_are_refused(url: str) -> None:
    """Before a connection is made, and without quoting what may be a password."""
    with pytest.raises(OptionError, match="base_url") as caught:
        TimelineClient(TOKEN, base_url=url)
    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.8.9.1/", "http://[::1]:8080", "https://api.hubapi.com"]
)
def test_https_and_loopback_urls_are_accepted(url: str) -> None:
    """The sandbox uses plain http on this machine."""
    TimelineClient(TOKEN, base_url=url).close()


def test_redirects_are_not_followed() -> None:
    """A 302 stops the run after one request."""
    script = Script(status(302, None, Location="https://elsewhere.example"))
    with TimelineClient(TOKEN, httpx_args=script.httpx_args) as timeline:
        report = timeline.send([EVENT])

    assert (report.unsent, len(script.requests)) == (1, 1)


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over plain http it could read the access token."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    once = RetryPolicy(attempts=1)
    with SandboxServer() as server, TimelineClient(TOKEN, base_url=server.url, retry=once) as timeline:
        assert timeline.send([EVENT]).created == 1


@pytest.mark.parametrize("name", ["auth", "base_url", "cookies", "follow_redirects", "timeout"])
def test_httpx_args_that_would_send_the_token_elsewhere_are_refused(name: str) -> None:
    """Or that have an option of their own."""
    with pytest.raises(OptionError, match=f"httpx_args contains {name}"):
        TimelineClient(TOKEN, httpx_args={name: None})


def test_other_httpx_args_are_passed_on() -> None:
    """Certificates, headers and hooks."""
    script, seen = Script(), list[httpx.Response]()
    args = {
        "verify": False,
        "headers": {"X-Own": "1"},
        "event_hooks": {"response": [seen.append]},
    }
    with TimelineClient(TOKEN, httpx_args=args | script.httpx_args) as timeline:
        timeline.send([EVENT])

    headers = script.requests[0].headers
    assert (headers["Authorization"], headers["X-Own"]) == (f"Bearer {TOKEN}", "1")
    assert len(seen) == 1
