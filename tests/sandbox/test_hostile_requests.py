"""No request makes the sandbox fail: what it cannot take it refuses, and then it works as before."""

import json
from bisect import bisect_left
from collections.abc import AsyncIterator
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import SandboxSettings
from tests.helpers.sandbox_calls import HEADERS, PATH, event, opened

FIELDS = [
    "eventTemplateId",
    "id",
    "tokens",
    "email",
    "objectId",
    "utk",
    "timestamp",
    "extraData",
    "timelineIFrame",
    "domain",
    "customObjectTypeId",
    "createdAt",
]
KEYS = st.sampled_from(["inputs", "log", "url", *FIELDS]) | st.text(max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
EVENTS = st.fixed_dictionaries(
    {"eventTemplateId": st.just("1") | VALUES, "id": st.text(max_size=4) | VALUES, "tokens": VALUES},
    optional=dict.fromkeys(FIELDS[3:], VALUES),
)


def as_body(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


BODIES = (
    st.binary()
    | VALUES.map(as_body)
    | st.lists(EVENTS | VALUES, max_size=4).map(lambda events: as_body({"inputs": events}))
    | st.lists(EVENTS, max_size=4).map(lambda events: json.dumps({"inputs": events}).encode())
)


@settings(max_examples=400)
@given(body=BODIES)
def test_any_body_has_an_answer_by_the_document(body: bytes) -> None:
    """Random bytes, random JSON and random events are answered by the document, and a good event is created after."""
    with opened() as sandbox:
        response = sandbox.post_raw(body)
        assert response.status_code in (201, 207, 400, 409)
        assert sandbox.store.count() == len(response.json().get("results", []))
        assert sandbox.post(event("good", eventTemplateId="good")).status_code == 201


@settings(max_examples=50)
@given(
    headers=st.dictionaries(
        st.sampled_from(["Authorization", "Content-Type", "Content-Encoding", "Content-Length"]), st.binary(max_size=12)
    )
)
def test_any_headers_have_an_answer(headers: dict[str, bytes]) -> None:
    """Random bytes in the headers are refused or taken, never a failure."""
    with opened() as sandbox:
        response = sandbox.request("POST", PATH, content=b'{"inputs":[]}', headers=headers)
        assert response.status_code in (201, 401, 415)


@pytest.mark.parametrize("opening", [b"[", b'{"inputs":', b'{"inputs":[{"id":', b'{"inputs":[{"tokens":{"a":'])
def test_endless_nesting_is_refused(opening: bytes) -> None:
    """A body that only opens is a 400, however deep."""
    with opened() as sandbox:
        response = sandbox.post_raw(opening * 100_000)
        assert response.status_code == 400
        assert "nested too deeply" in response.json()["message"]


def nested(depth: int, fields: str = "") -> bytes:
    inside = b'{"a":' * depth + b"1" + b"}" * depth
    return b'{"inputs":[{' + fields.encode() + b'"extraData":' + inside + b"}]}"


def good(depth: int) -> bytes:
    return nested(depth, f'"eventTemplateId":"1","id":"{depth}","utk":"u","tokens":{{}},')


def around_the_brink() -> range:
    """Return depths of nesting below and above the first that is refused; where that is differs between Pythons."""
    with opened() as sandbox:

        def refuses(depth: int) -> bool:
            # Not post_raw, as reading the answer could fail here at a depth that the sandbox took.
            return sandbox.request("POST", PATH, content=good(depth), headers=HEADERS).status_code != 201

        brink = bisect_left(range(100_000), x=True, key=refuses)
    return range(brink - 60, brink + 20)


def test_nesting_at_the_brink_is_created_or_refused() -> None:
    """Where the recursion limit begins to bite, an event is either created and readable, or refused and not there."""
    statuses: list[int] = []
    with opened() as sandbox:
        for depth in around_the_brink():
            before = sandbox.store.count()
            statuses.append(sandbox.request("POST", PATH, content=good(depth), headers=HEADERS).status_code)
            assert sandbox.store.count() == before + (statuses[-1] == 201)
            assert sandbox.get("/_sandbox/events", offset=before).status_code == 200
    assert set(statuses) == {201, 400}


def test_nesting_at_the_brink_does_not_break_the_complaint() -> None:
    """Saying what is wrong with a deeply nested event never fails, even if reading it only just did not."""
    with opened() as sandbox:
        for depth in (*range(200, 300), *around_the_brink()):
            assert sandbox.post_raw(nested(depth)).status_code == 400


def test_a_flood_of_wrong_events_is_refused_at_once() -> None:
    """A body in which everything is wrong costs no more than finding the first of it, and has a short answer."""
    with opened() as sandbox:
        begin = process_time()
        response = sandbox.post_raw(b'{"inputs":[' + b"1," * 1_000_000 + b"1]}")
        assert process_time() - begin < 5  # some 20 seconds if all that is wrong were gathered, else far below one
        assert response.status_code == 400
        assert len(response.content) < 1000


def test_a_complaint_does_not_repeat_the_value() -> None:
    """What is wrong with a value is said without quoting it, since it may be private."""
    with opened() as sandbox:
        response = sandbox.post(event(id=["private"]))
        assert response.status_code == 400
        assert "private" not in response.text


def test_a_complaint_about_a_huge_name_is_short() -> None:
    """An answer does not repeat what was sent at length."""
    with opened() as sandbox:
        response = sandbox.post(event(tokens={"a b" * 10_000: "x"}))
        assert response.status_code == 400
        assert len(response.content) < 1000


def test_a_body_is_refused_while_it_is_too_long() -> None:
    """A body over the limit is a 413 before the rest of it was read."""
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
