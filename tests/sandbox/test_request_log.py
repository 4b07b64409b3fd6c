"""The log of requests: with bodies and without secrets, as an archive, and as what tests assert."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hubspot_timeline_testing.sandbox import Account, FaultPlan, SandboxServer, SandboxSettings
from hubspot_timeline_testing.sandbox.apis import operation_names
from hubspot_timeline_testing.sandbox.http.masking import KEPT_BYTES
from hubspot_timeline_testing.sandbox.request_matching import request_mismatch
from hubspot_timeline_testing.sandbox.storage import request_log
from tests.helpers.sandbox_calls import HEADERS, PATH, Sandbox, event, opened, post

GRANT = {"grant_type": "refresh_token", "client_id": "c", "client_secret": "s3cret", "refresh_token": "r3fresh"}
LOG: list[dict[str, Any]] = [
    dict.fromkeys(("fault", "events", "message"))
    | {"number": number, "method": "POST", "path": PATH, "operation": "create_events", "account": "a", "status": status}
    for number, status in [(3, 201), (2, 429), (1, 201)]
]


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


def exchange(sandbox: Sandbox, number: int) -> dict[str, Any]:
    body: dict[str, Any] = sandbox.get("/_sandbox/request", number=number).json()
    return body


@pytest.mark.parametrize("path", ["/oauth/v1/token", "/oauth/2026-03/token", "/oauth/2026-09/token"])
def test_the_token_endpoint_is_in_the_log(path: str) -> None:
    """With its account or its error, and neither a secret nor a token, in the log, the archive and a snapshot."""
    account = Account(name="ada", client_id="c", client_secret="s3cret", refresh_token="r3fresh")
    with opened(SandboxSettings(accounts=[account])) as sandbox:
        issued = sandbox.request("POST", path, data=GRANT).json()["access_token"]
        assert sandbox.request("POST", path, data=GRANT | {"refresh_token": "wr0ng"}).status_code == 400
        assert sandbox.request("POST", path, content="r3fresh").status_code == 415
        log = sandbox.get("/_sandbox/requests").json()["requests"]
        everything = [sandbox.get(f"/_sandbox/{name}").text for name in ("requests", "requests.har", "snapshot")]
        body = exchange(sandbox, 1)
    assert [(each["operation"], each["path"], each["account"], each["status"]) for each in log] == [
        ("issue_access_token", path, None, 415),
        ("issue_access_token", path, None, 400),
        ("issue_access_token", path, "ada", 200),
    ]
    assert log[1]["message"] == "missing or unknown refresh token"
    assert body["request_body"] == "grant_type=refresh_token&client_id=c&client_secret=***&refresh_token=***"
    assert json.loads(body["response_body"])["expires_in"] == 1800
    assert not [
        secret for secret in (issued, "s3cret", "r3fresh", "wr0ng") if any(secret in text for text in everything)
    ]


def test_a_request_is_kept_without_its_credentials(sandbox: Sandbox) -> None:
    """Headers that can be secret, and a developer key in the query, are masked; the rest is as it was sent."""
    headers = {"authorization": "Bearer t0ken", "cookie": "c00kie", "x-mine": "m1ne", "user-agent": "me"}
    sandbox.request("POST", PATH + "?hapikey=k3y&a=b", json={"inputs": [event("ä")]}, headers=headers)
    logged = exchange(sandbox, 1)
    sent = dict(logged["request_headers"])
    assert [sent[name] for name in headers] == ["***", "***", "***", "me"]
    assert logged["url"] == f"http://sandbox{PATH}?hapikey=***&a=b"
    assert json.loads(logged["request_body"])["inputs"][0]["id"] == "ä"
    assert json.loads(logged["response_body"])["status"] == "COMPLETE"
    assert dict(logged["response_headers"])["content-type"] == "application/json"
    assert logged["operation"] == "create_events"
    assert not [secret for secret in ("t0ken", "c00kie", "m1ne", "k3y") if secret in json.dumps(logged)]


@pytest.mark.parametrize(
    "form",
    [
        "grant_type=authorization_code&code=s3cret&redirect_uri=x",
        "client_assertion=s3cret&assertion=s3cret",
        '{"refresh_token":"s3cret=="}',
        "a=1;client_secret=s3cret",
    ],
)
def test_no_secret_of_an_exchange_of_tokens_is_kept(sandbox: Sandbox, form: str) -> None:
    """Nor of a body that is not the form that it should be."""
    headers = {"content-type": "application/x-www-form-urlencoded"}
    sandbox.request("POST", f"/oauth/v1/token?{form}", content=form, headers=headers)
    assert "s3cret" not in json.dumps(exchange(sandbox, 1))


def test_only_the_beginning_of_long_bodies_of_the_latest_requests_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a load test does not fill the disk; the rows of the log stay."""
    monkeypatch.setattr(request_log, "KEPT_EXCHANGES", 2)
    with opened() as sandbox:
        sandbox.post(event("long", extraData={"x": "y" * KEPT_BYTES}))
        kept = exchange(sandbox, 1)
        assert len(kept["request_body"]) < kept["bytes"]
        assert kept["request_body"].endswith(f"… cut, of {kept['bytes']:,} bytes")
        for name in "ab":
            sandbox.post(event(name))
        assert sandbox.get("/_sandbox/request", number=1).status_code == 404
        assert [each["_number"] for each in sandbox.get("/_sandbox/requests.har").json()["log"]["entries"]] == [2, 3]
        assert sandbox.counts()["requests"] == 3


def test_the_archive_has_each_request(server: SandboxServer) -> None:
    """Oldest first, with bodies, times and the sandbox's own fields; a reset connection has the status 0."""
    server.control.reset()
    server.control.set_faults(FaultPlan(script=[None, "reset-after"]))
    post(server.url, event("a"))
    with pytest.raises(httpx.TransportError):
        post(server.url, event("b"))
    httpx.get(
        f"{server.url}/integrators/timeline/v3/events/1000123/a/render", params={"detail": "true"}, headers=HEADERS
    )
    log = server.control.har()["log"]
    created, lost, rendered = log["entries"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "hubspot-timeline sandbox")
    assert created["request"]["url"] == server.url + PATH
    assert json.loads(created["request"]["postData"]["text"])["inputs"][0]["id"] == "a"
    assert (created["response"]["status"], created["response"]["statusText"]) == (201, "Created")
    assert created["response"]["content"]["size"] == len(created["response"]["content"]["text"])
    assert created["time"] == created["timings"]["wait"] > 0
    assert (lost["response"]["status"], lost["_fault"], lost["_events"]) == (0, "reset-after", 1)
    assert rendered["request"]["queryString"] == [{"name": "detail", "value": "true"}]
    assert "postData" not in rendered["request"]


def test_requests_are_asserted(server: SandboxServer) -> None:
    """By the fields of the log; the error names the nearest request, or those that are too many."""
    control = server.control
    control.reset()
    control.assert_requests(times=0)
    control.set_faults(FaultPlan(script=[None, "locked"]))
    for name in "ab":
        post(server.url, event(name))
    httpx.post(f"{server.url}/oauth/v1/token", data=GRANT)
    control.assert_requests(operation="create_events")
    control.assert_requests(operation="create_events", times=2)
    control.assert_requests(operation="create_events", status=423, fault="locked", times=1)
    control.assert_requests(operation="issue_access_token", status=200, times=1)
    control.assert_requests(operation="list_templates", times=0)
    locked = next(each for each in control.requests() if each["status"] == 423)
    with pytest.raises(AssertionError) as caught:
        control.assert_requests(operation="create_events", status=429)
    nearest = f"the nearest is request {locked['number']} (POST {PATH}: 423), whose status is 423"
    wanted = "operation='create_events', status=429"
    assert str(caught.value) == f"0 requests have {wanted}; expected 1 or more; {nearest}"


FIRST, LIMITED, LAST = (
    f"request {number} (POST {PATH}: {status})" for number, status in [(1, 201), (2, 429), (3, 201)]
)


@pytest.mark.parametrize(
    ("times", "expected", "message"),
    [
        (None, {"status": 201}, ""),
        (2, {"status": 201}, ""),
        (3, {}, ""),
        (0, {"status": 500}, ""),
        (1, {"status": 201}, f"2 requests have status=201; expected 1: {LAST}; {FIRST}"),
        (0, {"status": 429}, f"1 requests have status=429; expected 0: {LIMITED}"),
        (3, {"status": 201}, f"2 requests have status=201; expected 3; the nearest is {LIMITED}, whose status is 429"),
        (4, {}, "3 requests have any values; expected 4; the log has no other request"),
        (
            None,
            {"account": "b", "status": 429},
            "0 requests have account='b', status=429; expected 1 or more; "
            f"the nearest is {LIMITED}, whose account is 'a'",
        ),
    ],
)
def test_the_nearest_request_differs_in_the_fewest_fields(times: int | None, expected: Any, message: str) -> None:
    """Without a match it is the first that does; too many matches are listed."""
    assert request_mismatch(LOG, times, expected) == message


def test_an_unknown_name_is_an_error() -> None:
    """Otherwise times=0 would always hold."""
    with pytest.raises(ValueError, match=r"unknown operation 'create_event_s'; did you mean create_events\?"):
        request_mismatch([], 0, {"operation": "create_event_s"})
    with pytest.raises(ValueError, match=r"unknown field 'state'; did you mean status\? known are operation, "):
        request_mismatch([], 0, {"state": 200})
    assert {"create_events", "create_app_events", "issue_access_token"} <= set(operation_names())
