"""An invalid row is reported with its file, line and field, and all other rows are read."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline.events.payload import V3
from hubspot_timeline.files import FileError, Format, RowError, read_file, read_files
from hubspot_timeline.files.json_lines_reader import MAX_ARRAY_BYTES, MAX_LINE_BYTES
from hubspot_timeline.files.rows import RowBuilder
from tests.helpers.event_files import message, read, valid_line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"eventTemplateId":', "not JSON: Expecting value in column 20; write each event in one line"),
        (b'{"a":1} {"a":2}', "not JSON: there is more after the value in column 9"),
        (b"[1]", 'the line is an array, not an object such as {"eventTemplateId": "1", '),
        (b"1", "the line is a number, not an object"),
        (b"1.5", "the line is a number, not an object"),
        (b'"x"', "the line is a string, not an object"),
        (b"true", "the line is a boolean, not an object"),
        (b"null", "the line is null, not an object"),
        (b"\xef\xbb\xbf" + valid_line(), "begins with a byte order mark, as where files were joined; remove it"),
        (b'{"a":"\x00"}', "not JSON: Invalid control character in column 7"),
        (
            b'{"eventTemplateId":"1","tokens":{},"emial":"x"}',
            'unknown field "emial"; did you mean "email"?',
        ),
        (b'{"tokens":{},"email":"a"}', "eventTemplateId: is missing"),
        (b'{"eventTemplateId":"1","email":"a"}', "tokens: is missing"),
        (b'{"eventTemplateId":"1","tokens":{}}', "identifies no record; give objectId, utk or email"),
        (b'{"email":"\xff"}', "the file is not UTF-8; if it is cp1252, convert it: iconv -f cp1252 -t utf-8 "),
        (valid_line()[:-1] + b',"email":"b"}', "email: appears twice, so its value is ambiguous"),
        (valid_line()[:-1] + b',"timestamp":"0001-01-01T00:00:00+00:00:30"}', "timestamp: "),
        (b'{"extraData":{"a":NaN}}', "NaN is not JSON; leave the value out or write it as a string"),
        (valid_line("\\ud83d"), "id: holds half of a surrogate pair, which is not text"),
        (valid_line()[:-1] + b',"timestamp":"2026-03-10T10:00:00"}', "timestamp: 2026-03-10T10:00:00 has no time zone"),
        (valid_line("x" * 501), "id: is 501 bytes long; at most 500 are allowed"),
        (valid_line()[:-1] + b',"extraData":{"a":1e400}}', "extraData.a: is inf, which JSON does not have"),
        (
            valid_line()[:-1] + b',"extraData":{"a":"%b"}}' % (b"x" * 1_000_000),
            "is 1,000,091 bytes long as JSON; at most 1,000,000",
        ),
        (valid_line()[:-1] + b',"extraData":{"a":%b}}' % (b"[" * 100_000), "nested too deeply"),
        (
            valid_line()[:-1] + b',"extraData":{"a":%b}}' % (b"1" * 5_000),
            "has a whole number with thousands of digits",
        ),
        (valid_line()[:-1] + b',"timelineIFrame":{}}', "timelineIFrame.linkLabel: is missing"),
        (
            valid_line().replace(b"{},", b'{"n":null},'),
            "tokens.n: has no value; leave the token out",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_an_invalid_line_is_reported_and_the_others_are_read(tmp_path: Path, line: bytes, expected: str) -> None:
    """The invalid line is between two valid ones."""
    first, invalid, last = read(tmp_path, b"\n".join([valid_line("a"), line, valid_line("b"), b""]))

    assert message(invalid).startswith(f"events.jsonl:2: {expected}")
    assert (message(first), message(last)) == ("", "")
    assert isinstance(invalid, RowError)
    assert invalid.text == line.decode("utf-8", "surrogateescape")


def test_byte_order_mark_crlf_and_blank_lines_are_no_errors(tmp_path: Path) -> None:
    """They are skipped, and counted as lines."""
    rows = read(tmp_path, b"\xef\xbb\xbf" + valid_line("a") + b"\r\n\r\n   \n" + valid_line("b"))

    assert [row.origin.rpartition(":")[2] for row in rows] == ["1", "4"]
    assert [message(row) for row in rows] == ["", ""]


def test_an_unfinished_last_line_is_named(tmp_path: Path) -> None:
    """The file was cut off while it was written."""
    rows = read(tmp_path, valid_line("a") + b"\n" + valid_line("b")[:30])

    assert "the file ends within this line" in message(rows[1])


@pytest.mark.parametrize("line", [b"x" * (2 * MAX_LINE_BYTES + 5), valid_line() + b" " * 2 * MAX_LINE_BYTES])
def test_an_endless_line_is_not_read_into_memory(tmp_path: Path, line: bytes) -> None:
    """It is one invalid row, and the next line is read."""
    rows = read(tmp_path, line + b"\n" + valid_line())

    reason = f"the line is longer than {MAX_LINE_BYTES:,} bytes, and an event has at most 1,000,000"
    assert [message(row) for row in rows] == [f"events.jsonl:1: {reason}", ""]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "holds no event"),
        (b"\n \n", "holds no event"),
        (b"[]", "holds no event"),
        (
            b"[\n{},\n{]",
            "begins as a JSON array, but is not one to its end: JSON is malformed: expected '\"' (byte 7)",
        ),
        (b"[{}", "begins as a JSON array, but is not one to its end: Input data was truncated"),
        (
            b"[{" + b" " * MAX_ARRAY_BYTES,
            "is a JSON array of more than 32,000,000 bytes; convert it to one event a line: jq -c '.[]' ",
        ),
        (b'{\n  "email": "a"\n}\n', "has JSON over several lines; convert it to one event a line: jq -c '.' "),
        (b"PK\x03\x04\x14", "is an Excel workbook; save it as CSV UTF-8, in Excel by File > Save As"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an Excel workbook; save it as CSV UTF-8"),
        (b"\xff\xfe{\x00", "is UTF-16; convert it: iconv -f utf-16 -t utf-8 "),
        (b"{\x00}\x00", "is not text, or UTF-16 without a byte order mark; save it as UTF-8"),
        (b"x\teventTemplateId\n", "is CSV, not JSON Lines; add --format csv"),
        (b"email,eventTemplateId\n", "is CSV, not JSON Lines; add --format csv"),
        (b'"email";"tokens.plan"\n', "is CSV, not JSON Lines; add --format csv"),
        (gzip.compress(valid_line() * 1000)[:-20], "is damaged gzip data"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, reason: str) -> None:
    """The error is about the file as a whole."""
    with pytest.raises(FileError, match=r"events\.jsonl " + re.escape(reason)):
        read(tmp_path, content)


def test_rows_before_damaged_gzip_data_are_read(tmp_path: Path) -> None:
    """Garbage after the data costs none of its rows."""
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(valid_line(f"{n}") + b"\n" for n in range(5_000))) + b"garbage")
    errors: list[FileError] = []

    assert len(list(read_files([str(path)], errors.append))) == 5_000
    assert len(errors) == 1


def test_a_missing_file_or_a_directory_is_reported_and_the_next_file_is_read(tmp_path: Path) -> None:
    """Each error has the name and what to do."""
    path = tmp_path / "valid.jsonl"
    path.write_bytes(valid_line())
    errors: list[FileError] = []

    rows = list(read_files([str(tmp_path / "none.jsonl"), str(tmp_path), str(path)], errors.append))

    assert len(rows) == 1
    assert "none.jsonl cannot be read: No such file or directory" in str(errors[0])
    assert "is a directory; name the files in it" in str(errors[1])


@pytest.mark.parametrize(
    ("value", "expected"),
    [(b"x", "extraData.a: is a bytes, which has no JSON"), (range(3), "extraData.a: is a range, which has no JSON")],
)
def test_a_value_that_json_does_not_have_is_an_invalid_row(value: object, expected: str) -> None:
    """Such as a scalar of numpy; the error has its field."""
    event = {"eventTemplateId": "1", "tokens": {}, "email": "a", "extraData": {"a": value}}

    assert message(RowBuilder("f", {}, V3, Counter()).from_mapping(1, event, "")) == f"f:1: {expected}"


def test_gzip_is_read_as_it_is(tmp_path: Path) -> None:
    """Compression is detected by the content, for JSON Lines and CSV."""
    assert len(read(tmp_path, gzip.compress(valid_line() + b"\n" + valid_line("b")), "events.jsonl.gz")) == 2
    assert len(read(tmp_path, gzip.compress(valid_line()), "events.jsonl")) == 1
    assert len(read(tmp_path, gzip.compress(b"eventTemplateId,email\n1,a@example.com\n"), "events.csv.gz")) == 1


def test_standard_input_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name is -, and its format that of the option."""
    (tmp_path / "input").write_bytes(b"eventTemplateId,email\n1,a@example.com\n")
    with (tmp_path / "input").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        [row] = read_file("-", file_format=Format.CSV)

    assert row.origin == "standard input:2"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("events.csv", b"email\nada@example.com\n"),
        ("events.jsonl", b'{"email":"ada@example.com","tokens":{}}'),
    ],
)
def test_the_default_template_is_that_of_rows_without_one(tmp_path: Path, name: str, content: bytes) -> None:
    """In both formats."""
    [row] = read(tmp_path, content, name, template="77")

    assert row.event
    assert row.event["eventTemplateId"] == "77"


@given(
    content=st.binary(max_size=400)
    | st.lists(st.sampled_from([valid_line(), b"{", b'"', b"\n", b",", b"\r", b"\xff"])).map(b"".join)
)
def test_no_bytes_crash_a_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """A file becomes rows, invalid rows, or a FileError, and each invalid row can be written down."""
    folder = tmp_path_factory.mktemp("files")
    for name in ("events.jsonl", "events.csv"):
        try:
            rows = read(folder, content, name)
        except FileError:
            continue
        for row in rows:
            json.dumps([message(row), row.text if isinstance(row, RowError) else row.event])
