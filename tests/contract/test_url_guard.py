"""The contract never sends to production hosts of the vendor, in any spelling, without two confirmations."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.contract import ContractUsageError, Verdict, verify
from hubspot_timeline_testing.contract.url_guard import check_url, is_production
from tests.helpers.contract_runs import Exchange, contract, respond_json, serving
from tests.helpers.production_hosts import SPELLINGS, forbid_network


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at every resolution of a name, every connection and every process."""
    fail = forbid_network(monkeypatch)
    monkeypatch.setattr("hubspot_timeline_testing.contract.verification.run_schemathesis", fail)


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize("url", SPELLINGS)
def test_no_spelling_of_a_production_host_is_used(url: str) -> None:
    """It is refused before any connection, and before any name is resolved."""
    with pytest.raises(ContractUsageError):
        verify(url, "any-token")


@pytest.mark.usefixtures("_no_network")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "add --production and --confirm-production"),
        ({"production": True}, "add --production and --confirm-production"),
        ({"confirm_host": "api.hubapi.com"}, "add --production and --confirm-production"),
        ({"production": True, "confirm_host": "hubapi.com"}, "the host is 'api.hubapi.com'"),
        ({"production": True, "confirm_host": ""}, "the host is 'api.hubapi.com'"),
        ({"production": True, "confirm_host": "yes"}, "the host is 'api.hubapi.com'"),
    ],
)
def test_one_confirmation_is_not_enough(options: dict[str, Any], message: str) -> None:
    """Both are needed, and the full name of the host."""
    with pytest.raises(ContractUsageError, match=message):
        verify("https://api.hubapi.com", "any-token", **options)


@pytest.mark.parametrize(
    "host", ["API.HUBAPI.COM", "\uff41pi.hub\uff53pot.com", "api.hub\u00adapi\u3002com..", "hubspot.com"]
)
def test_a_spelling_that_looks_like_production_is_production(host: str) -> None:
    """Whatever a resolver would make of it."""
    assert is_production(host)


def test_with_both_confirmations_the_url_is_accepted() -> None:
    """Nothing is sent in this test."""
    url = check_url("https://api.hubapi.com/", production=True, confirm_host="api.hubapi.com")
    assert url == "https://api.hubapi.com"


def test_a_confirmation_for_another_host_is_an_error() -> None:
    """The URL is then not the one that the user has in mind."""
    with pytest.raises(ContractUsageError, match="is not a production host"):
        check_url("https://staging.example.com", production=True, confirm_host="staging.example.com")


@given(st.text(st.sampled_from("hubapi.comspot\u3002\uff0e\uff8a\u217d\u00ad\u200b@:/\\%2e ")))
def test_an_accepted_host_is_never_a_production_host(name: str) -> None:
    """It is plain ASCII, and compared as it is resolved."""
    try:
        url = check_url(f"https://api.{name}")
    except ContractUsageError:
        return
    host = url.removeprefix("https://").partition("/")[0].partition(":")[0].rstrip(".").lower()
    assert host.isascii()
    assert not host.endswith((".hubapi.com", ".hubspot.com"))


@pytest.mark.parametrize("host", ["nothubapi.com", "hubapi.com.example.org", "api-hubapi.com", "xn--hubap-x2a.com"])
def test_other_hosts_are_accepted(host: str) -> None:
    """Only whole labels count."""
    assert check_url(f"https://{host}") == f"https://{host}"


@pytest.mark.parametrize("url", ["http://staging.example.com", "http://192.168.0.1:8080", "http://0.0.0.0"])
def test_a_token_is_sent_over_https_or_to_this_machine(url: str) -> None:
    """As everywhere in this project."""
    with pytest.raises(ContractUsageError, match="https"):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["http://[::1]evil.example", "https://[::1]api.hubapi.com", "https://[api.hubapi.com]", "https://x[::1]"]
)
def test_a_host_in_brackets_that_is_no_address_is_no_url(url: str) -> None:
    """Nor one beside an address in brackets."""
    with pytest.raises(ContractUsageError, match="is not a base URL"):
        check_url(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080/base/"])
def test_this_machine_needs_no_https(url: str) -> None:
    """By any of its names."""
    assert check_url(url) == url.rstrip("/")


@pytest.mark.parametrize("token", ["", "a b", "a\n", "\u00e9"])
def test_a_token_that_no_header_can_carry_is_refused(token: str) -> None:
    """Before anything is sent, and without the token in the message."""
    with pytest.raises(ContractUsageError, match="the token contains spaces, " if token else "the token is empty"):
        verify("https://staging.example.com", token)


def test_the_hooks_refuse_a_server_that_was_not_confirmed(tmp_path: Path) -> None:
    """A second line of defence, if Schemathesis is run with the hooks but without `verify`."""
    code = """
import schemathesis, hubspot_timeline_testing.contract.hooks as hooks
from hubspot_timeline_testing.openapi import document
import copy
schema = schemathesis.openapi.from_dict(copy.deepcopy(document()))
schema.config.update(base_url="https://api.hubapi.com")
case = schema["/integrators/timeline/v3/events"]["POST"].Case(body={})
try:
    case.call()
except Exception as error:
    print(type(error.__cause__).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout == "ContractUsageError\n", done.stderr


def test_redirections_proxies_and_netrc_do_not_lead_the_token_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A redirection is a failure, requests to this machine use no proxy, and no password takes the token's place."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    (tmp_path / "netrc").write_text("default login somebody password else\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    seen: list[Exchange] = []

    def respond(exchange: Exchange) -> Exchange:
        seen.append(exchange)
        return respond_json(exchange, 307, b'{"message": "elsewhere"}', Location="/elsewhere")

    with serving(respond) as url:
        report = contract(url, token="the-right-one")
    assert report.verdict is Verdict.BROKEN
    # The probes of Schemathesis follow redirections to the same host, without the token.
    assert not [exchange for exchange in seen if "elsewhere" in exchange.path and "Authorization" in exchange.headers]
    assert {exchange.headers.get("Authorization") for exchange in seen} == {"Bearer the-right-one", None}
