"""A token is in the Authorization header and nowhere else, and goes only where it should (G8)."""

import logging
import traceback

import httpx
import pytest

from hubspot_timeline import OptionError, event
from hubspot_timeline.auth.credentials import credentials_from_environment
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.clients import TimelineClient
from tests.helpers.scripted_http import Script, broken, status

TOKEN = "pat-very-secret-0815"


def test_no_repr_log_or_traceback_shows_the_token(caplog: pytest.LogCaptureFixture) -> None:
    """Not of the client, of the generated client in it, of errors and their causes, at any level of logging."""
    caplog.set_level(logging.DEBUG)
    script = Script(broken(httpx.ReadError), status(401, {"message": "expired"}))
    with TimelineClient(TOKEN, httpx_args=script.httpx_args, sleep=lambda _: None) as timeline:
        report = timeline.send([event(1, email="ada@example.com")])
        shown = [repr(timeline), repr(timeline.api), repr(vars(timeline)), repr(report), repr(report.failures)]
        shown += ["".join(traceback.format_exception(failure.error)) for failure in report.failures]

    assert script.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in "".join(shown) + caplog.text


@pytest.mark.parametrize("token", ["", "a b", "a\n", "ä", "a\x00"])
def test_a_token_that_cannot_be_one_is_refused_without_being_quoted(token: str) -> None:
    """Such as the content of a file with its line end."""
    with pytest.raises(OptionError, match="the access token is empty or holds") as caught:
        TimelineClient(token)
    assert not token or repr(token) not in str(caught.value)


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
def test_a_token_goes_over_https_or_to_this_machine_only(url: str) -> None:
    """Anything else is refused before a connection is made, without quoting what may be a password."""
    with pytest.raises(OptionError, match="base_url") as caught:
        TimelineClient(TOKEN, base_url=url)
    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.8.9.1/", "http://[::1]:8080", "https://api.hubapi.com"]
)
def test_loopback_and_https_are_taken(url: str) -> None:
    """The sandbox speaks http on this machine."""
    TimelineClient(TOKEN, base_url=url).close()


def test_redirects_are_not_followed_with_the_token() -> None:
    """A 302 stops the run with one request sent."""
    script = Script(status(302, None, Location="https://elsewhere.example"))
    with TimelineClient(TOKEN, httpx_args=script.httpx_args) as timeline:
        report = timeline.send([event(1, email="ada@example.com")])

    assert (report.unsent, len(script.requests)) == (1, 1)


def test_the_environment_is_where_the_token_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """HUBSPOT_TIMELINE_TOKEN, without the blanks around it; its absence is an error that says so."""
    monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", f" {TOKEN}\n")
    assert credentials_from_environment() == TOKEN
    TimelineClient.from_env(max_in_flight=1).close()
    monkeypatch.delenv("HUBSPOT_TIMELINE_TOKEN")
    with pytest.raises(OptionError, match="HUBSPOT_TIMELINE_TOKEN"):
        TimelineClient.from_env()


def test_a_proxy_of_the_environment_gets_no_token_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over plain http it could read it."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with SandboxServer() as server, TimelineClient(TOKEN, base_url=server.url) as timeline:
        assert timeline.send([event(1, email="ada@example.com")]).created == 1


def test_a_body_that_quotes_the_token_is_told_without_it() -> None:
    """In messages and in HTML."""
    for body in ({"message": f"Invalid token {TOKEN}"}, f"<p>Bearer {TOKEN}</p>"):
        with TimelineClient(TOKEN, httpx_args=Script(status(401, body)).httpx_args) as timeline:
            [failure] = timeline.send([event(1, email="ada@example.com")]).failures

        assert TOKEN not in repr(failure) + str(failure.error)
        assert "***" in str(failure.error)


@pytest.mark.parametrize("name", ["auth", "base_url", "follow_redirects", "timeout"])
def test_what_would_take_the_token_elsewhere_is_no_httpx_arg(name: str) -> None:
    """Or has an option of its own."""
    with pytest.raises(OptionError, match=f"httpx_args holds {name}"):
        TimelineClient(TOKEN, httpx_args={name: None})


def test_other_httpx_args_are_passed_on() -> None:
    """Certificates, headers, cookies, hooks."""
    script, seen = Script(), list[httpx.Response]()
    args = {
        "verify": False,
        "headers": {"X-Own": "1"},
        "cookies": {"c": "2"},
        "event_hooks": {"response": [seen.append]},
    }
    with TimelineClient(TOKEN, httpx_args=args | script.httpx_args) as timeline:
        timeline.send([event(1, email="ada@example.com")])

    assert script.requests[0].headers["X-Own"] == "1"
    assert script.requests[0].headers["Cookie"] == "c=2"
    assert len(seen) == 1


@pytest.mark.parametrize(
    "quoted", ["pass/word==%s", "pass\\/word==%s", "pass/word\\u003d\\u003d%s", "pass%%2Fword%%3D%%3D%s"]
)
def test_a_secret_is_hidden_in_any_spelling(quoted: str) -> None:
    """As writers of JSON and of URLs escape it; in the errors of single events too."""
    token, body = f"pass/word=={TOKEN}", quoted % TOKEN
    event_error = '{"status": "COMPLETE", "results": [], "errors": [{"message": "bad %s", "context": {"id": ["a"]}}]}'
    for code, text in ((401, '{"message": "bad %s"}'), (207, event_error)):
        answer = httpx.Response(code, content=(text % body).encode())
        with TimelineClient(token, httpx_args=Script(lambda _, answer=answer: answer).httpx_args) as timeline:  # type: ignore[misc]
            [failure] = timeline.send([event(1, id="a", email="ada@example.com")]).failures
        assert "bad ***" in str(failure.error)
        assert TOKEN not in str(failure.error) + repr(vars(failure.error))
