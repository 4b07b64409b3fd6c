"""A server that shows nothing decides nothing: mocks, outages, and what an unusual server does is never guessed."""

import json
import re
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

from hubspot_timeline_testing.calibration import Calibration, Fact, calibrate, markdown, plan_of
from hubspot_timeline_testing.calibration.sandbox_settings import decided_settings
from hubspot_timeline_testing.contract.documents import contract_operations
from hubspot_timeline_testing.openapi import document, operation_objects
from hubspot_timeline_testing.sandbox import RequestLimit, SandboxSettings
from hubspot_timeline_testing.sandbox.settings_json import settings_from_json
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


def rewritten(rewrite: Callable[[httpx.Request, httpx.Response], httpx.Response], **changes: Any) -> Calibration:
    """Calibrate a sandbox whose responses are rewritten."""
    with sandbox_with_contact(SandboxSettings()) as sandbox:
        inner = InProcess(sandbox.app)
        return measured(
            Answering(lambda request: rewrite(request, inner.handle_request(request)), inner),
            **{"apis": "v3"} | changes,
        )


def written(calibration: Calibration) -> str:
    """Return the file and the report of a calibration, in lower case."""
    return f"{json.dumps(calibration.to_json(), ensure_ascii=False)}{markdown(calibration)}".lower()


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        *((f"{'x' * length} {TOKEN}", TOKEN[:9]) for length in (190, 285, 490)),
        ("c test-20260101+2%40corp.test", "corp"),
        ("c test-20260101+2&#64;corp.test", "corp"),
        ("c test-20260101+2\\u0040corp.test", "corp"),
        ("x_test-20260101+2@corp.test_y", "corp"),
        ("portal_5551234 p5551234", "5551234"),
    ],
)
@pytest.mark.parametrize("kind", ["message", "text", "category", "name", "number", "header"])
def test_no_part_of_a_secret_is_left(text: str, forbidden: str, kind: str) -> None:
    """However a refusal encodes it, wherever it is, and where texts are cut or made comparable."""
    body = {"message": {"message": text}, "category": {"message": "no", "category": text}, "name": {text: 1}}
    body |= {"number": {"message": text, "portalId": 5551234, "category": 5551234}, "header": {}}

    def telling(_: httpx.Request, response: httpx.Response) -> httpx.Response:
        if response.status_code not in (400, 409):
            return response
        if kind == "text":
            return httpx.Response(response.status_code, text=text)
        headers = {f"x-hubspot-ratelimit-{text}": "1", "location": text} if kind == "header" else {}
        return httpx.Response(response.status_code, json=body[kind], headers=headers)

    results = written(rewritten(telling, account="5551234", email="test-20260101+2@corp.test"))
    assert "v3.duplicates" in results
    assert forbidden not in results
    assert "5551234" not in results


def test_the_name_of_a_template_does_not_hide_a_secret() -> None:
    """Where a message is made comparable, also if the name is one letter, or a part of the secret."""

    def telling(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.method == "POST" and request.url.path.endswith("event-templates"):
            return httpx.Response(201, json={"id": "e"})
        is_refused = response.status_code in (400, 409)
        return httpx.Response(response.status_code, json={"message": "no ada@example.com"}) if is_refused else response

    text = written(rewritten(telling))
    assert "no contact-email" in text
    assert "{type}" not in text


def test_a_template_that_cannot_be_deleted_tells_no_secret() -> None:
    """Its id is the server's."""

    def telling(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.method == "DELETE":
            return httpx.Response(400)
        if request.method == "POST" and request.url.path.endswith("event-templates"):
            return httpx.Response(201, json={"id": TOKEN})
        return response

    calibration = rewritten(telling)
    assert calibration.leftover == "the template ***"
    assert TOKEN not in written(calibration)


def test_the_report_has_no_control_characters_and_no_markup_of_a_server() -> None:
    """In values, reasons, and what is left over: a terminal shows it, and it is pasted into an issue."""
    text = "\x1b[2J \x9b31m \u202e ` <img src=x> @all | [a](b)"

    def writing(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        is_refused = response.status_code in (400, 409)
        is_refused |= b"{{uuid}}" in request.content or b'"1"' in request.content
        return httpx.Response(400, json={"message": text, text: 1}) if is_refused else response

    calibration = rewritten(writing)
    calibration.leftover = text
    assert any(text in reason for _, reason in calibration.problems())
    assert any("<img" in str(fact.value) for fact in calibration.facts.values())
    report = markdown(calibration)
    assert all(line.isprintable() for line in report.splitlines())
    assert r"\u003cimg" in report
    assert not any(sign in re.sub(r"`[^`]*`", "", report) for sign in "<@[`")
    cells = {line.count("|") for line in report.splitlines() if line.startswith("|")}
    assert cells == {3, 4}


def statuses_of_empty(*statuses: int) -> Callable[[httpx.Request, httpx.Response], httpx.Response]:
    """Return what gives an empty batch one status after another."""
    turns = iter(statuses)

    def moody(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        return httpx.Response(next(turns), json={}) if b'"inputs":[]' in request.content else response

    return moody


def test_what_is_contradictory_stays_so_and_is_not_measured_again() -> None:
    """Although later runs may agree."""
    first = rewritten(statuses_of_empty(201, 400))
    assert first.facts["v3.empty_inputs"].sure == "contradictory"
    assert "empty-inputs" not in {step.name for _, step in plan_of(settings(apis="v3"), first).steps}
    for other in (Fact(201), Fact(201, "repeated"), Fact(None, "not decided", "no")):
        assert first.facts["v3.empty_inputs"].merged(other) == first.facts["v3.empty_inputs"]
        assert other.merged(first.facts["v3.empty_inputs"]) == first.facts["v3.empty_inputs"]


def test_a_contradictory_fact_decides_no_setting() -> None:
    """Although others that the setting follows from are decided; the report says so."""
    seen: list[int] = []

    def moody(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if b'"calibration":true' not in request.content:
            return response
        seen.append(1)
        return response if len(seen) % 2 else httpx.Response(400, json={"message": "no"})

    calibration = rewritten(moody)
    assert calibration.facts["v3.numbers"].is_decided
    assert calibration.facts["v3.booleans"].sure == "contradictory"
    assert "types" not in calibration.settings
    assert "| `types` | contradictory: v3.booleans: first" in markdown(calibration)


ANY_JSON: st.SearchStrategy[Any] = st.sampled_from([None, 0, -1, True, "", "X", [], ["a"], {}, {"a": [None]}, 1.5])
NUMBERS: st.SearchStrategy[str] = st.sampled_from(["0", "1", "-1", "x", "110", "10000", "9" * 12, "9" * 5000])


@hypothesis.settings(max_examples=examples(12, 200))
@hypothesis.example(302, ["a"], 1, ["0", "0", "0"])
@hypothesis.example(400, 5, None, ["9" * 400, "9" * 400, "9" * 400])
@given(
    status=st.sampled_from([200, 302, 304, 400, 404, 409, 418, 451]),
    category=ANY_JSON,
    message=ANY_JSON,
    numbers=st.lists(NUMBERS, min_size=3, max_size=3),
)
def test_a_sandbox_accepts_the_settings_that_any_server_makes(
    status: int, category: Any, message: Any, numbers: list[str]
) -> None:
    """And what it would refuse is left out, as the report says."""
    names = ("x-hubspot-ratelimit-max", "x-hubspot-ratelimit-interval-milliseconds", "x-hubspot-ratelimit-daily")

    def lying(_: httpx.Request, response: httpx.Response) -> httpx.Response:
        if response.status_code in (400, 409):
            response = httpx.Response(status, json={"category": category, "message": message})
        if response.status_code >= 400:
            response.headers.update(dict(zip(names, numbers, strict=True)))
        return response

    calibration = rewritten(lying)
    assert isinstance(settings_from_json(calibration.settings), SandboxSettings)
    text = markdown(calibration)
    if status == 302:
        assert "| `errors.v3.duplicate` | the sandbox refuses it" in text


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
