"""Faults for some operations and some accounts, and events that can be read only after a delay."""

import pytest

from hubspot_timeline_testing.sandbox import Account, FaultPlan, SandboxSettings
from tests.helpers.app_events import app_event
from tests.helpers.sandbox_calls import Sandbox, event, opened, scripted

GRANT = {"grant_type": "refresh_token", "client_id": "c", "client_secret": "s", "refresh_token": "r"}
APP_EVENTS = "/integrators/timeline/2026-09/events/batch"
ONE = "/integrators/timeline/v3/events/1000123/e1"


def get(sandbox: Sandbox, path: str = ONE, token: str = "any") -> int:
    return sandbox.request("GET", path, headers={"authorization": f"Bearer {token}"}).status_code


def refresh(sandbox: Sandbox) -> int:
    return sandbox.request("POST", "/oauth/v1/token", data=GRANT).status_code


def test_a_plan_can_be_for_some_operations() -> None:
    """Others have no fault and no latency, take none from the script, and create every event."""
    with scripted("locked", "http-502", latency=2, operations=["get_event"], events={"*": "refuse"}) as sandbox:
        assert sandbox.post(event("e1")).status_code == 201
        assert sandbox.time.now == 0
        assert [get(sandbox) for _ in range(3)] == [423, 502, 200]
        assert sandbox.time.now == 6
        assert get(sandbox, f"{ONE}/detail") == 200
        body = {"inputs": [app_event("a")]}
        response = sandbox.request("POST", APP_EVENTS, json=body, headers={"authorization": "Bearer any"})
        assert response.status_code == 200
        assert sandbox.get("/_sandbox/state").json()["fault_counts"] == {"locked": 1, "http-502": 1}


def test_a_plan_can_be_for_some_accounts() -> None:
    """The events of others are not refused either."""
    accounts = [Account(name=name, access_token=name) for name in ("ada", "bob")]
    plan = FaultPlan(script=["locked"], accounts=["bob"], events={"*": "refuse"})
    with opened(SandboxSettings(accounts=accounts, faults=plan)) as sandbox:
        statuses = [
            sandbox.send(event(f"{token}-{n}"), token=token).status_code for n in "12" for token in ("ada", "bob")
        ]
        assert statuses == [201, 423, 201, 207]


@pytest.mark.parametrize(
    ("fault", "status"), [("http-503", 503), ("http-502", 502), ("http-520-after", 520), ("empty", 200)]
)
def test_the_token_endpoint_has_faults_only_where_it_is_named(fault: str, status: int) -> None:
    """So that a refresh fails while the operations go on, and the log has it; by default it has none."""
    with scripted(fault, latency=1, operations=["issue_access_token"]) as sandbox:
        assert sandbox.post(event()).status_code == 201
        assert [refresh(sandbox), refresh(sandbox)] == [status, 200]
        log = sandbox.get("/_sandbox/requests").json()["requests"]
        assert [each["fault"] for each in log] == [None, fault, None]
        issued = sandbox.store.database.rows("SELECT COUNT(*) FROM access_tokens")
        assert issued == [(1 if status in (502, 503) else 2,)]
    with scripted(fault) as sandbox:
        assert refresh(sandbox) == 200
        assert sandbox.send(event()).status_code != 201 or fault == "empty"


def test_an_event_is_readable_after_the_delay() -> None:
    """By the clock of the sandbox, in all three forms; it exists for duplicates and for the admin API at once."""
    with opened(SandboxSettings(read_delay=1.5)) as sandbox:
        assert sandbox.post(event("e1")).status_code == 201
        assert sandbox.post(event("e1")).status_code == 409
        assert sandbox.get("/_sandbox/event", eventTemplateId="1000123", id="e1").status_code == 200
        paths = (ONE, f"{ONE}/detail", f"{ONE}/render")
        assert [get(sandbox, path) for path in paths] == [404] * 3
        sandbox.time.sleep(1.499)
        assert get(sandbox) == 404
        sandbox.request("POST", "/_sandbox/clock", json={"advance": 0.001})
        assert [get(sandbox, path) for path in paths] == [200] * 3


@pytest.mark.parametrize("seconds", [-1, 1e9, float("nan")])
def test_an_invalid_delay_is_rejected(seconds: float) -> None:
    """When the settings are made."""
    with pytest.raises(ValueError, match="read_delay"):
        SandboxSettings(read_delay=seconds)
