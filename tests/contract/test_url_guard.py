"""The contract is never run against the vendor's production hosts, however they are spelled, unless told so twice."""

import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.contract import ContractUsageError, Verdict, verify
from hubspot_timeline_testing.contract.url_guard import checked_url, is_production
from tests.helpers.command import run
from tests.helpers.contract_runs import Exchange, contract, evolve_answer, serving

SPELLINGS = (
    "https://api.hubapi.com",
    "https://api.hubapi.com/",
    "https://API.HubAPI.com",
    "https://api.hubapi.com.",
    "https://api.hubapi.com..",
    "https://api.hubapi.com:443/integrators",
    "https://hubapi.com",
    "https://api.hubspot.com",
    "https://app.eu1.hubspot.com",
    "http://api.hubapi.com",
    "https://user:secret@api.hubapi.com",
    "https://127.0.0.1@api.hubapi.com",
    "https://api.hubapi.com\\@127.0.0.1",
    "https://api.hubapi\u3002com",
    "https://api.hubapi\uff0ecom",
    "https://\uff41\uff50\uff49.\uff48\uff55\uff42\uff41\uff50\uff49.\uff43\uff4f\uff4d",
    "https://api.hub\u00adapi.com",
    "https://api.hub\u200bapi.com",
    "https://api.hubapi.com\u200b",
    "https://api.\u210eubapi.com",
    "https://api.hub\u017fpot.com",
    "https://api.hubapi%2ecom",
    "https://api.hubapi.com%00.example.com",
    " https://api.hubapi.com",
    "https://api.hub\tapi.com",
    "https://api.hubapi.com\n",
    "HTTPS://api.hubapi.com",
    "//api.hubapi.com",
    "api.hubapi.com",
)


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every look-up of a name and every connection fail the test."""

    def never(*args: object, **more: object) -> None:
        raise AssertionError(f"something was asked of the network: {args} {more}")

    for name in ("getaddrinfo", "gethostbyname", "create_connection", "socket"):
        monkeypatch.setattr(socket, name, never)


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_of_a_production_host_is_asked(url: str) -> None:
    """Before any connection, and before any name is looked up."""
    with pytest.raises(ContractUsageError):
        verify(url, "any-token")


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "give --production and --yes-i-mean"),
        ({"production": True}, "give --production and --yes-i-mean"),
        ({"host_again": "api.hubapi.com"}, "give --production and --yes-i-mean"),
        ({"production": True, "host_again": "hubapi.com"}, "the host is api.hubapi.com"),
        ({"production": True, "host_again": ""}, "the host is api.hubapi.com"),
        ({"production": True, "host_again": "yes"}, "the host is api.hubapi.com"),
    ],
)
def test_told_once_is_not_told(options: dict[str, Any], words: str) -> None:
    """Both words are needed, and the name in full."""
    with pytest.raises(ContractUsageError, match=words):
        verify("https://api.hubapi.com", "any-token", **options)


@pytest.mark.parametrize(
    "host", ["API.HUBAPI.COM", "\uff41pi.hub\uff53pot.com", "api.hub\u00adapi\u3002com..", "hubspot.com"]
)
def test_a_spelling_that_looks_like_production_is_production(host: str) -> None:
    """Whatever a resolver would make of it."""
    assert is_production(host)


def test_told_twice_it_would_be_asked() -> None:
    """The URL is then taken; nothing is sent in this test."""
    taken = checked_url("https://api.hubapi.com/", production=True, host_again="api.hubapi.com")
    assert taken == "https://api.hubapi.com"


def test_a_confirmation_for_another_host_is_a_mistake() -> None:
    """Whoever gives it thinks of another server than the one that is asked."""
    with pytest.raises(ContractUsageError, match="no production host"):
        checked_url("https://staging.example.com", production=True, host_again="staging.example.com")


@given(st.text(st.sampled_from("hubapi.comspot\u3002\uff0e\uff8a\u217d\u00ad\u200b@:/\\%2e ")))
def test_whatever_is_taken_is_no_production_host(name: str) -> None:
    """The host of a URL that is taken is plain ASCII, and is compared as it is looked up."""
    try:
        taken = checked_url(f"https://api.{name}")
    except ContractUsageError:
        return
    host = taken.removeprefix("https://").partition("/")[0].partition(":")[0].rstrip(".").lower()
    assert host.isascii()
    assert not host.endswith((".hubapi.com", ".hubspot.com"))


@pytest.mark.parametrize("host", ["nothubapi.com", "hubapi.com.example.org", "api-hubapi.com", "xn--hubap-x2a.com"])
def test_other_hosts_are_taken(host: str) -> None:
    """Only whole labels count."""
    assert checked_url(f"https://{host}") == f"https://{host}"


@pytest.mark.parametrize("url", ["http://staging.example.com", "http://192.168.0.1:8080", "http://0.0.0.0"])
def test_a_token_goes_over_https_or_to_this_machine(url: str) -> None:
    """As everywhere else in this package."""
    with pytest.raises(ContractUsageError, match="https"):
        checked_url(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080/base/"])
def test_this_machine_is_taken_without_https(url: str) -> None:
    """In any of its names."""
    assert checked_url(url) == url.rstrip("/")


def test_the_command_ends_with_2_and_says_why(tmp_path: Path) -> None:
    """In one sentence, and without the token."""
    told = {"HUBSPOT_TIMELINE_TOKEN": "very-secret-token"}
    ended = run("contract", "https://API.hubapi.com.", folder=tmp_path, env=told)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Error: api.hubapi.com is the vendor's production host")
    assert "nothing was sent" in ended.err
    assert "very-secret" not in ended.err


def test_redirects_are_not_followed() -> None:
    """Not even those to the same server: what a redirection leads to is another's contract."""
    asked: list[str] = []

    def elsewhere(exchange: Exchange) -> Exchange:
        asked.append(exchange.path)
        return evolve_answer(exchange, 307, b'{"message": "elsewhere"}', Location="/elsewhere")

    with serving(elsewhere) as url:
        report = contract(url)
    assert report.verdict is Verdict.BROKEN
    assert asked
    assert not [path for path in asked if "elsewhere" in path]


def test_proxies_of_the_environment_do_not_get_what_is_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in them must not send a token elsewhere."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with serving(lambda exchange: evolve_answer(exchange, 429, b"{}")) as url:
        report = contract(url)
    assert "create_events: all answers were 429" in report.problems


def test_a_netrc_does_not_take_the_place_of_the_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its password is for others."""
    (tmp_path / "netrc").write_text("default login somebody password else\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    seen: set[str | None] = set()

    def note(exchange: Exchange) -> Exchange:
        seen.add(exchange.headers.get("Authorization"))
        return evolve_answer(exchange, 429, b"{}")

    with serving(note) as url:
        contract(url, token="the-right-one")
    assert seen == {"Bearer the-right-one"}
