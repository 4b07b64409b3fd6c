"""Access to both APIs: the order of checks as measured on the service, scopes, limits, faults, and the migration."""

from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import Account, AppEventSettings, FaultPlan, RequestLimit, SandboxSettings
from hubspot_timeline_testing.sandbox.auth.accounts import SCOPES
from tests.helpers.app_events import VERSION, app_event, call_app_events, send_app_events
from tests.helpers.sandbox_calls import HEADERS, PATH, Sandbox, bearer, event, opened

BATCH = f"/integrators/timeline/{VERSION}/events/batch"
PATHS = pytest.mark.parametrize("path", [PATH, BATCH])
RECORD_SCOPES = ["crm.objects.contacts.write", "crm.objects.companies.write", "crm.objects.deals.write", "tickets"]
READER = Account(name="reader", access_token="reader", scopes=["developers-read"])
EVENTS: dict[str, Any] = {PATH: event(), BATCH: app_event()}


@PATHS
def test_checks_are_in_the_order_of_the_service(path: str) -> None:
    """405, 406, credentials 401, body 400, scopes 403: a request with all errors gets the first one of them."""
    statuses = []
    with opened(SandboxSettings(accounts=[READER])) as sandbox:
        wrong: dict[str, Any] = {"method": "GET", "accept": "text/html", "token": "stranger", "json": {}}
        right = {"method": "POST", "accept": "application/json", "token": "reader", "json": {"inputs": [EVENTS[path]]}}
        for name in (*right, None):
            headers = bearer(wrong["token"]) | {"accept": wrong["accept"]}
            statuses.append(sandbox.request(wrong["method"], path, headers=headers, json=wrong["json"]).status_code)
            wrong |= {name: right[name]} if name else {}
    assert statuses == [405, 406, 401, 400, 403]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 201), ("*/*", 201), ("text/html, application/*;q=0.8", 201), ("APPLICATION/JSON", 201),
        ("text/html", 406), ("application/xml", 406), ("image/*", 406),
    ],
)  # fmt: skip
def test_a_response_has_an_acceptable_media_type(sandbox: Sandbox, accept: str, status: int) -> None:
    """Else the request is a 406, and nothing is created."""
    response = sandbox.request("POST", PATH, headers=HEADERS | {"accept": accept}, json={"inputs": [event()]})
    assert (response.status_code, sandbox.store.count()) == (status, int(status == 201))


@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
@pytest.mark.parametrize("operation", ["create_app_events", "create_app_event", "resolve_event_type"])
def test_one_of_several_scopes_is_enough_for_app_events(operation: str, version: str) -> None:
    """The one to write a kind of record, `timeline`, or since 2026-09 `timeline.write`; a 403 lists them all."""
    bodies: dict[str, Any] = {
        "create_app_events": {"inputs": []},
        "create_app_event": app_event(),
        "resolve_event_type": {"projectName": "p", "developerSymbol": "s"},
    }
    allowed = {*RECORD_SCOPES, "timeline"} | ({"timeline.write"} if version == "2026-09" else set())
    accounts = [Account(name=scope, access_token=scope, scopes=[scope]) for scope in SCOPES]
    with opened(SandboxSettings(accounts=accounts)) as sandbox:
        for scope in SCOPES:
            response = call_app_events(sandbox, operation, bodies[operation], version=version, token=scope)
            assert (response.status_code == 403) is (scope not in allowed), scope
            if response.status_code == 403:
                context = response.json()["errors"][0]["context"]
                assert set(context["requiredGranularScopes"]) == allowed


def test_the_scopes_of_app_events_are_not_enough_for_version_3() -> None:
    """Its events require `timeline`."""
    account = Account(name="a", access_token="t", scopes=[*RECORD_SCOPES, "timeline.write"])
    with opened(SandboxSettings(accounts=[account])) as sandbox:
        assert sandbox.send(event(), token="t").status_code == 403
        assert send_app_events(sandbox, app_event(), token="t").status_code == 200


def test_a_developer_key_does_not_send_app_events(sandbox: Sandbox) -> None:
    """Only a bearer token does."""
    response = sandbox.request("POST", BATCH, params={"hapikey": "key"}, json={"inputs": []})
    assert (response.status_code, response.json()["category"]) == (401, "INVALID_AUTHENTICATION")


def test_event_types_belong_to_an_app() -> None:
    """An account of another app cannot send their events, nor look them up."""
    types = AppEventSettings(event_types=[{"uid": "webinar", "type": "app-event", "config": CONFIG}])
    accounts = [Account(name=f"{app}", app=app, access_token=f"{app}") for app in (1, 2)]
    with opened(SandboxSettings(app=1, accounts=accounts, app_events=types)) as sandbox:
        symbol = {"projectName": "any", "developerSymbol": "webinar"}
        for token, statuses in [("1", (200, 200)), ("2", (400, 404))]:
            sent = send_app_events(sandbox, app_event(token), token=token)
            found = call_app_events(sandbox, "resolve_event_type", symbol, token=token)
            assert (sent.status_code, found.status_code) == statuses


CONFIG = {"name": "Webinar", "objectType": "CONTACT"}


def test_both_apis_share_the_limit_and_the_log() -> None:
    """A request counts for its account, whichever API it is for; the log has both."""
    with opened(SandboxSettings(limit=RequestLimit(2, 10))) as sandbox:
        responses = [
            sandbox.post(event()),
            send_app_events(sandbox, app_event()),
            send_app_events(sandbox, app_event("b")),
        ]
        assert [response.status_code for response in responses] == [201, 200, 429]
        assert responses[1].headers["x-hubspot-ratelimit-remaining"] == "0"
        assert responses[2].json()["policyName"] == "TEN_SECONDLY_ROLLING"
        log = sandbox.get("/_sandbox/requests").json()["requests"]
    assert [(each["path"], each["status"], each["events"]) for each in log] == [
        (BATCH, 429, 0),
        (BATCH, 200, 1),
        (PATH, 201, 1),
    ]


def test_faults_and_latency_are_those_of_both_apis() -> None:
    """The requests to either take the next fault of the script, and wait."""
    plan = FaultPlan(
        script=["http-502", "no-results", "shuffled"], latency=1.5, events={"bad-*": "refuse", "all-*": "refuse-batch"}
    )
    with opened(SandboxSettings(faults=plan)) as sandbox:
        assert sandbox.send(event()).status_code == 502
        silent = send_app_events(sandbox, app_event("a")).json()
        assert (silent["results"], silent["errors"], sandbox.store.count()) == ([], [], 1)
        shuffled = send_app_events(sandbox, app_event("b"), app_event("c")).json()["results"]
        assert [each["id"] for each in shuffled] == ["c", "b"]
        assert sandbox.time.now == 4.5
        assert send_app_events(sandbox, app_event("d"), app_event("bad-1")).status_code == 400
        assert send_app_events(sandbox, app_event("d"), app_event("all-1")).status_code == 400
        assert sandbox.store.count() == 3


@PATHS
def test_a_lost_response_has_created_its_events(path: str) -> None:
    """As the fault says; the next attempt is a 409."""
    with opened(SandboxSettings(faults=FaultPlan(script=["http-520-after"]))) as sandbox:
        body = {"inputs": [EVENTS[path]]}
        statuses = [sandbox.request("POST", path, headers=HEADERS, json=body).status_code for _ in "12"]
        assert (statuses, sandbox.store.count()) == ([520, 409], 1)


def test_an_error_of_a_207_names_its_event_in_its_context(sandbox: Sandbox) -> None:
    """Under `id`, as in a sibling operation of the service."""
    body = sandbox.post(event("good"), event("bad", email="")).json()
    assert [error["context"] for error in body["errors"]] == [{"id": ["bad"]}]


@pytest.mark.parametrize("by_setting", [True, False])
def test_version_3_answers_401_once_the_app_is_migrated(by_setting: bool) -> None:
    """From that time on, whatever the token, and nothing is created; app events go on. A reset starts anew."""
    with opened(SandboxSettings(migrated_after=60 if by_setting else None)) as sandbox:
        if not by_setting:
            sandbox.request("POST", "/_sandbox/migrate", json={"after": 60})
        assert sandbox.get("/_sandbox/state").json()["migrated_at"] == "2026-03-10T23:05:41.164Z"
        assert sandbox.post(event("before")).status_code == 201
        sandbox.time.sleep(60)
        refused = sandbox.post(event("after"))
        assert (refused.status_code, refused.json()["category"]) == (401, "INVALID_AUTHENTICATION")
        assert sandbox.get("/integrators/timeline/v3/1/event-templates", hapikey="key").status_code == 401
        assert send_app_events(sandbox, app_event("after")).status_code == 200
        assert sandbox.counts()["events"] == 2
        sandbox.request("POST", "/_sandbox/reset")
        assert sandbox.post(event("after")).status_code == 201


def test_a_migration_is_at_once_or_after_a_number_of_seconds(sandbox: Sandbox) -> None:
    """Other values are rejected, and change nothing."""
    for value in ("-1", '"1"', "true", "1e9", "[]"):
        assert sandbox.request("POST", "/_sandbox/migrate", content=f'{{"after": {value}}}').status_code == 400
    assert sandbox.get("/_sandbox/state").json()["migrated_at"] is None
    assert sandbox.request("POST", "/_sandbox/migrate").status_code == 200
    assert sandbox.post(event()).status_code == 401


@pytest.mark.parametrize("seconds", [-1, 1e9, float("inf"), float("nan")])
def test_an_invalid_time_of_migration_is_rejected(seconds: float) -> None:
    """When the settings are made."""
    with pytest.raises(ValueError, match="migrated_after"):
        SandboxSettings(migrated_after=seconds)
