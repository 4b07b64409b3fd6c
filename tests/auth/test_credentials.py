"""The credentials of the environment, and the form of an access token."""

import pytest

from hubspot_timeline import OAuthRefresh, OptionError, TimelineClient
from hubspot_timeline.auth.credentials import credentials_from_environment


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["TOKEN", "CLIENT_ID"], None),
        (["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"], None),
        (["CLIENT_ID", "REFRESH_TOKEN"], "HUBSPOT_TIMELINE_CLIENT_SECRET must be set too"),
        ([], "there is no access token; set HUBSPOT_TIMELINE_TOKEN"),
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


@pytest.mark.parametrize("token", ["", "a b", "a\n", "ä", "a\x00"])
def test_a_malformed_access_token_is_refused_without_being_quoted(token: str) -> None:
    """Such as the content of a file with its line end."""
    with pytest.raises(OptionError, match="the access token is empty or contains") as caught:
        TimelineClient(token)
    assert not token or repr(token) not in str(caught.value)
