"""Rows without an id get one that is the same in every run, and equal rows get one each."""

from pathlib import Path

import pytest

from hubspot_timeline.files import read_files
from tests.helpers.event_files import read, valid_line


def test_equal_rows_of_files_that_are_sent_together_are_events_of_their_own(tmp_path: Path) -> None:
    """As equal rows of one file are."""
    row = b"eventTemplateId,email\n1,a@example.com\n"
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        path.write_bytes(row)

    rows = list(read_files(list(map(str, paths)), lambda error: pytest.fail(str(error))))

    assert len({str(row.event) for row in rows}) == 2


def test_equal_rows_get_ids_of_their_own_and_the_same_ones_in_every_run(tmp_path: Path) -> None:
    """Two equal rows are two events; a second run, other rows between them, or another spelling change no id."""
    row = b'{"eventTemplateId":"1","tokens":{"n":5},"email":"a@example.com"}\n'
    same = b'{"email":"a@example.com", "tokens":{"n":"5"}, "eventTemplateId":"1", "id":null}\n'

    first = [row.event["id"] for row in read(tmp_path, row + row + valid_line() + b"\n") if row.event]
    second = [row.event["id"] for row in read(tmp_path, valid_line() + b"\n" + same + same) if row.event]

    assert len(set(first)) == 3
    assert set(first) == set(second)


def test_a_placeholder_in_a_rows_id_is_the_same_in_every_run(tmp_path: Path) -> None:
    """The service would replace {{uuid}} anew in each run."""
    rows = [read(tmp_path, valid_line("x-{{uuid}}"))[0].event for _ in range(2)]

    assert rows[0] == rows[1]
    assert "{{uuid}}" not in str(rows[0])
