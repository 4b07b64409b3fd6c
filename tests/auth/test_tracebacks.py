"""A traceback with the values of local variables, as rich and Sentry make it, shows no secret (G8)."""

import asyncio
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.traceback import Traceback

from hubspot_timeline import AsyncTimelineClient, OAuthRefresh, TimelineClient
from hubspot_timeline.auth.oauth import RefreshedTokens
from hubspot_timeline.auth.sources import AsyncPost, TokenFunction
from hubspot_timeline.cli.contract import contract
from hubspot_timeline.cli.options import find_token
from hubspot_timeline.files import read_accounts

MARK = "s3cret-in-a-traceback"
SECRET = MARK + "-0123456789" * 12  # longer than what rich shows of a string
STORE = f"redis://:{SECRET}@127.0.0.1:1/0"
CREDENTIALS = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
HALF = f'{{"access_token": "{SECRET}", "expires_in": "soon"}}'.encode()
MALFORMED = f'{{"access_token": "{SECRET} ", "expires_in": 1800}}'.encode()


def shown_by(function: Callable[[], object]) -> str:
    """Return what tracebacks show of the exception that a function raises, with the local variables of all frames."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of any kind: what it shows is what counts
        function()
    trace = caught.value.__traceback__
    assert trace
    error = caught.value.with_traceback(trace.tb_next)  # without this frame, which has the arguments
    by_rich = Traceback.extract(type(error), error, error.__traceback__, show_locals=True)
    return repr(by_rich) + "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


BAD_OPTIONS: dict[str, dict[str, Any]] = {
    "base URL": {"base_url": "http://example.com"},
    "app id": {"app_id": 0},
    "batch": {"batch": 1},
    "retry": {"retry": 1},
    "rate limit": {"rate_limit": 190},
    "error limit": {"error_limit": 1},
    "requests in flight": {"max_in_flight": 0},
    "timeout": {"timeout": 0},
    "limit that nobody shares": {"rate_limit": None, "rate_limit_store": STORE},
    "unknown store": {"rate_limit_store": f"redsi://user:{SECRET}@example.com/0"},
    "port of a store": {"rate_limit_store": f"redis://:{SECRET}@127.0.0.1:port/0"},
    "unavailable store": {"rate_limit_store": STORE},
    "reserved argument of httpx": {"httpx_args": {"auth": None, "proxy": f"http://user:{SECRET}@127.0.0.1"}},
    "proxy": {"httpx_args": {"proxy": f"htp://user:{SECRET}@127.0.0.1"}},
    "proxy of pyqwest": {"transport": "pyqwest", "httpx_args": {"proxy": f"htp://user:{SECRET}@127.0.0.1"}},
    "argument of pyqwest": {
        "transport": "pyqwest",
        "httpx_args": {"http2": True, "proxy": f"http://user:{SECRET}@127.0.0.1"},
    },
}


@pytest.mark.parametrize("client", [TimelineClient, AsyncTimelineClient])
@pytest.mark.parametrize("case", BAD_OPTIONS)
def test_a_bad_option_of_a_client_shows_no_secret(client: type[TimelineClient], case: str) -> None:
    """Neither the access token nor the password of a store or proxy, whichever option is bad."""
    assert MARK not in shown_by(lambda: client(SECRET, **BAD_OPTIONS[case]))


@pytest.mark.parametrize("client", [TimelineClient, AsyncTimelineClient])
def test_a_malformed_access_token_is_not_shown(client: type[TimelineClient]) -> None:
    """Such as one with its line end."""
    assert MARK not in shown_by(lambda: client(SECRET + "\n"))


@pytest.mark.parametrize("case", BAD_OPTIONS)
@pytest.mark.parametrize("names", [("TOKEN",), CREDENTIALS])
def test_a_bad_option_besides_the_environment_shows_no_secret(
    case: str, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the environment, or of the options."""
    monkeypatch.delenv("HUBSPOT_TIMELINE_TOKEN", raising=False)
    for name in names:
        monkeypatch.setenv(f"HUBSPOT_TIMELINE_{name}", SECRET)
    assert MARK not in shown_by(lambda: TimelineClient.from_env(**BAD_OPTIONS[case]))


@pytest.mark.parametrize("missing", CREDENTIALS)
def test_incomplete_credentials_of_the_environment_are_not_shown(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store of the environment is not shown either."""
    monkeypatch.setenv("HUBSPOT_TIMELINE_RATE_LIMIT_STORE", STORE)
    monkeypatch.delenv("HUBSPOT_TIMELINE_TOKEN", raising=False)
    for name in CREDENTIALS:
        monkeypatch.setenv(f"HUBSPOT_TIMELINE_{name}", "" if name == missing else SECRET)
    assert MARK not in shown_by(TimelineClient.from_env)
    assert MARK not in shown_by(lambda: find_token(None))


def test_an_access_token_among_the_options_is_not_shown() -> None:
    """`from_env(token=…)` raises TypeError, in a frame that has the options."""
    assert MARK not in shown_by(lambda: TimelineClient.from_env(token=SECRET))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "options",
    [
        {"client_id": ""},
        {"client_secret": " "},
        {"refresh_token": ""},
        {"path": "oauth"},
        {"on_refresh": asyncio.sleep},
    ],
)
def test_a_bad_option_of_oauth_shows_no_secret(options: dict[str, Any]) -> None:
    """Neither the client secret nor the refresh token."""
    values = {"client_id": "app", "client_secret": SECRET, "refresh_token": SECRET}
    assert MARK not in shown_by(partial(OAuthRefresh, **values | options))


def posting(content: bytes) -> AsyncPost:
    """Return a function that posts nothing and gets this response."""

    async def post(path: str, form: object) -> bytes:  # noqa: ARG001 - the parameters of a token source
        return content

    return post


@pytest.mark.parametrize("content", [HALF, MALFORMED])
def test_an_unusable_response_of_the_token_endpoint_is_not_shown(content: bytes) -> None:
    """Nor the form that was posted."""
    tokens = RefreshedTokens(OAuthRefresh("app", SECRET, SECRET), lambda: 0.0)
    assert MARK not in shown_by(partial(tokens.get, lambda path, form: content))
    assert MARK not in shown_by(partial(asyncio.run, tokens.get_async(posting(content))))


def test_a_malformed_access_token_of_a_function_is_not_shown() -> None:
    """In both clients."""
    tokens = TokenFunction(lambda: SECRET + "\n")
    assert MARK not in shown_by(partial(tokens.get, lambda path, form: b""))
    assert MARK not in shown_by(partial(asyncio.run, tokens.get_async(posting(b""))))


@pytest.mark.parametrize(
    "content",
    [
        f'{{"1": "{SECRET}", }}',
        f'["{SECRET}"]',
        f'{{"1": ["{SECRET}"]}}',
        f'{{"1": "{SECRET}", "2": ""}}',
        f'{{"1": "{SECRET} {SECRET}"}}',
        f'{{"1": {{"client_id": "", "client_secret": "{SECRET}", "refresh_token": "{SECRET}"}}}}',
        f'{{"1": {{"token": "{SECRET}"}}}}',
        f"{SECRET} \udcff",
    ],
)
def test_an_invalid_file_of_accounts_shows_no_access_token(tmp_path: Path, content: str) -> None:
    """Whatever is wrong in it."""
    file = tmp_path / "accounts.json"
    file.write_text(content, encoding="utf-8", errors="surrogateescape")
    shown = shown_by(partial(read_accounts, str(file)))
    assert "accounts.json" in shown
    assert MARK not in shown


@pytest.mark.parametrize("content", [SECRET + "\udcff", f"{SECRET} {SECRET}"])
def test_an_invalid_token_file_shows_no_access_token(tmp_path: Path, content: str) -> None:
    """Neither one that is not UTF-8, nor one with something else besides."""
    (tmp_path / "12345").write_text(content, encoding="utf-8", errors="surrogateescape")
    assert MARK not in shown_by(partial(read_accounts, str(tmp_path)))


def test_the_command_shows_no_access_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file or of the environment, where another option is bad."""
    file = tmp_path / "token"
    file.write_text(SECRET, encoding="utf-8")
    monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", SECRET)
    for token_file in (file, None):
        context: Any = httpx.Response(200)  # any object: the URL is refused before it is used
        context.args = []
        assert MARK not in shown_by(lambda: contract(context, "ftp://x", token_file=token_file, max_examples=1))  # noqa: B023
        assert MARK not in shown_by(lambda: TimelineClient(find_token(token_file), timeout=0))  # noqa: B023
