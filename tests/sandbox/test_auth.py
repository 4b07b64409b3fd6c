"""Access as the service has it: tokens for 1800 seconds, refused refreshes, scopes, developer keys, accounts apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hubspot_timeline import OAuthRefresh, RefreshError, TimelineClient, event
from hubspot_timeline_testing.sandbox import Account, SandboxServer, SandboxSettings
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.storage.store import Store
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_api import APP, call
from tests.helpers.sandbox_calls import NOW, PATH, Sandbox
from tests.helpers.sandbox_calls import event as wire_event

ADA = Account(name="ada", app=APP, client_id="id", client_secret="secret", refresh_token="grant", developer_key="key")
FORM = {"grant_type": "refresh_token", "client_id": "id", "client_secret": "secret", "refresh_token": "grant"}


@contextmanager
def opened(*accounts: Account) -> Iterator[tuple[Sandbox, FakeTime]]:
    time = FakeTime()
    with Store() as store:
        settings = SandboxSettings(accounts=accounts)
        app = create_app(store, settings=settings, now=lambda: NOW + timedelta(seconds=time.now), clock=time.clock)
        yield Sandbox(app, store), time


def ask(sandbox: Sandbox, path: str = "/oauth/v1/token", **changes: str) -> httpx.Response:
    return sandbox.request("POST", path, data=FORM | changes)


def use(sandbox: Sandbox, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return sandbox.request("POST", PATH, headers=headers, json={"inputs": []})


@pytest.mark.parametrize("path", ["/oauth/v1/token", "/oauth/2026-03/token"])
def test_a_token_lives_for_1800_seconds(path: str) -> None:
    """One second before it is good; then it is refused as the service does it, and another one is to be had."""
    with opened(ADA) as (sandbox, time):
        granted = ask(sandbox, path).json()
        assert (granted["expires_in"], granted["refresh_token"], granted["token_type"]) == (1800, "grant", "bearer")
        time.sleep(1799)
        assert use(sandbox, granted["access_token"]).status_code == 201
        time.sleep(1)
        refused = use(sandbox, granted["access_token"])
        assert (refused.status_code, refused.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
        assert refused.json()["context"]["expire time"] == ["2026-03-10T23:34:41.164Z"]
        assert use(sandbox, ask(sandbox).json()["access_token"]).status_code == 201


def test_the_clock_of_the_sandbox_can_be_moved() -> None:
    """Half an hour passes at once, and the token has expired."""
    with opened(ADA) as (sandbox, _):
        token = ask(sandbox).json()["access_token"]
        moved = sandbox.request("POST", "/_sandbox/clock", json={"advance": 1800})
        assert moved.json() == {"now": "2026-03-10T23:34:41.164Z"}
        assert use(sandbox, token).status_code == 401


@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token"])
def test_a_wrong_grant_is_refused(name: str) -> None:
    """In the shape of the service's token endpoint."""
    with opened(ADA) as (sandbox, _):
        refused = ask(sandbox, **{name: "wrong"})
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        assert refused.json()["status"] == "BAD_REFRESH_TOKEN"


@pytest.mark.parametrize("form", [{"grant_type": "password"}, {"refresh_token": ""}])
def test_a_grant_of_another_kind_is_refused(form: dict[str, str]) -> None:
    """Also where every account is let in."""
    with opened() as (sandbox, _):
        assert ask(sandbox, **form).status_code == 400
        assert ask(sandbox).status_code == 200


def test_unknown_tokens_are_let_in_only_without_accounts() -> None:
    """A sandbox with accounts knows who may come."""
    with opened() as (anyone, _), opened(ADA) as (somebody, _):
        assert use(anyone, "any").status_code == 201
        assert use(somebody, "any").json()["category"] == "INVALID_AUTHENTICATION"
        assert use(somebody, "").status_code == 401


def test_a_missing_scope_is_named() -> None:
    """Each operation asks for its own."""
    reader = Account(name="r", access_token="t", scopes=["developers-read"])
    with opened(reader) as (sandbox, _):
        assert call(sandbox, "list_templates", APP, token="t").status_code == 200
        for response, scope in [
            (use(sandbox, "t"), "timeline"),
            (call(sandbox, "delete_template", APP, "1", token="t"), "developers-write"),
        ]:
            assert (response.status_code, response.json()["category"]) == (403, "MISSING_SCOPES")
            assert response.json()["errors"][0]["context"]["requiredGranularScopes"] == [scope]


def test_a_developer_key_manages_templates_only() -> None:
    """In the query; for events it opens nothing."""
    with opened(ADA) as (sandbox, _):
        path = f"/integrators/timeline/v3/{APP}/event-templates"
        assert sandbox.get(path, hapikey="key").status_code == 200
        assert sandbox.get(path, hapikey="wrong").status_code == 401
        refused = sandbox.request("POST", PATH, params={"hapikey": "key"}, json={"inputs": [wire_event()]})
        assert refused.status_code == 401
        assert "templates only" in refused.json()["message"]


@pytest.mark.parametrize("given", [{"name": ""}, {"name": "a", "scopes": ["tickets"]}])
def test_an_account_that_cannot_be_meant_is_refused(given: dict[str, Any]) -> None:
    """When it is made."""
    with pytest.raises(ValueError, match=r"name|scopes"):
        Account(**given)


def test_secrets_of_an_account_stay_out_of_its_repr() -> None:
    """And an unknown token is told apart in the log without being given away."""
    assert not {"secret", "grant", "key"} & set(repr(ADA).replace("'", " ").replace("=", " ").split())
    with opened() as (sandbox, _):
        use(sandbox, "my-own-token")
        [logged] = sandbox.get("/_sandbox/requests").json()["requests"]
        assert logged["account"].startswith("token ")
        assert "my-own-token" not in str(logged)


def test_our_own_refresh_works_against_it() -> None:
    """The wrapper fetches a token, and says so where it is refused one."""
    with SandboxServer(settings=SandboxSettings(accounts=[ADA])) as server:
        good, bad = (OAuthRefresh("id", "secret", grant) for grant in ("grant", "stale"))
        with TimelineClient(good, base_url=server.url) as timeline:
            assert timeline.send([event(1, email="ada@example.com")]).created == 1
        with TimelineClient(bad, base_url=server.url) as timeline:
            report = timeline.send([event(1, email="ada@example.com")])
        assert report.unsent == 1
        assert isinstance(report.failures[0].error.__cause__ or report.failures[0].error, RefreshError)


def test_a_token_of_nobody_opens_nothing() -> None:
    """Neither one that was issued before there were accounts, nor one from before everything was forgotten."""
    with Store() as store:
        anyone = Sandbox(create_app(store), store)
        token = ask(anyone).json()["access_token"]
        assert use(anyone, token).status_code == 201
        somebody = Sandbox(create_app(store, settings=SandboxSettings(accounts=[ADA])), store)
        assert use(somebody, token).status_code == 401
        anyone.request("POST", "/_sandbox/reset")
        assert use(anyone, token).status_code == 401


def test_accounts_are_told_apart_by_their_names() -> None:
    """Two of one name cannot be meant."""
    with pytest.raises(ValueError, match="same name"):
        SandboxSettings(accounts=[ADA, ADA])
