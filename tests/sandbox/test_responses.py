"""Responses to requests as such: statuses, shapes and messages as in the document and in the known service."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.routing import Route

from hubspot_timeline_testing.openapi import operation_path
from hubspot_timeline_testing.sandbox.validation.schemas import validator
from tests.helpers.sandbox_calls import HEADERS, NOW_TEXT, PATH, Sandbox, event, opened

FRAME = {"linkLabel": "a", "headerLabel": "b", "url": "https://c", "width": 1, "height": 2}


@pytest.fixture(scope="module")
def rejecting() -> Iterator[Sandbox]:
    """Give a sandbox for requests that create nothing."""
    with opened() as sandbox:
        yield sandbox
        assert sandbox.store.count() == 0


def error(response: httpx.Response, status: int = 400) -> dict[str, Any]:
    """Return the body of an error in the service's shape."""
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["status"]) == (status, "error")
    assert response.headers["content-type"] == "application/json"
    UUID(body["correlationId"])
    return body


def test_a_created_event_comes_back_as_sent(sandbox: Sandbox) -> None:
    """A 201 has every field that was sent, the object type and the time of creation."""
    sent = event(
        tokens={"name": "Launch day"},
        timestamp="2026-03-10T23:04:41.164Z",
        extraData={"questions": [{"votes": 3}]},
        timelineIFrame=FRAME,
        domain="example.com",
        unknown={"of": ["the", "document"]},
    )
    response = sandbox.post(sent, event("e2"))
    assert (response.status_code, response.headers["content-type"]) == (201, "application/json")
    body = response.json()
    assert body["results"][0] == sent | {"objectType": "CONTACT", "createdAt": NOW_TEXT}
    assert [result["id"] for result in body["results"]] == ["e1", "e2"]
    assert (body["status"], body["startedAt"], body["completedAt"]) == ("COMPLETE", NOW_TEXT, NOW_TEXT)
    assert not {"errors", "numErrors"} & set(body)


def test_an_empty_batch_creates_nothing(sandbox: Sandbox) -> None:
    """It is a 201 without results."""
    response = sandbox.post()
    assert (response.status_code, response.json()["results"]) == (201, [])


def test_the_service_sets_its_own_fields(sandbox: Sandbox) -> None:
    """The objectType and the createdAt of a sender are ignored; a custom object has its own type."""
    response = sandbox.post(event(objectType=5, createdAt=None))
    result = response.json()["results"][0]
    assert (result["objectType"], result["createdAt"]) == ("CONTACT", NOW_TEXT)
    assert response.text.count("objectType") == response.text.count("createdAt") == 1
    custom = sandbox.post(event("custom", customObjectTypeId="2-345", objectId="77"))
    assert custom.json()["results"][0]["objectType"] == "2-345"


def test_a_placeholder_becomes_a_new_uuid(sandbox: Sandbox) -> None:
    """Anywhere in an id, another one for each event."""
    results = sandbox.post(event("a-{{uuid}}-z"), event("a-{{uuid}}-z")).json()["results"]
    ids = [result["id"] for result in results]
    assert len({UUID(event_id.removeprefix("a-").removesuffix("-z")) for event_id in ids}) == 2
    assert all(sandbox.store.get("1000123", event_id) for event_id in ids)


@pytest.mark.parametrize(
    ("json_value", "text"),
    [
        ("5", "5"), ("-0", "0"), ("1.50", "1.5"), ("true", "true"), ("false", "false"),
        ("123456789012345678901234567890", "123456789012345678901234567890"), ('"5"', "5"),
    ],
)  # fmt: skip
def test_numbers_and_booleans_in_tokens_become_strings(sandbox: Sandbox, json_value: str, text: str) -> None:
    """The service accepts them, although the document does not."""
    body = f'{{"inputs": [{{"eventTemplateId": "1", "id": "a", "utk": "u", "tokens": {{"t": {json_value}}}}}]}}'
    response = sandbox.post_raw(body)
    assert (response.status_code, response.json()["results"][0]["tokens"]) == (201, {"t": text})


@pytest.mark.parametrize(
    ("timestamp", "text"),
    [
        (1773183881164, NOW_TEXT), (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ("2026-03-10T23:04:41+02:00", "2026-03-10T23:04:41+02:00"),
    ],
)  # fmt: skip
def test_epoch_milliseconds_become_a_date_time(sandbox: Sandbox, timestamp: Any, text: str) -> None:
    """In UTC; a date-time with an offset stays as it is."""
    response = sandbox.post(event(timestamp=timestamp))
    assert (response.status_code, response.json()["results"][0]["timestamp"]) == (201, text)


def test_missing_fields_are_named_as_in_the_service(rejecting: Sandbox) -> None:
    """With the position inside the object that lacks them; of a repeated name the last one counts."""
    invalid = {"email": "ada@example.com", "tokens": {}}
    response = rejecting.post_raw(f'{{"other": [{{}}], "inputs": [{json.dumps(event())},\n  {json.dumps(invalid)}]}}')
    assert error(response)["message"] == (
        "Invalid input JSON on line 2, column 4. Some required fields were not set: [eventTemplateId, id]"
    )
    repeated = rejecting.post_raw('{"inputs": [{}, {}],\n"inputs": [{}]}')
    assert error(repeated)["message"].startswith("Invalid input JSON on line 2, column 13. ")


@pytest.mark.parametrize(
    ("invalid", "path"),
    [
        (event(email=None), "$.inputs[1].email"), (event(id=5), "$.inputs[1].id"),
        (event(tokens={"a": None}), "$.inputs[1].tokens.a"), (event(tokens={"a": {}}), "$.inputs[1].tokens.a"),
        (event(tokens={"log": "reserved"}), "$.inputs[1].tokens"),
        (event(tokens={"a b": "no name"}), "$.inputs[1].tokens"), (event(extraData=[]), "$.inputs[1].extraData"),
        (event(timestamp="2026-03-10T23:04:41"), "$.inputs[1].timestamp"),
        (event(timestamp=True), "$.inputs[1].timestamp"), (event(timestamp=10**30), "$.inputs[1].timestamp"),
        (event(timelineIFrame={"url": "https://c"}), "$.inputs[1].timelineIFrame"),
        (event(timelineIFrame=FRAME | {"width": 2**31}), "$.inputs[1].timelineIFrame.width"), ([], "$.inputs[1]"),
    ],
)  # fmt: skip
def test_an_event_that_breaks_the_document_rejects_its_batch(rejecting: Sandbox, invalid: Any, path: str) -> None:
    """The 400 names the position and the path."""
    response = rejecting.post(event("good"), invalid)
    assert f"line 1, column 101: {path}: " in error(response)["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"{}", b'{"inputs": null}', b'{"inputs": {}}', b'{"inputs": [], "x": NaN}',
        b'{"inputs": [], "x": -Infinity}', b'{"inputs": [], "x": 1e999}', b'{"inputs": [], "x": ' + b"9" * 5000 + b"}",
        rb'{"inputs": [], "x": "\ud83d"}', rb'{"inputs": [], "\uDE00": 1}', b'{"inputs": [], "x": "\xed\xa0\xbd"}',
        b'{"inputs": [], "x": "\xff"}', '{"inputs": []}'.encode("utf-16"), b'\xef\xbb\xbf{"inputs": []}',
    ],
)  # fmt: skip
def test_a_body_that_is_not_a_batch_is_rejected(rejecting: Sandbox, body: bytes) -> None:
    """It is not strict JSON in UTF-8, or not an object with a list of inputs."""
    assert error(rejecting.post_raw(body))["message"].startswith("Invalid input JSON")


REJECTED = [
    *(
        ("POST", PATH, {"Authorization": value}, 401)
        for value in ("", "Bearer", "Bearer ", "Basic YTpi", "any", "bearer any", "BEARER any", "Bearer  any")
    ),
    *(
        ("POST", PATH, {"Content-Type": value}, 415)
        for value in ("", "text/plain", "application/x-www-form-urlencoded")
    ),
    *(
        ("POST", path, {}, 404)
        for path in ("/nowhere", f"{PATH}/", "/integrators/timeline/v3/event", "/_sandbox", "/%ff")
    ),
    *((method, path, {}, 405) for method, path in (("GET", PATH), ("PUT", PATH), ("POST", "/_sandbox/counts"))),
]
ALLOWED = {"GET": "POST", "PUT": "POST", "POST": "GET"}
CATEGORIES = {401: "INVALID_AUTHENTICATION", 415: "UNSUPPORTED_MEDIA_TYPE", 404: "OBJECT_NOT_FOUND"}


@pytest.mark.parametrize(("method", "path", "headers", "status"), REJECTED)
def test_a_request_that_cannot_be_routed_or_authenticated_is_rejected(
    rejecting: Sandbox, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """Without a bearer token, of another media type, to another path (never a redirect), or with a wrong method."""
    response = rejecting.request(method, path, headers=HEADERS | headers, json={"inputs": [event()]})
    body = error(response, status)
    assert body["message"]
    assert body["category"] == CATEGORIES.get(status, "METHOD_NOT_ALLOWED")
    assert response.headers.get("allow") == (
        {"GET": "POST", "PUT": "POST", "POST": "GET"}[method] if status == 405 else None
    )


def test_unusual_requests_are_accepted(rejecting: Sandbox) -> None:
    """Media types with parameters and in upper case, and whole surrogate pairs; but not one without a token."""
    headers = {"authorization": "Bearer any", "content-type": "Application/JSON; charset=utf-8"}
    assert rejecting.post_raw(b'{"inputs": []}', headers).status_code == 201
    assert rejecting.request("POST", PATH, json={}, headers={"Content-Type": "application/json"}).status_code == 401
    assert rejecting.post_raw(rb'{"inputs": [], "x": "\ud83d\ude00 \\ud83d"}').status_code == 201


def test_paths_and_schemas_come_from_the_document(rejecting: Sandbox) -> None:
    """Asking for a name that it does not have is an error."""
    assert operation_path("create_events") == PATH
    assert PATH in [route.path for route in rejecting.app.routes if isinstance(route, Route)]
    with pytest.raises(LookupError):
        operation_path("delete_events")
    with pytest.raises(LookupError):
        validator("TimelineEvents")
