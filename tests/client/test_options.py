"""Options of the clients: a wrong one is an error when the client is made, and the error names it."""

import inspect
from typing import Any, get_type_hints

import pytest

from hubspot_timeline import AsyncTimelineClient, OptionError, TimelineClient
from hubspot_timeline.base_client import BaseClient, ClientOptions


@pytest.mark.parametrize("kind", [TimelineClient, AsyncTimelineClient])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_in_flight": 0}, "max_in_flight"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"timeout": "3"}, "timeout"),
        ({"rate_limit": 5}, "rate_limit"),
        ({"batch": 50}, "batch"),
        ({"retry": 3}, "retry"),
        ({"error_limit": 3}, "error_limit"),
        ({"duplicates": "skip"}, "duplicates is 'skip'; it must be one of ok, reject"),
        ({"transport": "curl"}, "transport is 'curl'; it must be one of httpx, pyqwest"),
        ({"rate_limit": None, "rate_limit_store": "sqlite:rate.db"}, "rate_limit_store is set, but rate_limit is None"),
        ({"httpx_args": {"verfiy": True}}, "httpx cannot be set up .*verfiy"),
        ({"base_url": "https://api.example.com\n"}, "base_url is not a URL"),
        ({"base_url": "https://."}, "base_url is 'https://.'; use scheme and host"),
        ({"base_url": "https://api..example.com"}, "base_url is 'https://api..example.com'; use scheme and host"),
        ({"base_url": f"https://{'a' * 300}.example.com"}, "use scheme and host"),
        ({"base_url": f"https://{'a.' * 127}example.com"}, "use scheme and host"),
        ({"rate_limit": 190}, r"rate_limit is 190; give RateLimit\(190\)"),
        ({"rate_limit": "190"}, "rate_limit is '190'; give a RateLimit"),
    ],
)
def test_a_wrong_option_is_an_error(
    kind: type[TimelineClient] | type[AsyncTimelineClient], options: dict[str, Any], message: str
) -> None:
    """Out of range, of another type, in contradiction to another one, or unknown to httpx."""
    with pytest.raises(OptionError, match=message):
        kind("t", **options)


@pytest.mark.parametrize("kind", [TimelineClient, AsyncTimelineClient])
def test_a_client_whose_constructor_failed_has_a_repr(kind: type[TimelineClient] | type[AsyncTimelineClient]) -> None:
    """A debugger shows it beside the error."""
    assert repr(kind.__new__(kind)) == f"{kind.__name__}(base_url=None)"


def test_the_options_of_from_env_are_those_of_the_constructor() -> None:
    """So that editors complete them and type checkers check them."""
    parameters = inspect.signature(BaseClient.__init__, eval_str=True).parameters
    options = {name: each.annotation for name, each in parameters.items() if name not in ("self", "token")}
    assert get_type_hints(ClientOptions) == options


def test_an_empty_base_url_is_not_the_production_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script may start before its sandbox has printed an address; an option takes precedence."""
    monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", "any")
    monkeypatch.setenv("HUBSPOT_TIMELINE_BASE_URL", " ")
    with pytest.raises(OptionError, match="HUBSPOT_TIMELINE_BASE_URL is empty; set it to a URL, or unset it"):
        TimelineClient.from_env()
    TimelineClient.from_env(base_url="http://127.0.0.1:1").close()
