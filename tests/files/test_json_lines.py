"""A line of JSON that needs no change is sent as it was read, and so are the bytes that the slow way would send."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hubspot_timeline import EventError
from hubspot_timeline.files import Row, json_lines
from hubspot_timeline.intake import prepare
from hubspot_timeline.moments import is_as_sent, moment, rfc3339
from hubspot_timeline.plain import plain_item
from hubspot_timeline.wire import Encoded
from hubspot_timeline_testing.strategies import event_payloads
from tests.helpers.event_files import good, read

TIMES = [
    "2026-03-10T23:04:41Z",
    "2026-03-10T23:04:41.164Z",
    "2026-03-10T23:04:41+05:30",
    "1999-12-31T23:59:59.001-12:00",
]
OTHER_TIMES = [
    "2026-03-10T23:04:41.000Z",
    "2026-03-10T23:04:41.1Z",
    "2026-03-10T23:04:41.164000Z",
    "2026-03-10T23:04:41+00:00",
    "2026-03-10T23:04:41-00:00",
    "2026-03-10T23:04:41+05:75",
    "2026-03-10T23:04:41+24:00",
    "2026-03-10T24:00:00Z",
    "2026-02-30T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-03-10T23:04:60Z",
    "2026-03-10 23:04:41Z",
    "2026-03-10T23:04:41z",
    "2026-03-10T23:04:41",
    "\uff12026-03-10T23:04:41Z",
    "2026-03-10T23:04:41Z\n",
    "20260310",
    "",
]
VALUES: list[Any] = [
    None,
    "",
    "x",
    "{{uuid}}",
    "y" * 600,
    7,
    1e-7,
    {},
    {"n": 1},
    {"n": "1"},
    {"log": "1"},
    [],
    *TIMES,
    *OTHER_TIMES,
]
EARLIEST = {"eventTemplateId": "1", "id": "a", "tokens": {}, "utk": "u", "timestamp": "0001-01-01T00:00:00+14:00"}
NAMES = [
    "eventTemplateId",
    "id",
    "tokens",
    "objectId",
    "customObjectTypeId",
    "timestamp",
    "extraData",
    "timelineIFrame",
]


def end(row: Row) -> tuple[str, str, object, object]:
    """Return all that becomes of a row."""
    quick = plain_item(0, row.given)
    try:
        item = quick or prepare(0, row.event)
    except EventError as error:
        return row.origin, row.text, row.event if row.event is not error else None, str(error)
    return row.origin, row.text, row.event, (item.id, item.body)


def both_ways(folder: Path, content: bytes, **options: Any) -> None:
    """Read and prepare in the slow way, which makes the names of tokens known, and in the quick one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "reread", lambda _: None)
        slow = list(map(end, read(folder, content, **options)))
    assert list(map(end, read(folder, content, **options))) == slow


events = event_payloads() | st.builds(
    lambda event, name, value: event | {name: value},
    event_payloads(),
    st.sampled_from([*NAMES, "emial"]),
    st.sampled_from(VALUES),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(events, min_size=1, max_size=3), st.booleans(), st.none() | st.just("7"))
@example([EARLIEST], False, None)
def test_a_line_ends_alike(tmp_path: Path, rows: list[Any], ascii_only: bool, template: str | None) -> None:
    """Whatever it holds."""
    content = "\r\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows)
    both_ways(tmp_path, content.encode("utf-8", "surrogatepass"), template=template)


@pytest.mark.parametrize(
    "line", [b'{"eventTemplateId":"1","id":"a","tokens":{},"objectId":"1","id":"b"}', b"[]", b"{", b"7", b"{}\xff"]
)
def test_a_bad_line_ends_alike(tmp_path: Path, line: bytes) -> None:
    """With the same complaint."""
    both_ways(tmp_path, good() + b"\n" + line + b"\n")


@pytest.mark.parametrize("value", [*VALUES, 7])
def test_text_that_passes_for_a_time_as_it_is_sent_is_one(value: object) -> None:
    """Of those that Python can read, it is the way in which that moment is written."""
    assert is_as_sent(value) == (value in TIMES)
    assert not is_as_sent(value) or rfc3339(moment(value)) == value


@given(
    st.from_regex(
        r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{3})?(Z|[+-][0-2][0-9]:[0-6][0-9])",
        fullmatch=True,
    )
)
def test_what_looks_like_a_time_and_passes_is_one(text: str) -> None:
    """Also at the ends of what there is: of the calendar, of a day, of zones."""
    assert not is_as_sent(text) or rfc3339(moment(text)) == text


@pytest.mark.parametrize("time", TIMES)
def test_the_quick_way_is_taken(tmp_path: Path, time: str) -> None:
    """Else the tests above would compare nothing."""
    line = {
        "eventTemplateId": "1",
        "id": "a",
        "objectId": "7",
        "customObjectTypeId": "2-1",
        "timestamp": time,
        "tokens": {"n": "1"},
    }
    prepare(0, dict(line))
    [row] = read(tmp_path, json.dumps(line).encode())
    assert isinstance(row.given, Encoded)
    assert json.loads(row.given.body) == row.event == line


def test_a_row_that_is_looked_at_can_be_changed(tmp_path: Path) -> None:
    """And what is sent is what it was changed to."""
    [row] = read(tmp_path, good())
    assert isinstance(row.given, Encoded)
    assert isinstance(row.event, dict)
    row.event["email"] = "grace@example.com"
    item = plain_item(0, row.given)
    assert item
    assert b"grace@example.com" in item.body
