"""After a reset or a restore a sandbox is as new: nothing that began before ends in it, and no id is given twice."""

import asyncio
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from hubspot_timeline_testing.sandbox import FaultPlan, RequestLimit, SandboxServer, SandboxSettings
from tests.helpers.sandbox_api import APP, TEMPLATE, call, new_template
from tests.helpers.sandbox_calls import HEADERS, PATH, Sandbox, event, opened


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with opened() as sandbox:
        yield sandbox


class Gate:
    """A sleep that lasts until somebody opens it."""

    def __init__(self) -> None:
        self.reached, self.opened = Event(), Event()

    async def sleep(self, seconds: float) -> None:
        """Wait until it is opened."""
        if seconds:
            self.reached.set()
            await asyncio.to_thread(self.opened.wait, 30)


@pytest.mark.parametrize("how", ["reset", "restore"])
def test_what_was_under_way_creates_nothing_afterwards(how: str) -> None:
    """A request that waits while everything is forgotten is answered with 503, and leaves no trace in the new log."""
    gate, answers = Gate(), []
    settings = SandboxSettings(faults=FaultPlan(latency=1))
    with SandboxServer(settings=settings, sleep=gate.sleep) as server:

        def send() -> None:
            answers.append(httpx.post(server.url + PATH, headers=HEADERS, json={"inputs": [event()]}))

        empty = server.control.snapshot()
        thread = Thread(target=send)
        thread.start()
        assert gate.reached.wait(30)
        if how == "reset":
            server.control.reset()
        else:
            server.control.restore(empty)
        gate.opened.set()
        thread.join()
        assert ([answer.status_code for answer in answers], server.store.count()) == ([503], 0)
        assert list(server.control.requests()) == []


def test_a_reset_sets_the_clock_right_and_forgets_what_was_met() -> None:
    """So that no test leaves another one in another year."""
    with SandboxServer() as server:
        before = httpx.get(f"{server.url}/_sandbox/state").json()["now"][:4]
        server.control.set_faults(FaultPlan(script=["locked"]))
        httpx.post(server.url + PATH, headers=HEADERS, json={"inputs": []})
        server.control.advance(400 * 86_400 * 365)
        server.control.reset()
        state = httpx.get(f"{server.url}/_sandbox/state").json()
        assert (state["now"][:4] <= str(int(before) + 1), state["met"]) == (True, {})


def test_a_restore_leaves_the_limits_full() -> None:
    """What was used before it is not counted."""
    with opened(SandboxSettings(limit=RequestLimit(1))) as sandbox:
        snapshot = sandbox.get("/_sandbox/snapshot").json()
        assert [sandbox.post(event(name)).status_code for name in "ab"] == [201, 429]
        assert sandbox.request("PUT", "/_sandbox/snapshot", json=snapshot).status_code == 204
        assert sandbox.post(event("c")).status_code == 201


def test_the_id_of_a_deleted_template_is_never_given_again(sandbox: Sandbox) -> None:
    """Its events stay, and are not shown by another template's texts."""
    first = new_template(sandbox)
    sandbox.post(event("a", eventTemplateId=first, tokens={}))
    assert call(sandbox, "delete_template", APP, first).status_code == 204
    assert new_template(sandbox) != first
    assert call(sandbox, "render_event", first, "a").text == ""
    assert sandbox.post(event("b", eventTemplateId=first, tokens={})).status_code == 207


def test_a_template_that_changes_keeps_its_place(sandbox: Sandbox) -> None:
    """The list is in the order of creation."""
    made = [new_template(sandbox, name=name) for name in "abc"]
    body: dict[str, Any] = {**TEMPLATE, "id": made[0], "name": "changed"}
    assert call(sandbox, "update_template", APP, made[0], body=body).status_code == 200
    assert [template["id"] for template in call(sandbox, "list_templates", APP).json()["results"]] == made


def test_a_snapshot_refers_to_nothing_that_it_does_not_hold(sandbox: Sandbox) -> None:
    """An event of a record that is not in it is refused, and changes nothing."""
    sandbox.post(event("a"))
    snapshot = sandbox.get("/_sandbox/snapshot").json()
    snapshot["tables"]["events"][0]["record"] = 999
    refused = sandbox.request("PUT", "/_sandbox/snapshot", json=snapshot)
    assert (refused.status_code, "record" in refused.json()["message"], sandbox.store.count()) == (400, True, 1)
