"""The credentials of the environment, and the form of an access token."""

from typing import Any

import pytest

from hubspot_timeline import OAuthRefresh, OptionError, TimelineClient
from hubspot_timeline.auth.credentials import credentials_from_environment


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["TOKEN", "CLIENT_ID"], None),
        (["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"], None),
        (["CLIENT_ID", "REFRESH_TOKEN"], "to refresh one, set HUBSPOT_TIMELINE_CLIENT_SECRET too"),
        ([], "the access token is missing; set HUBSPOT_TIMELINE_TOKEN"),
    ],
)
def test_the_environment_has_an_access_token_or_all_of_the_oauth_credentials(
    monkeypatch: pytest.MonkeyPatch, names: list[str], message: str | None
) -> None:
    """The access token takes precedence, without the spaces around it; else the error names what is missing."""
    for name in ("TOKEN", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
        monkeypatch.delenv(f"HUBSPOT_TIMELINE_{name}", raising=False)
    for name in names:
        monkeypatch.setenv(f"HUBSPOT_TIMELINE_{name}", f" the-{name}\n")
    if message:
        with pytest.raises(OptionError, match=message):
            TimelineClient.from_env()
        return
    TimelineClient.from_env(max_in_flight=1).close()
    expected = (
        "the-TOKEN" if "TOKEN" in names else OAuthRefresh("the-CLIENT_ID", "the-CLIENT_SECRET", "the-REFRESH_TOKEN")
    )
    assert credentials_from_environment() == expected


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        ("", "is empty"),
        (" \n", "is blank"),
        ("Bearer an-access-token", "begins with Bearer; give it without the word Bearer"),
        ("an-access-token\n", "begins or ends with a space or line end; remove it"),
        ("an-access token", "contains a space, a control character or one outside ASCII; copy it again"),
        ("an-access-tökén", "contains a space, a control character or one outside ASCII; copy it again"),
        ("an-access-token\x00", "contains a space, a control character or one outside ASCII; copy it again"),
        (7, "is an int, not text"),
    ],
)
def test_a_malformed_access_token_is_refused_without_being_quoted(token: Any, problem: str) -> None:
    """Such as the content of a file with its line end; the message says what is wrong with it."""
    with pytest.raises(OptionError) as caught:
        TimelineClient(token)
    assert str(caught.value) == f"the access token {problem}"


def test_a_blank_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a secret of a CI job is not set."""
    monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", " ")
    with pytest.raises(OptionError, match=r"^HUBSPOT_TIMELINE_TOKEN is blank; set it, "):
        TimelineClient.from_env()
