"""Options of the clients: a wrong one is an error when the client is made, and the error names it."""

from typing import Any

import pytest

from hubspot_timeline import AsyncTimelineClient, OptionError, TimelineClient


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
        ({"rate_limit": None, "rate_limit_store": "sqlite:rate.db"}, "rate_limit_store is set, but rate_limit is None"),
        ({"httpx_args": {"verfiy": True}}, "httpx cannot be set up .*verfiy"),
        ({"base_url": "https://api.example.com\n"}, "base_url is not a URL"),
    ],
)
def test_a_wrong_option_is_an_error(
    kind: type[TimelineClient] | type[AsyncTimelineClient], options: dict[str, Any], message: str
) -> None:
    """Out of range, of another type, in contradiction to another one, or unknown to httpx."""
    with pytest.raises(OptionError, match=message):
        kind("t", **options)
