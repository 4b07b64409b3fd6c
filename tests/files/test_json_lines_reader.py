"""A line of JSON is read in one step, and gives the same event or error as when it is normalised."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubspot_timeline.files import RowError, json_lines_reader
from hubspot_timeline.files.rows import RowBuilder
from hubspot_timeline_testing.strategies import event_payloads
from tests.helpers.event_files import read, valid_line

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
    """Return for each row its place, and its event, or its error and text."""
    return [
        (row.origin, str(row), row.text) if isinstance(row, RowError) else (row.origin, row.event)
        for row in read(folder, content, **options)
    ]


def both_ways(folder: Path, content: bytes, **options: Any) -> None:
    """Read with the fast path and without it, and compare."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines_reader, "prepare_line", lambda _: None)
        slow = results(folder, content, **options)
    assert results(folder, content, **options) == slow


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(events, min_size=1, max_size=3), st.booleans(), st.none() | st.just("7"))
def test_a_line_is_sent_alike_by_the_fast_and_the_slow_path(
    tmp_path: Path, rows: list[Any], ascii_only: bool, template: str | None
) -> None:
    """The event or the error is the same for any line."""
    content = "\r\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows)
    both_ways(tmp_path, content.encode("utf-8", "surrogatepass"), template=template)


@pytest.mark.parametrize(
    "line", [b'{"eventTemplateId":"1","id":"a","tokens":{},"objectId":"1","id":"b"}', b"[]", b"{", b"7", b"{}\xff"]
)
def test_an_invalid_line_has_the_same_error_on_both_paths(tmp_path: Path, line: bytes) -> None:
    """Only the slow path explains."""
    both_ways(tmp_path, valid_line() + b"\n" + line + b"\n")


def test_a_valid_line_takes_the_fast_path(tmp_path: Path) -> None:
    """Otherwise the tests above would compare nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RowBuilder, "from_mapping", None)
        [row] = read(tmp_path, valid_line())
    assert row.event == json.loads(valid_line())
