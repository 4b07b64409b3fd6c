"""No request makes the sandbox fail: it rejects what is invalid, and then works as before.

Requests are passed directly to the application, so that they include some that no client would send.
"""

import asyncio
import json
from bisect import bisect_left
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from time import process_time
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from attrs import frozen
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hubspot_timeline_testing.openapi import operations
from hubspot_timeline_testing.sandbox import SandboxSettings, Store
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.operations.token_endpoint import PATHS
from hubspot_timeline_testing.sandbox.storage.database import TABLES, VERSION
from tests.helpers.examples import examples
from tests.helpers.sandbox_calls import HEADERS, PATH, event, opened

IN_A_ROW = 10
MAX_BODY = 3_000  # bytes
ERRORS = {400, 401, 404, 405, 409, 413, 415, 503}  # 503: the connection ended within the body

ADMIN = [
    "events", "event", "counts", "records", "timeline", "requests", "exactly-once", "clock", "reset", "snapshot",
    "state", "faults",
]  # fmt: skip
ALL_PATHS = [*{path for _, path in operations().values()}, *PATHS, *(f"/_sandbox/{name}" for name in ADMIN)]
SEGMENTS = st.sampled_from([
    "1", "1000001", "e1", "plan", "-2147483649", "9" * 30, "%00", "%2F", "%2e%2e", "..", ".", "", "%FF", "%ED%A0%80",
    "%", "%zz", "a" * 9000, "é", "\x00", " ", "{x}",
])  # fmt: skip
TARGETS = st.sampled_from(ALL_PATHS) | st.lists(SEGMENTS, max_size=6).map("/".join)
METHODS = st.sampled_from(
    ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "BREW", ""]
)
NAMES = ["hapikey", "detail", "offset", "limit", "search", "record", "eventTemplateId", "id"]
TEXTS = st.sampled_from(
    ["", "1", "0", "-1", "9" * 15, "9" * 40, "true", "%00", "%FF", "%", "e1", "1e9", "é", "%ED%A0%80"]
)
PARAMETERS = st.tuples(st.sampled_from(NAMES), TEXTS).map("=".join) | st.text(max_size=5)
QUERIES = st.lists(PARAMETERS, max_size=4).map("&".join)
TYPES = st.sampled_from(
    [b"application/json", b"application/json; charset=x", b"application/x-www-form-urlencoded", b""]
)
HEADER_NAMES = st.sampled_from([b"authorization", b"content-type", b"content-encoding", b"content-length", b"x", b""])
HEADER_LISTS = st.lists(st.tuples(HEADER_NAMES, st.binary(max_size=9)), max_size=3)

FIELDS = [
    "eventTemplateId", "id", "tokens", "email", "objectId", "utk", "timestamp", "extraData", "timelineIFrame", "domain",
    "customObjectTypeId", "createdAt",
]  # fmt: skip
KEYS = st.sampled_from([
    "inputs", "log", "url", "name", "label", "type", "options", "value", "objectType", "advance", "ids", "version",
    "tables", "events", *FIELDS,
])  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8)
WORDS = st.sampled_from(
    ["1000001", "plan", "enumeration", "contacts", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+23:00"]
)
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
TEMPLATE = {"id": "1000001", "name": "n", "objectType": "contacts", "tokens": []}
TOKEN = {"name": "plan", "label": "l", "type": "enumeration", "options": [{"value": "pro", "label": "Pro"}]}
VALID = st.sampled_from(
    [event(), {"inputs": [event()]}, TEMPLATE, TOKEN, {"advance": 9}, {"advance": 2.5e11}, {"ids": ["e1"]}]
)
ALMOST_VALID = st.tuples(VALID, st.dictionaries(KEYS, VALUES, max_size=2)).map(lambda both: both[0] | both[1])
EVENTS = st.fixed_dictionaries(
    {"eventTemplateId": st.just("1") | VALUES, "id": st.text(max_size=4) | VALUES, "tokens": VALUES},
    optional=dict.fromkeys(FIELDS[3:], VALUES),
)


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


BODIES = (
    st.binary(max_size=40)
    | (VALID | ALMOST_VALID | VALUES).map(as_json)
    | st.sampled_from([b"[" * MAX_BODY, b'{"inputs":' * 200, b" " * (MAX_BODY + 1), b"grant_type=refresh_token&x=%ff"])
)
BATCHES = (
    st.binary()
    | VALUES.map(as_json)
    | st.lists(EVENTS | VALUES, max_size=4).map(lambda events: as_json({"inputs": events}))
    | st.lists(EVENTS, max_size=4).map(lambda events: json.dumps({"inputs": events}).encode())
)


@frozen
class RawRequest:
    method: str
    target: str
    query: str
    headers: Sequence[tuple[bytes, bytes]]
    chunks: Sequence[bytes]
    is_complete: bool = True

    def scope(self) -> dict[str, Any]:
        """Return it as an ASGI server passes it."""
        raw = b"/" + self.target.removeprefix("/").encode()
        constant = {"type": "http", "http_version": "1.1", "scheme": "http", "state": {}}
        addresses = {"server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9)}
        path = {"raw_path": raw, "path": unquote_to_bytes(raw).decode(errors="replace")}
        own = {"method": self.method, "query_string": self.query.encode(), "headers": list(self.headers)}
        return constant | addresses | path | own


def raw_request(target: str, method: str = "GET", body: Any = b"") -> RawRequest:
    headers = [(b"authorization", b"Bearer x"), (b"content-type", b"application/json")]
    return RawRequest(method, target, "", headers, [body if isinstance(body, bytes) else as_json(body)])


@st.composite
def raw_requests(draw: st.DrawFn) -> RawRequest:
    usual = [(b"authorization", b"Bearer x"), (b"content-type", draw(TYPES))]
    body = draw(BODIES)
    cut = draw(st.integers(0, len(body)))
    target = draw(TARGETS)
    for name in ("appId", "eventTemplateId", "eventId", "tokenName"):
        target = target.replace(f"{{{name}}}", draw(SEGMENTS)) if name in target else target
    headers = draw(st.just(usual) | HEADER_LISTS | HEADER_LISTS.map(lambda more: usual + more))
    is_complete = draw(st.integers(0, 19)) > 0
    return RawRequest(draw(METHODS), target, draw(QUERIES), headers, [body[:cut], body[cut:]], is_complete)


async def respond(app: Any, request: RawRequest) -> tuple[int, bytes]:
    """Return the status and the body of the application's response."""
    incoming = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in request.chunks]
    incoming.append({"type": "http.request"} if request.is_complete else {"type": "http.disconnect"})
    sent: list[Any] = []

    async def receive() -> Any:
        return incoming.pop(0) if incoming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(request.scope(), receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


async def respond_to_all(requests: Sequence[RawRequest]) -> None:
    with Store() as store:
        app = create_app(store, settings=SandboxSettings(max_body_bytes=MAX_BODY))
        for request in requests:
            status, body = await respond(app, request)
            assert status in ERRORS or 200 <= status < 300, (request, status)
            assert status < 400 or b'"correlationId"' in body
        good = raw_request(PATH, "POST", {"inputs": [event("good", eventTemplateId="good")]})
        assert (await respond(app, good))[0] == 201


ODD_TIME = raw_request(PATH, "POST", {"inputs": [event(timestamp="0001-01-01T00:00:00+23:00")]})
TO_THE_YEAR_9999 = (datetime.max.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() - 900
FORM = b"grant_type=refresh_token&client_id=1&client_secret=2&refresh_token=3"
REFRESH = RawRequest("POST", PATHS[0], "", [(b"content-type", b"application/x-www-form-urlencoded")], [FORM])
BAD_TEMPLATE = {"sequence": 1, "id": "1", "app": 1, "is_deleted": 0, "body": "not JSON"}
RECORD = {"key": 1, "object_type": "CONTACT", "object_id": "1", "email": None}
BAD_EVENT = {"sequence": 1, "event_template_id": "1", "id": "e1", "request": 1, "record": 1, "utk": None}
BAD_EVENT |= {"happened_at": 10**18, "times": 1, "result": "{}"}


def restore(**tables: Any) -> RawRequest:
    snapshot = {"version": VERSION, "tables": {name: tables.get(name, []) for name in TABLES}}
    return raw_request("/_sandbox/snapshot", "PUT", snapshot)


@settings(
    deadline=None,
    max_examples=examples(60, 5_000),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(requests=st.lists(raw_requests(), min_size=IN_A_ROW, max_size=IN_A_ROW))
@example(requests=[ODD_TIME, raw_request("/_sandbox/records")])
@example(requests=[raw_request("/_sandbox/clock", "POST", {"advance": TO_THE_YEAR_9999}), REFRESH])
@example(requests=[restore(templates=[BAD_TEMPLATE]), raw_request("/integrators/timeline/v3/1/event-templates")])
@example(requests=[restore(events=[BAD_EVENT], records=[RECORD]), raw_request("/_sandbox/events")])
@example(requests=[restore(events=[BAD_EVENT], records=[RECORD]), raw_request("/_sandbox/records")])
def test_any_ten_requests_get_a_response(requests: list[RawRequest]) -> None:
    """The application raises nothing, no response is a server error, and a valid event is created afterwards."""
    asyncio.run(respond_to_all(requests))


@settings(max_examples=examples(60, 5_000))
@given(body=BATCHES)
def test_any_body_gets_a_response_by_the_document(body: bytes) -> None:
    """Random bytes, random JSON and random events; a valid event is created afterwards."""
    with opened() as sandbox:
        response = sandbox.post_raw(body)
        assert response.status_code in (201, 207, 400, 409)
        assert sandbox.store.count() == len(response.json().get("results", []))
        assert sandbox.post(event("good", eventTemplateId="good")).status_code == 201


@pytest.mark.parametrize("opening", [b"[", b'{"inputs":', b'{"inputs":[{"id":', b'{"inputs":[{"tokens":{"a":'])
def test_endless_nesting_is_rejected(opening: bytes) -> None:
    """With a 400."""
    with opened() as sandbox:
        response = sandbox.post_raw(opening * 100_000)
    assert (response.status_code, "nested too deeply" in response.json()["message"]) == (400, True)


def nested(depth: int, fields: str = "") -> bytes:
    inside = b'{"a":' * depth + b"1" + b"}" * depth
    return b'{"inputs":[{' + fields.encode() + b'"extraData":' + inside + b"}]}"


def nested_event(depth: int) -> bytes:
    return nested(depth, f'"eventTemplateId":"1","id":"{depth}","utk":"u","tokens":{{}},')


def critical_depths() -> range:
    """Return depths of nesting around the first that is rejected, which depends on the version of Python."""
    with opened() as sandbox:

        def is_rejected(depth: int) -> bool:
            # Not post_raw: parsing the response could fail here at a depth that the sandbox accepts.
            return sandbox.request("POST", PATH, content=nested_event(depth), headers=HEADERS).status_code != 201

        critical = bisect_left(range(100_000), x=True, key=is_rejected)
    return range(critical - 60, critical + 20)


def test_nesting_near_the_limit_is_created_or_rejected() -> None:
    """An event is either created and readable, or rejected and not there; an invalid one is always a 400."""
    statuses: list[int] = []
    depths = critical_depths()
    with opened() as sandbox:
        for depth in depths:
            before = sandbox.store.count()
            response = sandbox.request("POST", PATH, content=nested_event(depth), headers=HEADERS)
            statuses.append(response.status_code)
            assert sandbox.store.count() == before + (statuses[-1] == 201)
            assert sandbox.get("/_sandbox/events", offset=before).status_code == 200
        for depth in (*range(200, 300), *depths):
            assert sandbox.post_raw(nested(depth)).status_code == 400
    assert set(statuses) == {201, 400}


def test_a_million_errors_cost_no_more_than_the_first() -> None:
    """And the response is short."""
    with opened() as sandbox:
        begin = process_time()
        response = sandbox.post_raw(b'{"inputs":[' + b"1," * 1_000_000 + b"1]}")
        assert process_time() - begin < 5  # some 20 seconds if all errors were collected, else far below one
    assert (response.status_code, len(response.content) < 1000) == (400, True)


@pytest.mark.parametrize("invalid", [event(id=["private"]), event(tokens={"a b" * 10_000: "x"})])
def test_an_error_does_not_repeat_the_value(invalid: dict[str, Any]) -> None:
    """Since it can be private, or long."""
    with opened() as sandbox:
        response = sandbox.post(invalid)
    assert (response.status_code, len(response.content) < 1000) == (400, True)
    assert "private" not in response.text


def test_a_long_body_is_rejected_while_it_is_read() -> None:
    """With a 413 before the rest is read."""
    pulled = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal pulled
        for _ in range(100):
            pulled += 1
            yield b" " * 1000

    with opened(SandboxSettings(max_body_bytes=5000)) as sandbox:
        assert sandbox.post_raw(chunks()).status_code == 413
        assert pulled == 6
        assert sandbox.post_raw(b'{"inputs":[]}' + b" " * 4987).status_code == 201
