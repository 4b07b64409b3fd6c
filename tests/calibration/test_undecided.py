"""A server that shows nothing decides nothing: mocks, outages, and what an unusual server does is never guessed."""

import json

import httpx
import pytest

from hubspot_timeline_testing.calibration import markdown
from hubspot_timeline_testing.calibration.sandbox_settings import decided_settings
from hubspot_timeline_testing.contract.documents import contract_operations
from hubspot_timeline_testing.openapi import document, operation_objects
from hubspot_timeline_testing.sandbox import SandboxSettings
from tests.helpers.calibrations import URL, InProcess, calibrated, sandbox_with_contact, settings
from tests.helpers.odd_servers import APP_EVENT, EVENT, Answering, measured, reasons, rewritten

TEMPLATE = {"id": "1000123", "name": "Webinar", "objectType": "contacts", "tokens": []}


SENT = {
    *("create_event", "create_events", "get_event", "create_template", "delete_template"),
    *("create_app_event", "create_app_events"),
}

TIMES = {"startedAt": "2026-01-01T00:00:00Z", "completedAt": "2026-01-01T00:00:00Z"}


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


def test_an_error_that_names_each_event_of_its_batch_names_none() -> None:
    """Neither in a 207 nor in a refusal, so that no setting follows."""

    def naming(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if response.status_code not in (207, 400, 409) or b'"inputs":[{' not in request.content:
            return response
        body, ids = response.json(), [event.get("id") for event in json.loads(request.content)["inputs"]]
        errors = [error | {"context": {"id": ids}} for error in body.get("errors", [])]
        return httpx.Response(response.status_code, json=body | {"context": {"id": ids}, "errors": errors})

    facts, app_events = rewritten(naming).facts, rewritten(naming, apis="2026-09")
    assert (facts["v3.error_names"].value, facts["v3.duplicate_named_in"].value) == ("all", "all")
    assert app_events.facts["2026-09.invalid_names"].value == "all"
    for path in ("app_events.conflict_names", "app_events.invalid_names"):
        assert "the sandbox has no such behaviour" in decided_settings(app_events)[path].reason


def test_a_search_that_ends_before_the_assumed_limit_does_not_contradict_it() -> None:
    """It neither is a wrong assumption, nor advice, nor a setting."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        calibration = calibrated(sandbox, settings(largest_batch=20))
    report = markdown(calibration)
    assert "max_events" not in calibration.settings
    assert "assumes wrongly" not in report
    assert "BatchLimits" not in report
    assert "a batch of 20, the largest that was tried, is accepted" in report


def test_a_refused_token_ends_an_api() -> None:
    """With one request, and with the reason in all of its experiments."""
    with sandbox_with_contact(SandboxSettings(migrated_after=0.0)) as sandbox:
        calibration = calibrated(sandbox, settings(template="1", app_id=None))
    problems = {what: why for what, why in calibration.problems() if what.startswith("v3")}
    assert all("the server refuses the access token: 401" in why for why in problems.values())
    assert "2026-09.duplicates" in calibration.facts


def _headers(request: httpx.Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items() if name != "content-length"}
