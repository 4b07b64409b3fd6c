"""Whatever is asked, wherever, with whatever around it, has an answer other than a failure, and the sandbox goes on.

Requests go straight into the application, so that there are none that a client would not send. Each example is ten of
them to a fresh sandbox, one after the other.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from attrs import frozen
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hubspot_timeline_testing.openapi import operations
from hubspot_timeline_testing.sandbox import SandboxSettings
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.operations.token_endpoint import PATHS
from hubspot_timeline_testing.sandbox.storage.database import TABLES, VERSION
from hubspot_timeline_testing.sandbox.storage.store import Store
from tests.helpers.examples import examples
from tests.helpers.sandbox_calls import PATH, event

IN_A_ROW = 10
LIMIT = 3_000  # bytes in a body
REFUSALS = {400, 401, 404, 405, 409, 413, 415, 503}  # 503: the connection ended within the body

INSPECTION = ["events", "event", "counts", "records", "timeline", "requests", "exactly-once", "clock", "reset"]
STEERING = ["snapshot", *(["state", "faults"] if hasattr(FaultPlan, "from_json") else [])]
PLACES = [
    *{path for _, path in operations().values()},
    *PATHS,
    *(f"/_sandbox/{name}" for name in INSPECTION + STEERING),
]

PARTS = st.sampled_from([
    "1", "1000001", "e1", "plan", "-2147483649", "9" * 30, "%00", "%2F", "%2e%2e", "..", ".", "", "%FF", "%ED%A0%80",
    "%", "%zz", "a" * 9000, "é", "\x00", " ", "{x}",
])  # fmt: skip
TARGETS = st.sampled_from(PLACES) | st.lists(PARTS, max_size=6).map("/".join)
METHODS = st.sampled_from(
    ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "BREW", ""]
)
NAMES = ["hapikey", "detail", "offset", "limit", "search", "record", "eventTemplateId", "id"]
TEXTS = st.sampled_from(
    ["", "1", "0", "-1", "9" * 15, "9" * 40, "true", "%00", "%FF", "%", "e1", "1e9", "é", "%ED%A0%80"]
)
QUERIES = st.lists(st.tuples(st.sampled_from(NAMES), TEXTS).map("=".join) | st.text(max_size=5), max_size=4).map(
    "&".join
)
TYPES = st.sampled_from(
    [b"application/json", b"application/json; charset=x", b"application/x-www-form-urlencoded", b""]
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"authorization", b"content-type", b"content-length", b"x", b""]), st.binary(max_size=9)
    ),
    max_size=3,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=6)
WORDS = st.sampled_from(
    ["1000001", "plan", "enumeration", "contacts", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+23:00"]
)
KEYS = st.sampled_from([
    "inputs", "id", "eventTemplateId", "tokens", "email", "utk", "objectId", "timestamp", "extraData", "timelineIFrame",
    "name", "label", "type", "options", "value", "objectType", "advance", "ids", "version", "tables", "events",
])  # fmt: skip
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=10,
)
TEMPLATE = {"id": "1000001", "name": "n", "objectType": "contacts", "tokens": []}
TOKEN = {"name": "plan", "label": "l", "type": "enumeration", "options": [{"value": "pro", "label": "Pro"}]}
RIGHT = st.sampled_from(
    [event(), {"inputs": [event()]}, TEMPLATE, TOKEN, {"advance": 9}, {"advance": 2.5e11}, {"ids": ["e1"]}]
)
NEARLY = st.tuples(RIGHT, st.dictionaries(KEYS, VALUES, max_size=2)).map(lambda both: both[0] | both[1])


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


BODIES = (
    st.binary(max_size=40)
    | (RIGHT | NEARLY | VALUES).map(as_json)
    | st.sampled_from(
        [b"[" * LIMIT, b'{"inputs":' * 200, b" " * (LIMIT + 1), b"grant_type=refresh_token&client_id=%ff"]
    )
)


@frozen
class Asked:
    method: str
    target: str
    query: str
    headers: Sequence[tuple[bytes, bytes]]
    chunks: Sequence[bytes]
    is_whole: bool = True


def asked(target: str, method: str = "GET", query: str = "", body: Any = b"") -> Asked:
    raw = body if isinstance(body, bytes) else as_json(body)
    return Asked(
        method, target, query, [(b"authorization", b"Bearer x"), (b"content-type", b"application/json")], [raw]
    )


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    head = [(b"authorization", b"Bearer x"), (b"content-type", draw(TYPES))]
    body = draw(BODIES)
    cut = draw(st.integers(0, len(body)))
    target = draw(TARGETS)
    for name in ("appId", "eventTemplateId", "eventId", "tokenName"):
        target = target.replace(f"{{{name}}}", draw(PARTS)) if name in target else target
    headers = draw(st.just(head) | HEADERS | HEADERS.map(lambda more: head + more))
    return Asked(draw(METHODS), target, draw(QUERIES), headers, [body[:cut], body[cut:]], draw(st.integers(0, 19)) > 0)


async def answer(app: Any, request: Asked) -> tuple[int, bytes]:
    """Return the status and the body that the application answers."""
    arriving = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in request.chunks]
    arriving.append({"type": "http.request"} if request.is_whole else {"type": "http.disconnect"})
    sent: list[Any] = []

    async def receive() -> Any:
        return arriving.pop(0) if arriving else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope(request), receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def scope(request: Asked) -> dict[str, Any]:
    raw = b"/" + request.target.removeprefix("/").encode()
    return {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 9),
        "method": request.method,
        "raw_path": raw,
        "path": unquote_to_bytes(raw).decode(errors="replace"),
        "query_string": request.query.encode(),
        "headers": list(request.headers),
        "state": {},
    }


async def all_are_answered(row: Sequence[Asked]) -> None:
    with Store() as store:
        app = create_app(store, settings=SandboxSettings(max_body_bytes=LIMIT))
        for request in row:
            status, body = await answer(app, request)
            assert status in REFUSALS or 200 <= status < 300, (request, status)
            assert status < 400 or b'"correlationId"' in body
        status, _ = await answer(app, asked(PATH, "POST", body={"inputs": [event("good", eventTemplateId="good")]}))
        assert status == 201


ODD_TIME = event(timestamp="0001-01-01T00:00:00+23:00")
TO_THE_END = (datetime.max.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() - 900  # of the year 9999
FORM = b"grant_type=refresh_token&client_id=1&client_secret=2&refresh_token=3"
FOR_A_TOKEN = Asked("POST", PATHS[0], "", [(b"content-type", b"application/x-www-form-urlencoded")], [FORM])
BAD_TEMPLATE = {"id": "1", "app": 1, "body": "no JSON"}
BAD_EVENT = {"sequence": 1, "event_template_id": "1", "id": "e1", "request": 1, "record": 1, "utk": None}
RECORD = {"key": 1, "object_type": "CONTACT", "object_id": "1", "email": None}
BAD_EVENT |= {"happened_at": 10**18, "times": 1, "result": "{}"}


def restored(**tables: Any) -> Asked:
    return asked(
        "/_sandbox/snapshot",
        "PUT",
        body={"version": VERSION, "tables": {name: tables.get(name, []) for name in TABLES}},
    )


@settings(
    deadline=None,
    max_examples=examples(1_000, 5_000),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(row=st.lists(requests(), min_size=IN_A_ROW, max_size=IN_A_ROW))
@example(row=[asked(PATH, "POST", body={"inputs": [ODD_TIME]}), asked("/_sandbox/records")])
@example(row=[asked("/_sandbox/clock", "POST", body={"advance": TO_THE_END}), FOR_A_TOKEN])
@example(row=[restored(templates=[BAD_TEMPLATE]), asked("/integrators/timeline/v3/1/event-templates")])
@example(row=[restored(events=[BAD_EVENT], records=[RECORD]), asked("/_sandbox/events"), asked("/_sandbox/records")])
def test_ten_requests_of_any_kind_are_answered(row: list[Asked]) -> None:
    """Nothing raises out of the application, no answer is a failure, and a good event is created afterwards."""
    asyncio.run(all_are_answered(row))
