"""CSV columns become fields by their names; an invalid row is reported with its line and column."""

from pathlib import Path

import pytest

from hubspot_timeline.files import FileError, RowError
from tests.helpers.event_files import message, read

CSV = (
    b"eventTemplateId,id,email,timestamp,tokens.plan,tokens.seats,extraData,extraData.note,domain,"
    b"timelineIFrame.linkLabel,timelineIFrame.headerLabel,timelineIFrame.url,timelineIFrame.width,timelineIFrame.height\n"
)


def test_csv_columns_become_fields(tmp_path: Path) -> None:
    """Groups by their dots, JSON in extraData, epoch milliseconds in timestamp; empty cells are absent fields."""
    rows = read(
        tmp_path,
        CSV
        + b'1,a,ada@example.com,1773183881164,"pro, yearly",5,"{""a"": [1]}",n,example.com,l,h,https://example.com,8,6\n'
        + b"1,b,ada@example.com,,,,,,,,,,,\n",
        "events.csv",
    )

    assert rows[0].event == {
        "eventTemplateId": "1",
        "id": "a",
        "email": "ada@example.com",
        "timestamp": "2026-03-10T23:04:41.164000Z",
        "tokens": {"plan": "pro, yearly", "seats": "5"},
        "extraData": {"a": [1], "note": "n"},
        "domain": "example.com",
        "timelineIFrame": {
            "linkLabel": "l",
            "headerLabel": "h",
            "url": "https://example.com",
            "width": 8,
            "height": 6,
        },
    }
    assert rows[1].event == {"eventTemplateId": "1", "id": "b", "email": "ada@example.com", "tokens": {}}
    assert [message(row) for row in rows] == ["", ""]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "eventTemplateId,email,emial",
            "1,a,x",
            """unknown field "emial"; did you mean "email"? --map 'emial=FIELD' names its field, --map 'emial=' dro""",
        ),
        (
            "eventTemplateId,email,Notiz",
            "1,a,x",
            'unknown field "Notiz"; known fields are eventTemplateId, id, customObjectTypeId, email, '
            "objectId, utk, timestamp, extraData, domain, timelineIFrame.linkLabel, "
            "timelineIFrame.headerLabel, timelineIFrame.url, timelineIFrame.width, timelineIFrame.height, "
            "tokens.NAME; --map 'Notiz=FIELD' names its field, --map 'Notiz='",
        ),
        ("eventTemplateId,email,token.plan", "1,a,x", 'unknown field "token.plan"; did you mean "tokens.token.plan"?'),
        (
            "eventTemplateId,email,timelineIFrame.uri",
            "1,a,x",
            'unknown field "timelineIFrame.uri"; did you mean "timelineIFrame.url"?',
        ),
        (
            "eventTemplateId,email",
            "1,a,x",
            "the row has 3 cells, the header 2; put quotes around a cell",
        ),
        ("eventTemplateId,email", "1", "the row has 1 cell, the header 2"),
        (
            "eventTemplateId,email,extraData",
            '1,a,"{a: 1}"',
            "extraData: is not JSON in this cell: Expecting property name enclosed in double quotes in column 2; "
            'write an object such as {"plan": "pro"}, in CSV "{""plan"": ""pro""}"',
        ),
        (
            "eventTemplateId,email,extraData",
            '1,a,"{""n"": 1, ""n"": 2}"',
            "extraData: is not JSON in this cell: n: ",
        ),
        ("eventTemplateId,email,extraData", "1,a,NaN", "extraData: is not JSON in this cell: NaN is not JSON; leave"),
        ("eventTemplateId,email,extraData", "1,a,[1]", "extraData: is a list, not an object"),
        (
            "eventTemplateId,email,extraData,extraData.note",
            "1,a,[1],n",
            "extraData: is not a JSON object, so that nothing",
        ),
        (
            "eventTemplateId,email,timelineIFrame.width",
            "1,a,x",
            "timelineIFrame.width: 'x' is not a whole number of pixels",
        ),
        ("eventTemplateId,email", "1,ä\udcff", "email: holds bytes that are not UTF-8; save the file as UTF-8"),
        ("eventTemplateId,email", "\ufeff1,a", "eventTemplateId: begins with a byte order mark"),
        ("eventTemplateId,email", '1,"a"b', "not CSV: ',' expected after '\"'"),
        ("eventTemplateId,email", ",a", "eventTemplateId: is missing"),
        ("eventTemplateId,email,,", "1,a,,x", "'x' is in a column that has no name in the header"),
        ("eventTemplateId,email,timestamp", "1,a,2026-11-28", "timestamp: '2026-11-28' has no time zone; add Z or"),
        (
            "eventTemplateId,email,timestamp",
            "1,a,28.11.2026",
            "timestamp: '28.11.2026' is not ISO 8601; name its",
        ),
        ("eventTemplateId,email,tokens.log", "1,a@b.c,x", "tokens.log: the name log is reserved; use another one"),
    ],
)
def test_an_invalid_row_is_reported_and_the_others_are_read(
    tmp_path: Path, header: str, row: str, expected: str
) -> None:
    """The invalid row is before a valid one; an unknown column matters only in rows that have a value in it."""
    valid = "1,a@example.com" + "," * (header.count(",") - 1)
    content = f"{header}\n{row}\n{valid}\n".encode("utf-8", "surrogateescape")

    invalid_row, valid_row = read(tmp_path, content, "events.csv")

    assert message(invalid_row).startswith(f"events.csv:2: {expected}")
    assert message(valid_row) == ""


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    """The lines that it swallowed are read again, from the next one on."""
    lines = [b"eventTemplateId,email", b"1,a@x", b'1,"b', *[b"1,c@x"] * 20_000]

    rows = read(tmp_path, b"\n".join(lines), "events.csv")

    assert len(rows) == 20_002
    assert [message(row) for row in rows if message(row)] == [message(rows[1])]
    assert message(rows[1]).startswith("events.csv:3: not CSV: ")
    assert isinstance(rows[1], RowError)
    assert rows[1].text == '1,"b'
    assert rows[-1].origin.endswith(":20003")


def test_line_numbers_count_lines_within_cells(tmp_path: Path) -> None:
    """A row is named by its first line."""
    rows = read(tmp_path, b'eventTemplateId,email\n1,"a\nb"\n1,"c"\n', "events.csv")

    assert [row.origin.rpartition(":")[2] for row in rows] == ["2", "4"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\neventTemplateId,email\n1,a\n", ":1: the line is empty; the first line must name the columns"),
        (b"eventTemplateId,email,email\n1,a,b\n", ":1: the column email appears twice"),
        (b'{"eventTemplateId":"1","email":"a"}\n', " is JSON Lines, not CSV; add --format jsonl"),
    ],
)
def test_a_file_that_is_not_csv_is_reported_once(tmp_path: Path, content: bytes, reason: str) -> None:
    """Otherwise it would be one invalid row after the other, or an ambiguous value."""
    with pytest.raises(FileError, match=rf"events\.csv{reason}"):
        read(tmp_path, content, "events.csv")
