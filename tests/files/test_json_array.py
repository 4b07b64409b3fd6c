"""A JSON array of events is read as JSON Lines are."""

import json
from pathlib import Path

import pytest

from hubspot_timeline.files import RowError
from tests.helpers.event_files import message, read, valid_line


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b" \n\t"])
def test_the_elements_of_an_array_are_rows(tmp_path: Path, indent: int | None, start: bytes) -> None:
    """In one line or indented; equal ones are rows of their own."""
    events = [json.loads(valid_line(name)) for name in ("a", "b", "a")]

    rows = read(tmp_path, start + json.dumps(events, indent=indent).encode(), "events.json")

    assert [row.event for row in rows] == events


def test_an_invalid_element_is_reported_by_its_line(tmp_path: Path) -> None:
    """The others are read."""
    rows = read(tmp_path, b"[" + valid_line("a") + b",\n\n 7,\n{\n" + valid_line("b")[1:] + b"]")

    assert [row.origin.rpartition(":")[2] for row in rows] == ["1", "3", "4"]
    assert message(rows[1]).startswith("events.jsonl:3: the line is a number, not an object")
    assert isinstance(rows[1], RowError)
    assert rows[1].text == "7"
    assert [message(rows[0]), message(rows[2])] == ["", ""]
