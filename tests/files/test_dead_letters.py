"""Dead letters are appended to a file, each on a line of its own."""

from pathlib import Path

import pytest

from hubspot_timeline.delivery.outcomes import Rejected
from hubspot_timeline.files import DeadLetters, RowError
from tests.helpers.event_files import message, read, valid_line


@pytest.mark.parametrize(
    ("before", "unread"),
    [(b"", 0), (valid_line("a") + b"\n", 0), (valid_line("a"), 0), (valid_line("a") + b"\n" + valid_line("b")[:30], 1)],
)
def test_a_letter_is_not_glued_to_an_unfinished_line(tmp_path: Path, before: bytes, unread: int) -> None:
    """An earlier run was killed within its last line: only that one is lost, and the letters that follow are read."""
    path = tmp_path / "dead.jsonl"
    path.write_bytes(before)
    invalid = RowError(
        "is wrong", "email", origin="f:1", event={"eventTemplateId": "1", "email": "b@example.com", "tokens": {}}
    )

    with DeadLetters(path) as letters:
        for _ in range(2):
            letters.write(Rejected(position=0, event=invalid, error=invalid, id=None, attempts=0), invalid)
    rows = read(tmp_path, path.read_bytes(), path.name)

    assert [message(row) for row in rows[-2:]] == ["", ""]
    assert sum("the file ends" in message(row) or "not JSON" in message(row) for row in rows) == unread
    assert len(rows) == before.count(b"eventTemplateId") + 2
    assert b"\n\n" not in path.read_bytes()
