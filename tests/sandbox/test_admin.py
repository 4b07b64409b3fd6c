"""A running sandbox is looked into and steered: requests, records, time, reset, snapshots."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from hubspot_timeline_testing.sandbox import Fault, FaultPlan, RequestLimit, SandboxServer, SandboxSettings
from tests.helpers.sandbox_calls import HEADERS, PATH, event


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with SandboxServer(settings=SandboxSettings(duplicates="last-wins", limit=RequestLimit(1000))) as server:
        yield server


@pytest.fixture
def sandbox(server: SandboxServer) -> SandboxServer:
    server.control.reset()
    return server


def send(sandbox: SandboxServer, *events: object) -> int:
    return httpx.post(sandbox.url + PATH, headers=HEADERS, json={"inputs": events}).status_code


def with_table(snapshot: dict[str, Any], name: str, rows: object) -> dict[str, Any]:
    return snapshot | {"tables": snapshot["tables"] | {name: rows}}


def test_the_log_says_what_became_of_each_request(sandbox: SandboxServer) -> None:
    """The latest first, refused ones with the reason, broken connections without a status, faults by name."""
    sandbox.control.set_faults(FaultPlan(script=[None, None, Fault.HTTP_502]))
    send(sandbox, event("a"), event("b"))
    send(sandbox, {})
    send(sandbox, event("c"))
    third, second, first = sandbox.control.requests()
    assert (first["status"], first["events"], first["method"], first["path"]) == (201, 2, "POST", PATH)
    assert (second["status"], "eventTemplateId" in second["message"], second["fault"]) == (400, True, None)
    assert (third["status"], third["fault"], third["events"]) == (502, "http-502", 0)
    assert first["bytes"] > 100
    assert first["milliseconds"] > 0


def test_more_than_a_page_is_read_to_its_end(sandbox: SandboxServer) -> None:
    """Events, records and requests come one after the other, whatever their number."""
    for first in range(0, 1100, 100):
        send(sandbox, *(event(f"{n}", email=f"{n}@example.com") for n in range(first, first + 100)))
    assert [found["id"] for found in sandbox.control.events()] == [str(n) for n in range(1100)]
    assert len({record["email"] for record in sandbox.control.records()}) == 1100


def test_ids_are_held_to_having_been_created_once(sandbox: SandboxServer) -> None:
    """One that was never created, or twice, is named."""
    send(sandbox, event("a"), event("twice"))
    send(sandbox, event("twice"))
    sandbox.control.assert_exactly_once(["a"])
    with pytest.raises(AssertionError, match="1 missing: never; 1 repeated: twice"):
        sandbox.control.assert_exactly_once(["a", "twice", "never"])


def test_a_reset_forgets_everything(sandbox: SandboxServer) -> None:
    """Events, records, requests, used limits; the plan of faults is that of the settings again."""
    sandbox.control.set_faults(FaultPlan(rate=1))
    send(sandbox, event())
    sandbox.control.reset()
    assert set(sandbox.control.counts().values()) == {0}
    assert httpx.get(f"{sandbox.url}/_sandbox/state").json()["limits"] == []
    assert send(sandbox, event()) == 201


def test_a_snapshot_brings_everything_back(sandbox: SandboxServer) -> None:
    """The same events on the same records, and the same requests."""
    send(sandbox, event("a"), event("b", utk="u", email=""))
    before = sandbox.control.snapshot()
    sandbox.control.reset()
    send(sandbox, event("other"))
    sandbox.control.restore(before)
    assert sandbox.control.snapshot() == before
    assert sandbox.control.event("1000123", "a")
    assert sandbox.control.event("1000123", "other") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda snapshot: [],
        lambda snapshot: snapshot | {"version": 1},
        lambda snapshot: snapshot | {"tables": {}},
        lambda snapshot: with_table(snapshot, "events", [{"id": "a"}]),
        lambda snapshot: with_table(snapshot, "events", {}),
        lambda snapshot: with_table(snapshot, "events", [snapshot["tables"]["events"][0] | {"happened_at": 2**70}]),
        lambda snapshot: with_table(snapshot, "requests", ["none"]),
        lambda snapshot: with_table(snapshot, "events", snapshot["tables"]["events"] * 2),
        lambda snapshot: with_table(snapshot, "requests", [dict.fromkeys(snapshot["tables"]["requests"][0], 2**70)]),
    ],
)  # fmt: skip
def test_what_is_no_snapshot_changes_nothing(sandbox: SandboxServer, damage: Callable[[Any], Any]) -> None:
    """It is refused with the place that is wrong."""
    send(sandbox, event("a"))
    before = sandbox.control.snapshot()
    with pytest.raises(ValueError, match="answered 400"):
        sandbox.control.restore(damage(before))
    assert sandbox.control.snapshot() == before


@pytest.mark.parametrize(
    "body", ['{"advance": -1}', '{"advance": "1"}', '{"advance": true}', "{}", "[]", '{"advance": 1e300}']
)
def test_time_only_goes_forward(sandbox: SandboxServer, body: str) -> None:
    """And by a number of seconds that ends before the year 10000."""
    assert httpx.post(f"{sandbox.url}/_sandbox/clock", content=body).status_code == 400


def test_the_state_changes_its_version_with_what_happens(sandbox: SandboxServer) -> None:
    """And only then, so that a page need not draw itself anew."""

    def version() -> int:
        found: int = httpx.get(f"{sandbox.url}/_sandbox/state").json()["version"]
        return found

    first = version()
    assert version() == first
    send(sandbox, event())
    second = version()
    sandbox.control.set_faults(FaultPlan())
    assert first < second < version()


def test_a_wrong_plan_is_refused_in_words(sandbox: SandboxServer) -> None:
    """And the one before is followed on."""
    refused = httpx.put(f"{sandbox.url}/_sandbox/faults", json={"rates": 1})
    assert (refused.status_code, "rates" in refused.json()["message"]) == (400, True)
