"""JSON Lines: one event a line, read in one step where nothing is to be normalised."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_timeline import EventError
from hubspot_timeline.events.payload import PreparedEvent, prepare_event
from hubspot_timeline.files import json_lines_reader as json_lines
from hubspot_timeline_testing.strategies import event_payloads
from tests.helpers.event_files import good, read

VALUES: list[Any] = [
    None, "", "x", "{{uuid}}", "y" * 600, 7, 1e-7, {}, {"n": 1}, {"n": "1"}, {"log": "1"}, [],
    "2026-03-10T23:04:41Z", "2026-03-10T23:04:41.164+05:30", "2026-03-10T23:04:41.1Z", "2026-03-10T24:00:00Z",
    "2026-02-30T00:00:00Z", "2026-03-10 23:04:41Z", "2026-03-10T23:04:41", "20260310", "0001-01-01T00:00:00+14:00",
]  # fmt: skip
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

events = event_payloads() | st.builds(
    lambda event, name, value: event | {name: value},
    event_payloads(),
    st.sampled_from([*NAMES, "emial"]),
    st.sampled_from(VALUES),
)


def results(folder: Path, content: bytes, **options: Any) -> list[object]:
    """Return for each row where it stands, its text, and what is sent or the error."""
    found: list[object] = []
    for row in read(folder, content, **options):
        try:
            result: object = json.loads(prepare_event(row.given).body)
        except EventError as error:
            result = str(error)
        found.append((row.origin, row.text, result))
    return found


def both_ways(folder: Path, content: bytes, **options: Any) -> None:
    """Read with the fast path and without it, and compare."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "prepare_line", lambda _: None)
        slow = results(folder, content, **options)
    assert results(folder, content, **options) == slow


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(events, min_size=1, max_size=3), st.booleans(), st.none() | st.just("7"))
def test_a_line_is_sent_alike_by_the_fast_and_the_slow_path(
    tmp_path: Path, rows: list[Any], ascii_only: bool, template: str | None
) -> None:
    """Whatever it holds."""
    content = "\r\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows)
    both_ways(tmp_path, content.encode("utf-8", "surrogatepass"), template=template)


@pytest.mark.parametrize(
    "line", [b'{"eventTemplateId":"1","id":"a","tokens":{},"objectId":"1","id":"b"}', b"[]", b"{", b"7", b"{}\xff"]
)
def test_an_invalid_line_has_the_same_error_on_both_paths(tmp_path: Path, line: bytes) -> None:
    """The slow path alone explains."""
    both_ways(tmp_path, good() + b"\n" + line + b"\n")


def test_a_valid_line_takes_the_fast_path(tmp_path: Path) -> None:
    """Else the tests above would compare nothing."""
    [row] = read(tmp_path, good())
    assert isinstance(row.given, PreparedEvent)
    assert json.loads(row.given.body) == json.loads(good())


def test_a_row_that_is_changed_is_sent_as_it_was_changed(tmp_path: Path) -> None:
    """A program may correct rows before it sends them."""
    [row] = read(tmp_path, good())
    assert isinstance(row.event, dict)
    row.event["email"] = "grace@example.com"
    assert b"grace@example.com" in prepare_event(row.given).body
