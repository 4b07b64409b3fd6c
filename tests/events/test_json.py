"""JSON means the same with and without what reads and writes it faster; where that is not certain, it stands aside."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hubspot_timeline import codec
from hubspot_timeline.delivery.response import _listed_alone, _read
from hubspot_timeline.files.json_lines import _decode
from tests.helpers.document import ROOT


class Colour(Enum):
    """A value that is no JSON itself."""

    RED = "red"


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
from hubspot_timeline_testing.sandbox import SandboxServer
rows = [row.event for row in read_file("samples/events.jsonl")][:600]
with SandboxServer() as server, TimelineClient("t", base_url=server.url, rate_limit=None, max_in_flight=1) as timeline:
    outcomes = list(timeline.stream(rows))
print(json.dumps([[o.position, type(o).__name__, o.id, str(getattr(o, "error", ""))] for o in outcomes]))
print(json.dumps([o.raw["tokens"] for o in outcomes if isinstance(o, Created)]))
"""
    with_all, alone = (
        subprocess.run(
            [sys.executable, "-c", program, *blocked], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for blocked in ((), ("orjson", "msgspec", "sniffio"))
    )
    assert with_all == alone
    assert "Rejected" in alone
