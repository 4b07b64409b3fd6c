"""The sandbox answers in the service's statuses and shapes, as the document and the known facts have them."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.helpers.sandbox_calls import HEADERS, NOW_TEXT, PATH, Sandbox, event, opened, without


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with opened() as sandbox:
        yield sandbox


def error(response: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert body["status"] == "error"
    UUID(body["correlationId"])
    return body


def test_created_events_come_back_with_what_was_sent(sandbox: Sandbox) -> None:
    """A 201 holds every field that was sent, the object type and the time of creation."""
    sent = event(
        tokens={"name": "Launch day"},
        timestamp="2026-03-10T23:04:41.164Z",
        extraData={"questions": [{"votes": 3}]},
        timelineIFrame={"linkLabel": "a", "headerLabel": "b", "url": "https://c", "width": 1, "height": 2},
        domain="example.com",
        unknown={"of": ["the", "document"]},
    )
    response = sandbox.post(sent, event("e2"))
    assert response.status_code == 201
    body = response.json()
    assert body["results"][0] == sent | {"objectType": "CONTACT", "createdAt": NOW_TEXT}
    assert [result["id"] for result in body["results"]] == ["e1", "e2"]
    assert (body["status"], body["startedAt"], body["completedAt"]) == ("COMPLETE", NOW_TEXT, NOW_TEXT)
    assert "errors" not in body
    assert "numErrors" not in body


def test_a_custom_object_type_is_the_object_type(sandbox: Sandbox) -> None:
    """An event on a custom object comes back with the object's type instead of CONTACT."""
    response = sandbox.post(event(customObjectTypeId="2-345", objectId="77"))
    assert response.json()["results"][0]["objectType"] == "2-345"


def test_the_service_sets_its_own_fields(sandbox: Sandbox) -> None:
    """A sender's objectType and createdAt count for nothing."""
    response = sandbox.post(event(objectType=5, createdAt=None))
    result = response.json()["results"][0]
    assert (result["objectType"], result["createdAt"]) == ("CONTACT", NOW_TEXT)
    assert response.text.count("objectType") == response.text.count("createdAt") == 1


def test_an_empty_batch_creates_nothing(sandbox: Sandbox) -> None:
    """A batch without events is a 201 without results."""
    response = sandbox.post()
    assert response.status_code == 201
    assert response.json()["results"] == []


def test_a_placeholder_becomes_a_fresh_uuid(sandbox: Sandbox) -> None:
    """The service replaces {{uuid}} anywhere in an id, anew for each event."""
    results = sandbox.post(event("a-{{uuid}}-z"), event("a-{{uuid}}-z")).json()["results"]
    ids = [result["id"] for result in results]
    assert len({UUID(found.removeprefix("a-").removesuffix("-z")) for found in ids}) == 2
    assert all(sandbox.store.get("1000123", found) for found in ids)


def test_missing_fields_are_named_in_the_services_words(sandbox: Sandbox) -> None:
    """An event that lacks required fields refuses the batch and says which, and where the event begins."""
    broken = {"email": "ada@example.com", "tokens": {}}
    response = sandbox.post_raw(f'{{"other": [{{}}], "inputs": [{json.dumps(event())},\n  {json.dumps(broken)}]}}')
    assert response.status_code == 400
    assert error(response)["message"] == (
        "Invalid input JSON on line 2, column 3: "
        "Cannot build TimelineEvent, some of required attributes are not set [eventTemplateId, id]"
    )
    assert sandbox.store.count() == 0


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        (event(email=None), "$.inputs[1].email"),
        (event(id=5), "$.inputs[1].id"),
        (event(tokens={"a": None}), "$.inputs[1].tokens.a"),
        (event(tokens={"a": {}}), "$.inputs[1].tokens.a"),
        (event(tokens={"log": "reserved"}), "$.inputs[1].tokens"),
        (event(tokens={"a b": "no name"}), "$.inputs[1].tokens"),
        (event(extraData=[]), "$.inputs[1].extraData"),
        (event(timestamp="2026-03-10T23:04:41"), "$.inputs[1].timestamp"),
        (event(timestamp=True), "$.inputs[1].timestamp"),
        (event(timestamp=10**30), "$.inputs[1].timestamp"),
        (event(timelineIFrame={"url": "https://c"}), "$.inputs[1].timelineIFrame"),
        ([], "$.inputs[1]"),
    ],
)
def test_an_event_that_breaks_the_document_refuses_its_batch(sandbox: Sandbox, broken: Any, path: str) -> None:
    """One event that breaks the document is a 400 for the whole batch, which names the place."""
    response = sandbox.post(event("good"), broken)
    assert response.status_code == 400
    assert f"line 1, column 101: {path}: " in error(response)["message"]
    assert sandbox.store.count() == 0


def test_the_last_of_two_inputs_counts(sandbox: Sandbox) -> None:
    """Where a name occurs twice the last one is read, and complaints give the place in that."""
    response = sandbox.post_raw('{"inputs": [{}, {}],\n"inputs": [{}]}')
    assert error(response)["message"].startswith("Invalid input JSON on line 2, column 12: ")


def test_a_size_beyond_32_bits_breaks_the_document(sandbox: Sandbox) -> None:
    """The format int32 is kept, though validators pass over formats of numbers."""
    frame = {"linkLabel": "a", "headerLabel": "b", "url": "https://c", "width": 2**31, "height": 2}
    assert sandbox.post(event(timelineIFrame=frame)).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"inputs": null}',
        b'{"inputs": {}}',
        b'{"inputs": [], "x": NaN}',
        b'{"inputs": [], "x": -Infinity}',
        b'{"inputs": [], "x": 1e999}',
        b'{"inputs": [], "x": ' + b"9" * 5000 + b"}",
        rb'{"inputs": [], "x": "\ud83d"}',
        rb'{"inputs": [], "\uDE00": 1}',
        b'{"inputs": [], "x": "\xed\xa0\xbd"}',
        b'{"inputs": [], "x": "\xff"}',
        '{"inputs": []}'.encode("utf-16"),
        b'\xef\xbb\xbf{"inputs": []}',
    ],
)
def test_what_is_no_batch_is_refused(sandbox: Sandbox, body: bytes) -> None:
    """A body that is not strict JSON in UTF-8, or no object with a list of inputs, is a 400."""
    response = sandbox.post_raw(body)
    assert response.status_code == 400
    assert error(response)["message"].startswith("Invalid input JSON")


def test_whole_surrogate_pairs_are_text(sandbox: Sandbox) -> None:
    """An escaped emoji is not taken for half of one."""
    assert sandbox.post_raw(rb'{"inputs": [], "x": "\ud83d\ude00 \\ud83d"}').status_code == 201


@pytest.mark.parametrize("value", [None, "", "Bearer", "Bearer ", "Basic YTpi", "any"])
def test_without_a_bearer_token_nothing_is_done(sandbox: Sandbox, value: str | None) -> None:
    """A request without a bearer token is a 401 and creates nothing."""
    headers = {"Content-Type": "application/json"} | ({} if value is None else {"Authorization": value})
    response = sandbox.post_raw(json.dumps({"inputs": [event()]}), headers)
    assert response.status_code == 401
    assert error(response)["category"] == "INVALID_AUTHENTICATION"
    assert sandbox.store.count() == 0


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_media_type_is_refused(sandbox: Sandbox, media_type: str) -> None:
    """A body that is not declared as JSON is a 415."""
    response = sandbox.post_raw(b'{"inputs": []}', HEADERS | {"Content-Type": media_type})
    assert response.status_code == 415
    assert error(response)["message"]


def test_the_media_type_may_have_parameters(sandbox: Sandbox) -> None:
    """A charset behind the media type changes nothing, nor do capitals."""
    headers = {"authorization": "BEARER any", "content-type": "Application/JSON; charset=utf-8"}
    assert sandbox.post_raw(b'{"inputs": []}', headers).status_code == 201


@pytest.mark.parametrize("path", ["/nowhere", f"{PATH}/", "/integrators/timeline/v3/event", "/_sandbox", "/%ff"])
def test_an_unknown_path_is_not_found(sandbox: Sandbox, path: str) -> None:
    """Another path is a 404 in the service's shape, never a redirect."""
    response = sandbox.request("POST", path, headers=HEADERS, content=b"{}")
    assert response.status_code == 404
    assert error(response)["category"] == "OBJECT_NOT_FOUND"


@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("PUT", PATH), ("POST", "/_sandbox/counts")])
def test_a_wrong_method_is_not_allowed(sandbox: Sandbox, method: str, path: str) -> None:
    """Another method is a 405 that names the right one."""
    response = sandbox.request(method, path, headers=HEADERS)
    assert response.status_code == 405
    assert response.headers["allow"]
    assert error(response)["message"]


def test_answers_are_json(sandbox: Sandbox) -> None:
    """Every answer declares itself as JSON."""
    for response in (sandbox.post(event()), sandbox.post(without("id")), sandbox.get("/nowhere")):
        assert response.headers["content-type"] == "application/json"
