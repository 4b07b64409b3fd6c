"""Authentication as in the service: access tokens for 1800 seconds, refresh tokens, scopes, developer keys."""

from typing import Any

import httpx
import pytest

from hubspot_timeline import OAuthRefresh, TimelineClient, TokenRefreshError
from hubspot_timeline_testing.sandbox import Account, SandboxServer, SandboxSettings, Store
from hubspot_timeline_testing.sandbox.app import create_app
from tests.helpers.sandbox_api import APP, call
from tests.helpers.sandbox_calls import PATH, Sandbox, event, opened

ADA = Account(name="ada", app=APP, client_id="id", client_secret="secret", refresh_token="grant", developer_key="key")
FORM = {"grant_type": "refresh_token", "client_id": "id", "client_secret": "secret", "refresh_token": "grant"}
WITH_ADA = SandboxSettings(accounts=[ADA])


def refresh(sandbox: Sandbox, path: str = "/oauth/v1/token", **changes: str) -> httpx.Response:
    return sandbox.request("POST", path, data=FORM | changes)


@pytest.mark.parametrize("path", ["/oauth/v1/token", "/oauth/2026-03/token", "/oauth/2026-09/token"])
def test_an_access_token_is_valid_for_1800_seconds(path: str) -> None:
    """Of the sandbox's clock, which can be advanced; then it gets a 401, and a refresh returns another one."""
    with opened(WITH_ADA) as sandbox:
        body = refresh(sandbox, path).json()
        assert (body["expires_in"], body["refresh_token"], body["token_type"]) == (1800, "grant", "bearer")
        sandbox.time.sleep(1799)
        assert sandbox.send(token=body["access_token"]).status_code == 201
        advanced = sandbox.request("POST", "/_sandbox/clock", json={"advance": 1})
        assert advanced.json() == {"now": "2026-03-10T23:34:41.164Z"}
        expired = sandbox.send(token=body["access_token"])
        assert (expired.status_code, expired.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
        assert expired.json()["context"]["expire time"] == ["2026-03-10T23:34:41.164Z"]
        assert sandbox.send(token=refresh(sandbox).json()["access_token"]).status_code == 201


@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token"])
def test_a_wrong_grant_is_rejected(name: str) -> None:
    """In the shape of the service's token endpoint."""
    with opened(WITH_ADA) as sandbox:
        response = refresh(sandbox, **{name: "wrong"})
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    assert response.json()["status"] == "BAD_REFRESH_TOKEN"


def test_an_invalid_form_is_rejected_without_accounts_too(sandbox: Sandbox) -> None:
    """Another grant type, or a missing refresh token; any other grant is accepted."""
    assert refresh(sandbox, grant_type="password").status_code == 400
    assert refresh(sandbox, refresh_token="").status_code == 400
    assert refresh(sandbox).status_code == 200


def test_unknown_tokens_are_accepted_only_without_accounts(sandbox: Sandbox) -> None:
    """A sandbox with accounts accepts only their secrets."""
    assert sandbox.send(token="any").status_code == 201
    with opened(WITH_ADA) as with_accounts:
        assert with_accounts.send(token="any").json()["category"] == "INVALID_AUTHENTICATION"
        assert with_accounts.send(token="").status_code == 401


def test_a_missing_scope_is_named() -> None:
    """Each operation requires its own scope."""
    reader = Account(name="r", access_token="t", scopes=["developers-read"])
    with opened(SandboxSettings(accounts=[reader])) as sandbox:
        assert call(sandbox, "list_templates", APP, token="t").status_code == 200
        for response, scope in [
            (sandbox.send(token="t"), "timeline"),
            (call(sandbox, "delete_template", APP, "1", token="t"), "developers-write"),
        ]:
            assert (response.status_code, response.json()["category"]) == (403, "MISSING_SCOPES")
            assert response.json()["errors"][0]["context"]["requiredGranularScopes"] == [scope]


def test_a_developer_key_is_for_templates_only() -> None:
    """In the query; operations on events do not accept it."""
    with opened(WITH_ADA) as sandbox:
        path = f"/integrators/timeline/v3/{APP}/event-templates"
        assert sandbox.get(path, hapikey="key").status_code == 200
        assert sandbox.get(path, hapikey="wrong").status_code == 401
        response = sandbox.request("POST", PATH, params={"hapikey": "key"}, json={"inputs": [event()]})
    assert (response.status_code, "templates only" in response.json()["message"]) == (401, True)


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "a", "scopes": ["events"]}])
def test_an_invalid_account_is_rejected(fields: dict[str, Any]) -> None:
    """When it is made; and two accounts cannot have the same name."""
    with pytest.raises(ValueError, match=r"name|scopes"):
        Account(**fields)
    with pytest.raises(ValueError, match="same name"):
        SandboxSettings(accounts=[ADA, ADA])


def test_secrets_are_in_neither_the_repr_nor_the_log(sandbox: Sandbox) -> None:
    """The log has a name for an unknown token that does not reveal it."""
    assert not {"secret", "grant", "key"} & set(repr(ADA).replace("'", " ").replace("=", " ").split())
    sandbox.send(token="my-own-token")
    [logged] = sandbox.get("/_sandbox/requests").json()["requests"]
    assert logged["account"].startswith("token ")
    assert "my-own-token" not in str(logged)


def test_the_oauth_refresh_of_the_wrapper_works() -> None:
    """It gets a token, and raises its own error for a wrong grant."""
    with SandboxServer(settings=WITH_ADA) as server:
        valid, stale = (OAuthRefresh("id", "secret", grant) for grant in ("grant", "stale"))
        with TimelineClient(valid, base_url=server.url) as timeline:
            assert timeline.send([event()]).created == 1
        with TimelineClient(stale, base_url=server.url) as timeline:
            report = timeline.send([event()])
        assert report.unsent == 1
        assert isinstance(report.failures[0].error.__cause__ or report.failures[0].error, TokenRefreshError)


def test_a_token_without_an_account_is_rejected() -> None:
    """One that was issued without accounts is rejected with accounts, and after a reset."""
    with Store() as store:
        open_sandbox = Sandbox(create_app(store), store)
        token = refresh(open_sandbox).json()["access_token"]
        assert open_sandbox.send(token=token).status_code == 201
        with_accounts = Sandbox(create_app(store, settings=WITH_ADA), store)
        assert with_accounts.send(token=token).status_code == 401
        open_sandbox.request("POST", "/_sandbox/reset")
        assert open_sandbox.send(token=token).status_code == 401
