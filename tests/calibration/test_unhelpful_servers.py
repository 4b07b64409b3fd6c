"""A server that shows nothing decides nothing: mocks, outages, and what an unusual server does is never guessed."""

import json
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.calibration import Calibration, calibrate, markdown, plan_of
from hubspot_timeline_testing.calibration.sandbox_settings import decided_settings
from hubspot_timeline_testing.contract.documents import contract_operations
from hubspot_timeline_testing.openapi import document, operation_objects
from hubspot_timeline_testing.sandbox import RequestLimit, SandboxSettings
from tests.helpers.calibrations import TOKEN, URL, InProcess, calibrated, sandbox_with_contact, settings
from tests.helpers.examples import examples
from tests.helpers.fake_time import FakeTime

EVENT = {"id": "webinar-7f1c-ada", "eventTemplateId": "1000123", "tokens": {}, "objectType": "CONTACT"}
TEMPLATE = {"id": "1000123", "name": "Webinar", "objectType": "contacts", "tokens": []}
APP_EVENT = {"id": "webinar-7f1c-ada", "eventTypeName": "webinar", "properties": {}}
SENT = {
    *("create_event", "create_events", "get_event", "create_template", "delete_template"),
    *("create_app_event", "create_app_events"),
}
TIMES = {"startedAt": "2026-01-01T00:00:00Z", "completedAt": "2026-01-01T00:00:00Z"}


@frozen
class Answering(httpx.BaseTransport):
    """Answers each request by a function, which may use an application in this process."""

    exchange: Callable[[httpx.Request], httpx.Response]
    inner: InProcess | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the exchange."""
        return self.exchange(request)

    def close(self) -> None:
        """Close the application."""
        if self.inner:
            self.inner.close()


def mock(request: httpx.Request) -> httpx.Response:
    """Respond as a mock of the documents does: by the path alone, with the same example each time."""
    path = request.url.path
    if path.endswith("/batch/create"):
        return httpx.Response(201, json={"status": "COMPLETE", "results": [EVENT], **TIMES})
    if path.endswith("/events/batch"):
        return httpx.Response(200, json={"status": "COMPLETE", "results": [APP_EVENT], **TIMES})
    if request.method == "DELETE":
        return httpx.Response(204)
    if "event-templates" in path:
        return httpx.Response(201, json=TEMPLATE)
    if "/v3/events" in path:
        return httpx.Response(201 if request.method == "POST" else 200, json=EVENT)
    return httpx.Response(200 if path.endswith("/events") else 404)


def measured(transport: httpx.BaseTransport, **changes: Any) -> Calibration:
    """Calibrate a server."""
    time, run = FakeTime(), settings(**changes)
    calibration = calibrate(URL, TOKEN, run, transport=transport, sleep=time.sleep, clock=time.clock)
    assert calibration.requests <= plan_of(run).max_requests
    return calibration


def reasons(calibration: Calibration) -> set[str]:
    """Return the reasons why nothing at all is decided."""
    assert not calibration.facts
    assert not any(fact.is_decided for fact in decided_settings(calibration).values())
    assert calibration.settings == {"errors": {}}
    return {reason for _, reason in calibration.problems()}


def test_a_mock_of_the_documents_decides_nothing() -> None:
    """It is found out by an event that was never sent, and by an id that it accepts twice."""
    never_sent, twice = sorted(reasons(measured(Answering(mock))), reverse=True)
    assert twice.startswith("an event that was never sent can be read")
    assert never_sent.startswith("an id is accepted twice")


def test_the_mock_answers_as_the_documents_say() -> None:
    """Each of its statuses is one of the operation."""
    for api, name in (("v3", "timeline-v3"), ("2026-09", "app-events")):
        objects = operation_objects(document(name))
        for operation, (method, path) in contract_operations(api).items():
            if operation in SENT:
                status = mock(httpx.Request(method, f"{URL}{path}")).status_code
                assert objects[operation].response_key(status) == str(status), operation


@pytest.mark.parametrize("status", [500, 429, 503])
def test_a_server_that_always_fails_decides_nothing(status: int) -> None:
    """With few requests, since all experiments build on the first."""
    calibration = measured(Answering(lambda _: httpx.Response(status)))
    assert all(f"answered {status}" in reason for reason in reasons(calibration))
    assert calibration.requests < 30


def test_a_server_that_never_responds_decides_nothing() -> None:
    """The reason has the kind of the error."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    assert all("did not respond (ConnectError)" in reason for reason in reasons(measured(Answering(fail))))


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'"text"', b"1", b"null", b'{"results": 1, "errors": {}}'])
def test_a_success_that_is_not_the_service_s_decides_nothing(body: bytes) -> None:
    """Whatever its body is."""
    calibration = measured(Answering(lambda _: httpx.Response(200, content=body)))
    assert reasons(calibration)


def test_an_event_without_a_record_that_is_accepted_is_no_invalid_event() -> None:
    """Then neither invalid events nor the largest batch are decided, and the rest is."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner = InProcess(sandbox.app)

        def lenient(request: httpx.Request) -> httpx.Response:
            body = json.loads(request.content) if request.content else None
            if isinstance(body, dict) and "email" not in body and "objectId" not in body and "id" in body:
                content = json.dumps(body | {"email": "someone@example.com"})
                request = httpx.Request(request.method, request.url, content=content, headers=_headers(request))
            return inner.handle_request(request)

        calibration = measured(Answering(lenient, inner), apis="v3")
    not_decided = {path for path, fact in decided_settings(calibration).items() if not fact.is_decided}
    assert {"invalid_events", "max_events", "error_names"} <= not_decided
    assert calibration.facts["v3.duplicates"].value == "conflict"
    assert calibration.facts["v3.no_identity"].value == "accepted"


def test_a_refusal_of_many_invalid_events_is_no_limit_if_as_many_valid_ones_are_accepted() -> None:
    """Even if an id that exists is no error."""
    with sandbox_with_contact(SandboxSettings(duplicates="last-wins")) as sandbox:
        inner = InProcess(sandbox.app)

        def impatient(request: httpx.Request) -> httpx.Response:
            response = inner.handle_request(request)
            errors = response.json().get("errors", []) if response.status_code == 207 else []
            return httpx.Response(400, json={"message": "too many errors"}) if len(errors) > 5 else response

        calibration = measured(Answering(impatient, inner), apis="v3")
    assert "are treated differently" in decided_settings(calibration)["max_events"].reason


def test_another_refusal_of_an_app_event_does_not_show_that_it_exists() -> None:
    """Only the status that an id gets which was created before."""
    refused: set[str] = set()
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner = InProcess(sandbox.app)

        def grudging(request: httpx.Request) -> httpx.Response:
            body = json.loads(request.content) if request.content else {}
            if body.get("id") in refused:
                return httpx.Response(422, json={"message": "not again"})
            response = inner.handle_request(request)
            if response.status_code in (400, 409) and isinstance(body.get("inputs"), list):
                refused.update(event["id"] for event in body["inputs"] if "id" in event)
            return response

        calibration = measured(Answering(grudging, inner), apis="2026-09")
    not_decided = dict(calibration.problems())
    for name in ("duplicates: others_of_duplicate_created", "invalid-events: others_created"):
        assert not_decided[f"2026-09 {name}"].startswith("refused for another reason than its id: 422 not again")
    assert calibration.settings["app_events"]["invalid_events"] == "refuse-batch"


def test_the_largest_batch_is_found_although_a_refusal_names_each_event() -> None:
    """So that each is longer than the last."""
    with sandbox_with_contact(SandboxSettings(invalid_events="refuse-batch", max_events=13)) as sandbox:
        inner = InProcess(sandbox.app)

        def verbose(request: httpx.Request) -> httpx.Response:
            response = inner.handle_request(request)
            if b"identifies no record" not in response.content:
                return response
            events = json.loads(request.content).get("inputs", [])
            message = "; ".join(f"event {event['id']} has no record" for event in events)
            return httpx.Response(400, json={"message": message})

        calibration = measured(Answering(verbose, inner), apis="v3")
    assert calibration.facts["v3.largest_batch"].value == 13


def test_two_different_answers_are_contradictory_not_a_value() -> None:
    """If a second run of an experiment finds something else."""
    seen: list[str] = []
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner = InProcess(sandbox.app)

        def moody(request: httpx.Request) -> httpx.Response:
            response = inner.handle_request(request)
            if response.status_code == 409:
                seen.append(request.url.path)
            is_changed = response.status_code == 409 and len(seen) > 2
            return httpx.Response(400, content=response.content) if is_changed else response

        calibration = measured(Answering(moody, inner), apis="v3")
    fact = calibration.facts["v3.duplicates"]
    assert (fact.sure, fact.value) == ("contradictory", None)
    assert "duplicates" not in calibration.settings


def test_a_behaviour_that_the_sandbox_lacks_is_a_fact_but_no_setting() -> None:
    """Here a duplicate is a 422."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner = InProcess(sandbox.app)

        def unusual(request: httpx.Request) -> httpx.Response:
            response = inner.handle_request(request)
            status = 422 if response.status_code == 409 else response.status_code
            return httpx.Response(status, content=response.content, headers=response.headers)

        calibration = measured(Answering(unusual, inner), apis="v3")
    assert calibration.facts["v3.duplicates"].value == "http-422"
    assert "the sandbox has no such behaviour" in decided_settings(calibration)["duplicates"].reason
    assert calibration.settings["errors"]["v3.duplicate"]["status"] == 422


BODIES: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, [], {}, "text", 1, EVENT, APP_EVENT, {"id": 1}, {"errors": [1, {}]}, {"results": {}}, {"portalId": 7}),
        *(
            {"results": [EVENT], "errors": [{"context": 1, "message": None}]},
            {"message": ["x"]},
            {"context": {"id": 5}},
        ),
    ]
)


@hypothesis.settings(max_examples=examples(40, 400))
@given(
    exchanges=st.lists(st.tuples(st.sampled_from([200, 201, 204, 207, 302, 400, 404, 409, 418]), BODIES), min_size=1)
)
def test_no_server_makes_it_fail_or_exceed_its_bounds(exchanges: list[tuple[int, Any]]) -> None:
    """Whatever it responds; what it decides then is what that server does."""
    turns = cycle(exchanges)

    def respond(request: httpx.Request) -> httpx.Response:
        status, body = (404, None) if request.url.path.startswith("/account-info") else next(turns)
        return httpx.Response(status, json=body)

    calibration = measured(Answering(respond))
    assert calibration.events <= plan_of(settings()).max_events
    assert markdown(calibration)


@pytest.mark.parametrize("text", ["ada@example.com", "ADA@example.com", TOKEN, "5551234"])
def test_what_a_server_repeats_is_masked_in_facts_and_reasons(text: str) -> None:
    """Also in the report, which is made of them."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner = InProcess(sandbox.app)

        def telling(request: httpx.Request) -> httpx.Response:
            response = inner.handle_request(request)
            return httpx.Response(response.status_code, content=response.content.replace(b"exist", text.encode()))

        calibration = measured(Answering(telling, inner), account="5551234")
    written = f"{calibration.to_json()}{markdown(calibration)}".lower()
    assert "already" in written
    assert text.lower() not in written


def test_a_refused_token_ends_an_api() -> None:
    """With one request, and with the reason in all of its experiments."""
    with sandbox_with_contact(SandboxSettings(migrated_after=0.0)) as sandbox:
        calibration = calibrated(sandbox, settings(template="1", app_id=None))
    problems = {what: why for what, why in calibration.problems() if what.startswith("v3")}
    assert all("the server refuses the access token: 401" in why for why in problems.values())
    assert "2026-09.duplicates" in calibration.facts


def _headers(request: httpx.Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name != "content-length"}


HEADERS: list[dict[str, Any]] = [
    {"x-hubspot-ratelimit-max": "9" * 400, "x-hubspot-ratelimit-interval-milliseconds": "9" * 400},
    {"x-hubspot-ratelimit-max": "100", "x-hubspot-ratelimit-interval-milliseconds": "9" * 400},
    {"x-hubspot-ratelimit-max": "9" * 5000, "x-hubspot-ratelimit-daily": "9" * 5000},
    {"x-hubspot-ratelimit-max": "-1", "x-hubspot-ratelimit-interval-milliseconds": "-1000"},
    {"x-hubspot-ratelimit-max": "0", "x-hubspot-ratelimit-interval-milliseconds": "0", "retry-after": "9" * 5000},
    {"content-type": "text/html; charset=hex"},
    {"content-type": "text/html; charset=idna"},
    {"location": "http://[::1"},
    {"set-cookie": b"a=\x80; expires=1"},
]
CONTENTS = [b'{"message":"\\ud800","\\ud800":[NaN,1e999]}', b"[" * 800 + b"]" * 800, b"[" * 90000, b"9" * 5000, b"\xff"]


@pytest.mark.parametrize("headers", HEADERS, ids=range(len(HEADERS)))
@pytest.mark.parametrize("content", CONTENTS, ids=range(len(CONTENTS)))
def test_a_run_ends_with_a_report_whatever_a_server_sends(
    tmp_path: Path, headers: dict[str, Any], content: bytes
) -> None:
    """Headers with numbers of any length, codecs that are none of text, half characters, and deep bodies."""
    for status in (200, 302, 400, 429):
        transport = Answering(lambda _, status=status: httpx.Response(status, headers=headers, content=content))  # type: ignore[misc] # bound now
        calibration = measured(transport, exhaust_limit=status == 400)
        written = tmp_path / "calibration.json"
        calibration.write(written)
        assert json.loads(written.read_bytes()) == json.loads(json.dumps(calibration.to_json()))
        assert "unforeseen" not in markdown(calibration).encode().decode()


ODD = ["1\n", "\x1b[31m", "9" * 70_000, "../../contacts/1?x=", "", "\ud800", None]


@pytest.mark.parametrize("template", ODD, ids=range(len(ODD)))
def test_a_template_with_an_odd_id_is_no_template(template: Any) -> None:
    """It could make a path that names something else; it may exist, and is left over."""
    seen: list[tuple[str, str]] = []

    def create(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path))
        content = json.dumps({"id": template})
        return httpx.Response(404 if "account-info" in request.url.path else 201, content=content)

    calibration = measured(Answering(create), apis="v3")
    assert [method for method, _ in seen] == ["GET", "POST"]
    assert calibration.leftover.startswith("perhaps a template named Calibration ")
    assert all("a template cannot be created" in reason for reason in reasons(calibration))


def test_an_unforeseen_error_ends_an_experiment_and_not_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never told as a wrong option."""

    def fail(*_: object) -> None:
        raise ValueError("of our own")

    monkeypatch.setattr("hubspot_timeline_testing.calibration.sender.Sender.send_fast", fail)
    with sandbox_with_contact(SandboxSettings(limit=RequestLimit())) as sandbox:
        calibration = calibrated(sandbox, settings(exhaust_limit=True))
    assert dict(calibration.problems()) == {"v3 exhausted-limit": "unforeseen ValueError: of our own"}
