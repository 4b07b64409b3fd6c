"""A bad row says its file, line and field, and all other rows go on."""

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline.files import FileError, Format, read_file, read_files
from hubspot_timeline.files.json_lines_reader import MAX_LINE_BYTES
from tests.helpers.event_files import complaint, good, read


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"eventTemplateId":', "no JSON: Expecting value in column 20"),
        (b"[1]", "a JSON list, not an object"),
        (
            b'{"eventTemplateId":"1","tokens":{},"emial":"x"}',
            "emial: is not a field of the OpenAPI document; did you mean email?",
        ),
        (b'{"tokens":{},"email":"a"}', "eventTemplateId: is missing"),
        (b'{"eventTemplateId":"1","email":"a"}', "tokens: is missing"),
        (b'{"eventTemplateId":"1","tokens":{}}', "identifies no record; give objectId, utk or email"),
        (b'{"email":"\xff"}', "the byte 0xff in column 11 is no UTF-8"),
        (good()[:-1] + b',"email":"b"}', "email: stands there twice; which of the two is meant cannot be known"),
        (good()[:-1] + b',"timestamp":"0001-01-01T00:00:00+00:00:30"}', "timestamp: "),
        (b'{"extraData":{"a":NaN}}', "NaN is no JSON; leave the value out or write it as a string"),
        (good("\\ud83d"), "id: holds half of a surrogate pair, which is not text"),
        (good()[:-1] + b',"timestamp":"2026-03-10T10:00:00"}', "timestamp: 2026-03-10T10:00:00 has no time zone"),
        (good("x" * 501), "id: is 501 bytes long; at most 500 are allowed"),
        (good()[:-1] + b',"extraData":{"a":1e400}}', "extraData.a: is inf, which JSON does not have"),
        (
            good()[:-1] + b',"extraData":{"a":"%b"}}' % (b"x" * 1_000_000),
            "is 1000091 bytes long as JSON; at most 1000000",
        ),
        (good()[:-1] + b',"extraData":{"a":%b}}' % (b"[" * 100_000), "nested too deeply"),
        (good()[:-1] + b',"extraData":{"a":%b}}' % (b"1" * 5_000), "no JSON that can be read: Exceeds the limit"),
        (good()[:-1] + b',"timelineIFrame":{}}', "timelineIFrame.linkLabel: is missing"),
        (good().replace(b"{},", b'{"n":null},'), "tokens.n: has no value; leave the token out or give it a string"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_bad_line_is_told_and_the_others_go_on(tmp_path: Path, line: bytes, words: str) -> None:
    """The bad line stands between two good ones."""
    first, bad, last = read(tmp_path, b"\n".join([good("a"), line, good("b"), b""]))

    assert complaint(bad).startswith(f"events.jsonl:2: {words}")
    assert (complaint(first), complaint(last)) == ("", "")
    assert bad.text == line.decode("utf-8", "surrogateescape")


def test_byte_order_mark_crlf_and_blank_lines_are_no_errors(tmp_path: Path) -> None:
    """They are passed over, and lines are counted all the same."""
    rows = read(tmp_path, b"\xef\xbb\xbf" + good("a") + b"\r\n\r\n   \n" + good("b"))

    assert [row.origin.rpartition(":")[2] for row in rows] == ["1", "4"]
    assert [complaint(row) for row in rows] == ["", ""]


def test_an_unfinished_last_line_says_so(tmp_path: Path) -> None:
    """A file that was cut off while it was written."""
    rows = read(tmp_path, good("a") + b"\n" + good("b")[:30])

    assert "the file ends within this line" in complaint(rows[1])


def test_an_endless_line_is_not_read_into_memory(tmp_path: Path) -> None:
    """It is one bad row, and the next line goes on."""
    rows = read(tmp_path, b"x" * (2 * MAX_LINE_BYTES + 5) + b"\n" + good())

    assert complaint(rows[0]) == f"events.jsonl:1: the line is longer than {MAX_LINE_BYTES} bytes"
    assert complaint(rows[1]) == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no event"),
        (b"\n \n", "holds no event"),
        (b"[\n{}\n]", "is one JSON array; write one event a line"),
        (b"\xff\xfe{\x00", "is UTF-16; save it as UTF-8"),
        (gzip.compress(good() * 1000)[:-20], "is damaged gzip data"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    """As a whole, since no row of it is at fault."""
    with pytest.raises(FileError, match=rf"events\.jsonl {words}"):
        read(tmp_path, content)


def test_what_stands_before_a_damage_of_gzip_data_is_read(tmp_path: Path) -> None:
    """Garbage behind the data costs no row of it."""
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(good(f"{n}") + b"\n" for n in range(5_000))) + b"garbage")
    problems: list[FileError] = []

    assert len(list(read_files([str(path)], problems.append))) == 5_000
    assert len(problems) == 1


def test_missing_files_and_directories_are_told_and_the_next_file_goes_on(tmp_path: Path) -> None:
    """Each with its name and what to do."""
    path = tmp_path / "good.jsonl"
    path.write_bytes(good())
    problems: list[FileError] = []

    rows = list(read_files([str(tmp_path / "none.jsonl"), str(tmp_path), str(path)], problems.append))

    assert len(rows) == 1
    assert "none.jsonl cannot be read: No such file or directory" in str(problems[0])
    assert "is a directory; name the files in it" in str(problems[1])


def test_gzip_is_read_as_it_is(tmp_path: Path) -> None:
    """JSON Lines and CSV, by their content, whatever the name says."""
    assert len(read(tmp_path, gzip.compress(good() + b"\n" + good("b")), "events.jsonl.gz")) == 2
    assert len(read(tmp_path, gzip.compress(good()), "events.jsonl")) == 1
    assert len(read(tmp_path, gzip.compress(b"eventTemplateId,email\n1,a@example.com\n"), "events.csv.gz")) == 1


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the name - and in the form that is asked for."""
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"eventTemplateId,email\n1,a@example.com\n")))
    )

    [row] = read_file("-", form=Format.CSV)

    assert row.origin == "standard input:2"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("events.csv", b"email\nada@example.com\n"),
        ("events.jsonl", b'{"email":"ada@example.com","tokens":{}}'),
    ],
)
def test_a_fixed_template_fills_in_where_a_row_names_none(tmp_path: Path, name: str, content: bytes) -> None:
    """In both forms."""
    [row] = read(tmp_path, content, name, template="77")

    assert isinstance(row.event, dict)
    assert row.event["eventTemplateId"] == "77"


@given(
    content=st.binary(max_size=400)
    | st.lists(st.sampled_from([good(), b"{", b'"', b"\n", b",", b"\r", b"\xff"])).map(b"".join)
)
def test_no_bytes_crash_a_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Whatever stands in a file becomes rows, bad rows, or a FileError; each row can be told."""
    folder = tmp_path_factory.mktemp("files")
    for name in ("events.jsonl", "events.csv"):
        try:
            rows = read(folder, content, name)
        except FileError:
            continue
        for row in rows:
            complaint(row)
            json.dumps(row.text)
