"""The admin API of a running sandbox: reading, controlling, resetting, and protection from other web sites."""

import asyncio
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from hubspot_timeline_testing.sandbox import Clock, FaultPlan, RequestLimit, SandboxServer, SandboxSettings
from tests.helpers.sandbox_api import APP, TEMPLATE, TOKENS, call, new_template
from tests.helpers.sandbox_calls import HEADERS, PATH, Sandbox, counts, event, opened, post, without


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxServer]:
    with SandboxServer(settings=SandboxSettings(duplicates="last-wins", limit=RequestLimit(1000))) as server:
        yield server


@pytest.fixture
def server(running: SandboxServer) -> SandboxServer:
    running.control.reset()
    return running


def state(server: SandboxServer) -> dict[str, Any]:
    body: dict[str, Any] = httpx.get(f"{server.url}/_sandbox/state").json()
    return body


def with_rows(snapshot: dict[str, Any], table: str, rows: object) -> dict[str, Any]:
    return snapshot | {"tables": snapshot["tables"] | {table: rows}}


def test_the_log_has_each_request_with_its_response(server: SandboxServer) -> None:
    """The latest comes first, with its status, number of events, fault and error message."""
    server.control.set_faults({"script": [None, None, "http-502"]})
    post(server.url, event("a"), event("b"))
    post(server.url, {})
    post(server.url, event("c"))
    third, second, first = server.control.requests()
    assert (first["status"], first["events"], first["method"], first["path"]) == (201, 2, "POST", PATH)
    assert (second["status"], "eventTemplateId" in second["message"], second["fault"]) == (400, True, None)
    assert (third["status"], third["fault"], third["events"]) == (502, "http-502", 0)
    assert first["bytes"] > 100
    assert first["milliseconds"] > 0


def test_the_control_reads_all_pages(server: SandboxServer) -> None:
    """Iterating over events and records continues beyond the first page."""
    for first in range(0, 1100, 100):
        post(server.url, *(event(f"{n}", email=f"{n}@example.com") for n in range(first, first + 100)))
    assert [each["id"] for each in server.control.events()] == [str(n) for n in range(1100)]
    assert len({record["email"] for record in server.control.records()}) == 1100


def test_assert_exactly_once_names_missing_and_repeated_ids(server: SandboxServer) -> None:
    """An id that was not created, or created twice, is in the error."""
    post(server.url, event("a"), event("twice"))
    post(server.url, event("twice"))
    server.control.assert_exactly_once(["a"])
    with pytest.raises(AssertionError, match="1 missing: never; 1 repeated: twice"):
        server.control.assert_exactly_once(["a", "twice", "never"])


def test_a_reset_deletes_everything(server: SandboxServer) -> None:
    """Events, requests, limits, faults and their counts are as at the start, and the clock is right again."""
    year = state(server)["now"][:4]
    server.control.set_faults(FaultPlan(script=["locked"], rate=1))
    post(server.url, event())
    server.control.advance(400 * 86_400 * 365)
    server.control.reset()
    assert server.control.counts() == counts()
    after = state(server)
    assert (after["limits"], after["fault_counts"], after["now"][:4] <= str(int(year) + 1)) == ([], {}, True)
    assert post(server.url, event()).status_code == 201


def test_a_snapshot_restores_everything(server: SandboxServer) -> None:
    """Events, records and requests are those of the snapshot."""
    post(server.url, event("a"), event("b", utk="u", email=""))
    before = server.control.snapshot()
    server.control.reset()
    post(server.url, event("other"))
    server.control.restore(before)
    assert server.control.snapshot() == before
    assert server.control.event("1000123", "a")
    assert server.control.event("1000123", "other") is None


def with_event(snapshot: dict[str, Any], **fields: object) -> dict[str, Any]:
    return with_rows(snapshot, "events", [snapshot["tables"]["events"][0] | fields])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda snapshot: [], "version"),
        (lambda snapshot: snapshot | {"version": 1}, "version"),
        (lambda snapshot: snapshot | {"tables": {}}, "tables"),
        (lambda snapshot: with_rows(snapshot, "events", [{"id": "a"}]), "events"),
        (lambda snapshot: with_rows(snapshot, "events", {}), "events"),
        (lambda snapshot: with_rows(snapshot, "events", snapshot["tables"]["events"] * 2), "events"),
        (lambda snapshot: with_event(snapshot, happened_at=2**70), "events"),
        (lambda snapshot: with_event(snapshot, record=999), "record"),
        (lambda snapshot: with_rows(snapshot, "requests", ["none"]), "requests"),
        (
            lambda snapshot: with_rows(snapshot, "requests", [dict.fromkeys(snapshot["tables"]["requests"][0], 2**70)]),
            "requests",
        ),
    ],
)
def test_an_invalid_snapshot_changes_nothing(server: SandboxServer, damage: Callable[[Any], Any], message: str) -> None:
    """The error names the table."""
    post(server.url, event("a"))
    before = server.control.snapshot()
    with pytest.raises(ValueError, match=f"400: .*{message}"):
        server.control.restore(damage(before))
    assert server.control.snapshot() == before


@pytest.mark.parametrize("how", ["reset", "restore"])
def test_a_request_in_progress_does_not_write_after_a_reset(how: str) -> None:
    """It gets a 503, and neither an event nor a row of the log."""
    reached, opened_gate = Event(), Event()
    responses: list[httpx.Response] = []

    async def sleep(seconds: float) -> None:
        if seconds:
            reached.set()
            await asyncio.to_thread(opened_gate.wait, 30)

    with SandboxServer(settings=SandboxSettings(faults=FaultPlan(latency=1)), clock=Clock(sleep=sleep)) as server:
        empty = server.control.snapshot()
        thread = Thread(target=lambda: responses.append(post(server.url, event())))
        thread.start()
        assert reached.wait(30)
        if how == "reset":
            server.control.reset()
        else:
            server.control.restore(empty)
        opened_gate.set()
        thread.join()
        assert ([response.status_code for response in responses], server.store.count()) == ([503], 0)
        assert list(server.control.requests()) == []


def test_a_restore_resets_the_limits() -> None:
    """Earlier requests do not count."""
    with opened(SandboxSettings(limit=RequestLimit(1))) as sandbox:
        snapshot = sandbox.get("/_sandbox/snapshot").json()
        assert [sandbox.post(event(name)).status_code for name in "ab"] == [201, 429]
        assert sandbox.request("PUT", "/_sandbox/snapshot", json=snapshot).status_code == 204
        assert sandbox.post(event("c")).status_code == 201


def test_the_id_of_a_deleted_template_is_not_used_again(sandbox: Sandbox) -> None:
    """Its events stay, and are not rendered by another template."""
    first = new_template(sandbox)
    sandbox.post(event("a", eventTemplateId=first))
    assert call(sandbox, "delete_template", APP, first).status_code == 204
    assert new_template(sandbox) != first
    assert call(sandbox, "render_event", first, "a").text == ""
    assert sandbox.post(event("b", eventTemplateId=first)).status_code == 207


@pytest.mark.parametrize("advance", ["-1", '"1"', "true", "null", "1e300"])
def test_the_clock_only_goes_forward(sandbox: Sandbox, advance: str) -> None:
    """By a number of seconds that ends before the year 10000."""
    for body in (f'{{"advance": {advance}}}', "{}", "[]"):
        assert sandbox.request("POST", "/_sandbox/clock", content=body).status_code == 400


def test_the_state_has_a_version_that_changes_with_it(server: SandboxServer) -> None:
    """It stays the same as long as nothing happens, so that the page can skip a refresh."""
    first = state(server)["version"]
    assert state(server)["version"] == first
    post(server.url, event())
    second = state(server)["version"]
    server.control.set_faults(FaultPlan())
    assert first < second < state(server)["version"]


def test_events_are_read_in_pages(sandbox: Sandbox) -> None:
    """Pages have the results as in the responses, oldest first, and the total."""
    created = sandbox.post(*[event(f"e{number}") for number in range(5)]).json()["results"]
    pages = [({}, created), ({"offset": 1, "limit": 2}, created[1:3]), ({"offset": 9}, []), ({"limit": 0}, [])]
    for query, page in pages:
        assert sandbox.get("/_sandbox/events", **query).json() == {"total": 5, "events": page}


@pytest.mark.parametrize("event_id", ["plain", "a/b?c#d%2F&=+ ", "../..", "", "naïve 😀\n\0", "'; DROP TABLE events"])
def test_an_event_is_found_by_any_id(sandbox: Sandbox, event_id: str) -> None:
    """Template and id can have any character."""
    [created] = sandbox.post(event(event_id, eventTemplateId="t/1")).json()["results"]
    response = sandbox.get("/_sandbox/event", eventTemplateId="t/1", id=event_id)
    assert (response.status_code, response.json()) == (200, created)


def test_an_unknown_event_is_not_found(sandbox: Sandbox) -> None:
    """The 404 has the service's shape; a query without a template is a 400."""
    response = sandbox.get("/_sandbox/event", eventTemplateId="1000123", id="e1")
    assert response.status_code == 404
    assert response.json()["correlationId"]
    assert sandbox.get("/_sandbox/event", id="e1").status_code == 400


def test_failed_requests_are_counted(sandbox: Sandbox) -> None:
    """The counts have the created events, and every request to an operation."""
    sandbox.post(event("a"), event("b"))
    sandbox.post(without("id"))
    sandbox.post_raw(b"", {})
    assert sandbox.counts() == counts(events=2, requests=3, records=1)


@pytest.mark.parametrize(
    "query", [{"offset": "-1"}, {"limit": "x"}, {"limit": ""}, {"offset": "٣"}, {"limit": "9" * 30}]
)
def test_an_invalid_page_is_rejected(sandbox: Sandbox, query: dict[str, str]) -> None:
    """An offset or a limit that is not a whole number is a 400 that names it."""
    response = sandbox.get("/_sandbox/events", **query)
    assert (response.status_code, next(iter(query)) in response.json()["message"]) == (400, True)


LOCAL = [("127.0.0.1:8080", "http://127.0.0.1:8080"), ("localhost:8080", "http://localhost:8080"), ("[::1]:8080", None),
         ("localhost", None), ("sandbox:8080", None), ("10.0.0.7:80", None)]  # fmt: skip
FOREIGN = [("127.0.0.1:8080", "http://evil.example"), ("127.0.0.1:8080", "null"), ("evil.example:8080", None),
           ("127.0.0.1:8080", "http://127.0.0.1:9090"), ("evil.example", "http://evil.example"),
           ("127.0.0.1.evil.example", None)]  # fmt: skip


@pytest.mark.parametrize(("host", "origin"), LOCAL + FOREIGN)
def test_pages_of_other_sites_are_rejected(sandbox: Sandbox, host: str, origin: str | None) -> None:
    """By their Origin, or by a Host that resolves to this machine; the own page and programs are accepted."""
    headers, is_local = {"host": host} | ({"origin": origin} if origin else {}), (host, origin) in LOCAL
    for path in ("events", "state", "snapshot", "faults", "page/main.js"):
        assert sandbox.request("GET", f"/_sandbox/{path}", headers=headers).status_code == (200 if is_local else 403)
    sandbox.post(event())
    response = sandbox.request("POST", "/_sandbox/reset", headers=headers)
    assert (response.status_code, sandbox.store.count()) == ((204, 0) if is_local else (403, 1))


def test_operations_accept_any_host(sandbox: Sandbox) -> None:
    """Only the admin API is protected from other sites."""
    headers = HEADERS | {"host": "api.hubapi.com", "origin": "http://evil.example"}
    assert sandbox.request("POST", PATH, headers=headers, json={"inputs": []}).status_code == 201


def test_templates_of_the_settings_are_complete() -> None:
    """They have the fields that the service sets, so that a snapshot can be restored; an invalid one is an error."""
    body = {**TEMPLATE, "id": "my-own", "tokens": [{"name": "a", "label": "A", "type": "string"}]}
    with opened(SandboxSettings(templates=[body])) as sandbox:
        snapshot = sandbox.get("/_sandbox/snapshot").json()
        assert sandbox.request("PUT", "/_sandbox/snapshot", json=snapshot).status_code == 204
        assert sandbox.store.templates.of_app(1)[0]["tokens"][0]["options"] == []
    for invalid in ({"id": "1"}, {**TEMPLATE, "id": "1", "tokens": [TOKENS[0]] * 2}):
        with pytest.raises(ValueError, match=r"templates\[0\]"), opened(SandboxSettings(templates=[invalid])):
            pass
