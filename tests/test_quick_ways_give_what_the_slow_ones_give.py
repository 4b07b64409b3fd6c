"""What was made fast means the same as what it stands for; where it cannot be sure of that, it stands aside."""

import json
import pickle
import subprocess
import sys
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from attrs import fields
from hypothesis import example, given
from hypothesis import strategies as st

from document import ROOT
from hubspot_timeline import TimelineEvent, TimelineIFrame, codec, event
from hubspot_timeline.answers import _listed_alone, _read
from hubspot_timeline.errors import EventError
from hubspot_timeline.events import NewId
from hubspot_timeline.files.json_lines import _decode
from hubspot_timeline.intake import prepare
from hubspot_timeline.plain import plain_items
from hubspot_timeline.testing import wire_events
from hubspot_timeline.wire import FIELDS as FIELDS_IN_WIRE_NAMES
from hubspot_timeline.wire import normalise
from hubspot_timeline_api.models import EventTokens, ExtraData
from hubspot_timeline_api.types import UNSET, Unset

FIELDS = [field.name for field in fields(TimelineEvent)]


class Colour(Enum):
    """A value that is no JSON itself."""

    RED = "red"


class Text(str):
    """Text of somebody's own kind."""

    __slots__ = ()


class Stamp(datetime):
    """A moment of somebody's own kind, as pandas has one."""


class Raises:
    """A value that cannot be looked at."""

    def __bool__(self) -> bool:
        raise ZeroDivisionError


def broken_tokens() -> EventTokens:
    tokens = EventTokens()
    tokens.additional_properties = None  # type: ignore[assignment]
    return tokens


ODD_VALUES: list[Any] = [
    Raises(),
    broken_tokens(),
    Stamp(2026, 3, 10, tzinfo=UTC),
    Unset(),
    datetime(2026, 3, 10, tzinfo=timezone(timedelta(microseconds=1))),
    UNSET,
    None,
    "",
    "x",
    "{{uuid}}",
    "\ud800",
    7,
    True,
    1.5,
    float("nan"),
    [],
    {},
    {"a": 1},
    ("x",),
    b"x",
    Text("x"),
    NewId("n"),
    "y" * 600,
    Colour.RED,
    UUID(int=5),
    2**70,
    datetime(2026, 3, 10, tzinfo=UTC),
    datetime(2026, 3, 10),  # noqa: DTZ001
    datetime(2026, 3, 10, 1, 2, 3, 4000, timezone(timedelta(hours=5, minutes=30))),
    datetime(1890, 1, 1, tzinfo=timezone(timedelta(seconds=3208))),
    datetime(1, 1, 1, tzinfo=UTC),
    EventTokens(),
    EventTokens.from_dict({"n": 1}),
    EventTokens.from_dict({"log": "x"}),
    ExtraData(),
    ExtraData.from_dict({"n": [None, {"deep": float("inf")}]}),
    ExtraData.from_dict({"n": None, "m": 2**64, "k": 1e-7}),
    ExtraData.from_dict({1: 2}),  # type: ignore[dict-item]
    TimelineIFrame("a", "b", "c", 1, 2),
    TimelineIFrame("a", "b", "c", 2**31, 2),
    EventTokens.from_dict({"known": Text("x")}),
    EventTokens.from_dict({"known": "\ud800"}),
    EventTokens.from_dict({"known": "x" * 600_000}),
    EventTokens.from_dict({"no name": "x"}),
    ExtraData.from_dict({"a": {1, 2}}),
    ExtraData.from_dict({"a": "x" * 1_100_000}),
]

plain_models = wire_events().map(TimelineEvent.from_dict)


def slow(model: object) -> tuple[str, bytes] | None:
    try:
        item = prepare(0, model)
    except EventError:
        return None
    return item.id, item.body


@given(plain_models)
def test_a_plain_event_has_the_same_bytes(model: TimelineEvent) -> None:
    """All fields of the document, as the schemas allow them; a token name is known once it was seen."""
    expected = slow(model)
    [item] = plain_items(0, [model])
    assert item is None or (item.id, item.body) == expected


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("base", [{"email": "a@example.com"}, {"object_id": "7"}])
def test_an_event_that_is_odd_has_the_same_bytes_or_stands_aside(field: str, base: dict[str, Any]) -> None:
    """Any field may hold anything, since nothing checks what is assigned to a model."""
    for value in ODD_VALUES:
        odd = event(1, {"known": "x"}, id="a", **base)
        slow(odd)  # which makes its token name known
        setattr(odd, field, value)
        [item] = plain_items(0, [odd])
        assert item is None or (item.id, item.body) == slow(odd), value


@pytest.mark.parametrize("name", [*FIELDS_IN_WIRE_NAMES, "emial"])
def test_a_row_that_was_changed_has_the_same_bytes_or_stands_aside(name: str) -> None:
    """What was read from a file may be corrected before it is sent, and is looked at again then."""
    values: list[Any] = [
        None,
        "",
        "x",
        "{{uuid}}",
        "2026-03-10T23:04:41",
        "y" * 600,
        7,
        {},
        {"known": 1},
        {"a": None},
        [],
    ]
    for value in values:
        for row in ({"email": "a@example.com"}, {"objectId": "7", "timestamp": "2026-03-10T23:04:41Z"}):
            read = normalise({"eventTemplateId": "1", "id": "a", "tokens": {"known": "x"}, **row})
            before = slow(read)
            [unchanged] = plain_items(0, [read])
            assert unchanged
            assert (unchanged.id, unchanged.body) == before
            read[name] = value
            [item] = plain_items(0, [read])
            assert item is None or (item.id, item.body) == slow(dict(read)), value


def test_the_quick_way_is_taken() -> None:
    """By an event with all fields, given as event() makes it; else the tests above would compare nothing."""
    frame = TimelineIFrame("Open", "Order", "https://example.com", 800, 600)
    moment = datetime(2026, 3, 10, 23, 4, 41, 164_000, UTC)
    ways: list[dict[str, Any]] = [
        {"email": "a@example.com", "utk": "u"},
        {"object_id": 7, "custom_object_type_id": "2-1"},
    ]
    for more in ways:
        one = event(1, {"known": "x"}, extra_data={"a": None}, iframe=frame, timestamp=moment, domain="d", **more)
        expected = slow(one)
        [item] = plain_items(0, [one])
        assert item
        assert (item.id, item.body) == expected


@pytest.mark.parametrize("copied", [deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - its own
def test_a_copied_event_is_as_plain_as_its_original(copied: Any) -> None:
    """What is absent stays absent, which generated code knows by identity."""
    one = event(1, {"n": 1}, email="a@example.com", id="a")
    assert slow(copied(one)) == slow(one)
    assert copied(one).utk is UNSET


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([Colour.RED, UUID(int=5), 2**64]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=12,
)
no_json = st.sampled_from([datetime(2026, 3, 10, tzinfo=UTC), Decimal(1), b"x", {1, 2}, object(), "\ud800"])


def written(value: object) -> object:
    try:
        return json.loads(codec.dumps(value))
    except (ValueError, TypeError) as error:
        return ValueError if isinstance(error, ValueError) else TypeError


@given(json_values | no_json | st.lists(no_json, max_size=2) | st.dictionaries(st.integers(), json_values, max_size=2))
@example([float("inf")])
@example({"a": [None, float("nan")]})
def test_json_is_written_alike_with_and_without_orjson(value: object) -> None:
    """Infinite numbers, numbers beyond 64 bits, names that are no text, values that have no JSON."""
    quick = written(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec, "orjson", None)
        assert written(value) == quick


def test_a_moment_of_another_kind_is_written_all_the_same() -> None:
    """In a mapping and in a model."""
    stamp = Stamp(2026, 3, 10, 23, 4, 41, 164_000, tzinfo=UTC)
    one = event(1, email="a@example.com", id="a", timestamp=stamp)
    mapping = {"eventTemplateId": "1", "id": "a", "tokens": {}, "email": "a@example.com", "timestamp": stamp}
    assert slow(one) == slow(mapping)


moments = st.datetimes(timezones=st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))))


@given(moments)
def test_moments_are_written_alike_with_and_without_orjson(moment: datetime) -> None:
    """All years, fractions of seconds and offsets in minutes."""
    quick = codec.iso_text(moment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec, "orjson", None)
        assert codec.iso_text(moment) == quick


names = st.sampled_from(["a", "b", 'q":', "\\", "é", " :", ""])
scalar_texts = st.sampled_from(
    [
        "1",
        "-0",
        "1e5",
        "1e400",
        "123456789012345678901",
        "NaN",
        "null",
        "true",
        '"x"',
        '"\\ud800"',
        '" : "',
        '"\\":"',
        "01",
    ]
)


@st.composite
def json_texts(draw: st.DrawFn, depth: int = 2) -> str:
    """Draw JSON as somebody may write it: names twice in an object, blanks anywhere, numbers of any length."""
    if not depth or draw(st.booleans()):
        return draw(scalar_texts)
    inner = json_texts(depth - 1)
    if draw(st.booleans()):
        return f"[{', '.join(draw(st.lists(inner, max_size=3)))}]"
    colon = draw(st.sampled_from([":", ": ", " :", "\t: ", "\r:"]))
    pairs = draw(st.lists(st.tuples(names, inner), max_size=3))
    return f"{{{', '.join(f'{json.dumps(name, ensure_ascii=False)}{colon}{value}' for name, value in pairs)}}}"


@given(json_texts().map(str.encode))
@example(b'{"a" :1,"a":2}')
@example(b'{"a":"\\u003a","a":"\\u003A"}')
@example(b'{"a":1,"a":{"b":"\\u003a"}}')
@example(b'{"a":1,"a":{"b\\u003a":2}}')
def test_a_line_is_read_alike_or_the_quick_way_stands_aside(text: bytes) -> None:
    """A name that stands twice is an error in the slow way, and would be lost in silence in the quick one."""
    value = codec.loads_plain(text)
    assert value is None or repr(_decode(text.decode())) == repr(value)


answers = st.recursive(
    st.none() | st.integers() | st.sampled_from(["e1", "e2"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "results", "errors", "message", "status"]), inner, max_size=4)
    ),
    max_leaves=14,
)
likely_answers = st.fixed_dictionaries(
    {"results": st.lists(st.fixed_dictionaries({"id": st.text(max_size=3)}, optional={"tokens": answers}))},
    optional={"errors": st.just([]) | st.none() | st.lists(answers), "numErrors": st.integers()},
)


@given(answers | likely_answers)
def test_an_answer_is_read_alike_or_the_quick_way_stands_aside(body: object) -> None:
    """Only an answer that lists results and no errors can be quick."""
    content = json.dumps(body).encode()
    listed, read = _listed_alone(content), _read(201, content)
    assert listed is None or (read.listed, read.errors, read.trouble) == (listed, (), None)


def test_the_quick_way_reads_an_answer() -> None:
    """Else the test above would compare nothing."""
    assert _listed_alone(b'{"status":"COMPLETE","results":[{"id":"a"},{"id":"b"}]}') == {"a", "b"}


def test_all_works_without_what_makes_it_faster() -> None:
    """The core alone sends the samples, and the same events are created, the same ones refused."""
    program = """
import json, sys
for name in sys.argv[1:]:
    sys.modules[name] = None
from hubspot_timeline import Created, TimelineClient
from hubspot_timeline.files import read_file
from hubspot_timeline.sandbox import SandboxServer
rows = [row.event for row in read_file("samples/events.jsonl")][:600]
with SandboxServer() as server, TimelineClient("t", base_url=server.url, rate=None, in_flight=1) as timeline:
    outcomes = list(timeline.stream(rows))
print(json.dumps([[o.position, type(o).__name__, o.id, str(getattr(o, "error", ""))] for o in outcomes]))
print(json.dumps([o.answer["tokens"] for o in outcomes if isinstance(o, Created)]))
"""
    with_all, alone = (
        subprocess.run(
            [sys.executable, "-c", program, *blocked], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for blocked in ((), ("orjson", "msgspec", "sniffio"))
    )
    assert with_all == alone
    assert "Rejected" in alone
