"""A CSV file that a spreadsheet wrote is read as it is: its delimiter, encoding, headings and times."""

import logging
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline.errors import OptionError
from hubspot_timeline.files import CsvOptions, FileError, RowError, read_columns
from tests.helpers.event_files import message, read

# As Excel writes it on a German machine: quotes, a line end in a cell, decimal commas, an empty row at the end.
EXCEL = (
    'E-Mail;Datum;Plätze;Preis;"Notiz; intern";Interne Nr.\r\n'
    'jürgen@example.de;28.11.2026 10:15;5;1.234,50;"Er sagte ""ja""\nund „gern“";7\r\n'
    "ada@example.de;28.06.2026 10:15;12;9,90;€;8\r\n"
    ";;;;;\r\n"
)
GERMAN = CsvOptions(
    time_zone="Europe/Berlin",
    time_format="%d.%m.%Y %H:%M",
    columns={
        "E-Mail": "email",
        "Datum": "timestamp",
        "Plätze": "tokens.seats",
        "Preis": "tokens.price",
        "Notiz; intern": "extraData.note",
        "Interne Nr.": "",
    },
)
IDS = "eventTemplateId,id,email\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "utf-16"])
def test_a_german_excel_export_is_read(tmp_path: Path, encoding: str) -> None:
    """In each encoding that Excel offers; what is not a timestamp is left as it is."""
    rows = read(tmp_path, EXCEL.encode(encoding), "export.csv", csv=GERMAN, template="1")

    assert [message(row) for row in rows] == ["", ""]
    assert [dict(row.event or {}, id="") for row in rows] == [
        {
            "eventTemplateId": "1",
            "id": "",
            "email": "jürgen@example.de",
            "timestamp": "2026-11-28T10:15:00+01:00",
            "tokens": {"seats": "5", "price": "1.234,50"},
            "extraData": {"note": 'Er sagte "ja"\nund „gern“'},
        },
        {
            "eventTemplateId": "1",
            "id": "",
            "email": "ada@example.de",
            "timestamp": "2026-06-28T10:15:00+02:00",
            "tokens": {"seats": "12", "price": "9,90"},
            "extraData": {"note": "€"},
        },
    ]


@pytest.mark.parametrize(
    ("encoding", "delimiter", "expected"),
    [
        ("utf-8", ",", []),
        ("utf-8", "|", ["is read with the delimiter '|'; --delimiter names another."]),
        (
            "cp1252",
            "\t",
            [
                "is read with the delimiter '\\t'; --delimiter names another.",
                "is not UTF-8 and is read as cp1252; --encoding names another encoding.",
            ],
        ),
        ("utf-16", ",", ["is read as UTF-16, by its byte order mark."]),
    ],
)
def test_a_guess_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, encoding: str, delimiter: str, expected: list[str]
) -> None:
    """Unless it is what a CSV file has by default, or was named."""
    caplog.set_level(logging.INFO)
    content = (IDS + "1,a,ü@example.com\n" * 3).replace(",", delimiter).encode(encoding)

    named = read(tmp_path, content, "events.csv", csv=CsvOptions(encoding=encoding, delimiter=delimiter))
    assert caplog.messages == []
    guessed = read(tmp_path, content, "events.csv")

    assert [text.partition("events.csv ")[2] for text in caplog.messages] == expected
    assert [row.event for row in guessed] == [row.event for row in named]
    assert guessed[2].event
    assert guessed[2].event["email"] == "ü@example.com"


def test_the_first_character_that_is_not_ascii_decides_on_the_encoding(tmp_path: Path) -> None:
    """However late it comes; one damaged character does not change those of the rest of the file."""
    ascii_rows = (IDS + "1,a,a@example.com\n" * 20_000).encode()

    in_cp1252 = read(tmp_path, ascii_rows + "1,a,ü\n1,a,Ã¼\n".encode("cp1252"), "events.csv")
    damaged = read(tmp_path, ascii_rows + "1,a,ü\n".encode() + b"1,a,\xfc\n" + "1,a,ü\n".encode(), "events.csv")

    assert [row.event and row.event["email"] for row in in_cp1252[-2:]] == ["ü", "Ã¼"]
    assert [row.event and row.event["email"] for row in damaged[-3:]] == ["ü", None, "ü"]
    assert "email: holds bytes that are not UTF-8" in message(damaged[-2])


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("id", ","),
        ("a;b,c;d", ";"),
        ('"a,b,c";d', ";"),
        ('"a,b";"c,d";e', ";"),
        ("a|b", "|"),
        ("a b\tc", "\t"),
    ],
)
def test_the_delimiter_is_the_one_that_makes_the_most_columns(tmp_path: Path, header: str, delimiter: str) -> None:
    """Outside quotes; a comma where there is none."""
    [row] = read(tmp_path, f"{header}\nx\n".encode(), "events.csv")

    assert isinstance(row, RowError)
    assert f"cell that holds {delimiter!r}" in message(row) or header == "id"


@pytest.mark.parametrize(
    ("options", "cell", "expected"),
    [
        ({}, "1773183881164", "2026-03-10T23:04:41.164000Z"),
        ({}, "2026-03-10T23:04:41+05:30", "2026-03-10T23:04:41+05:30"),
        ({"time_zone": "Europe/Berlin"}, "2026-03-10T23:04:41Z", "2026-03-10T23:04:41Z"),
        ({"time_zone": "Europe/Berlin"}, "2026-03-10 23:04", "2026-03-10T23:04:00+01:00"),
        ({"time_zone": "Europe/Berlin"}, "2026-10-25 02:30", "2026-10-25T02:30:00+02:00"),
        ({"time_zone": "Europe/Berlin"}, "2026-03-29 02:30", "2026-03-29 02:30 does not exist in Europe/Berlin, where"),
        ({"time_zone": "Europe/Berlin"}, "2026-03-29 02:30+02:00", "2026-03-29T02:30:00+02:00"),
        ({"time_zone": "Europe/Berlin"}, "2026-03-29 03:00", "2026-03-29T03:00:00+02:00"),
        ({"time_zone": "Europe/Berlin", "time_format": "%d.%m.%y"}, "10.03.26", "2026-03-10T00:00:00+01:00"),
        ({"time_format": "%Y%m%d %z"}, "20260310 +0200", "2026-03-10T00:00:00+02:00"),
        ({"time_format": "%d.%m.%Y"}, "10.03.2026", "'10.03.2026' has no time zone; add Z or an offset such as"),
        ({"time_format": "%d.%m.%Y"}, "2026-03-10", "'2026-03-10' does not have the format %d.%m.%Y"),
        ({"time_zone": "Europe/Berlin"}, "10.03.2026", "'10.03.2026' is not ISO 8601; name its format with --time"),
    ],
)
def test_a_timestamp_has_the_format_and_the_zone_that_are_named(
    tmp_path: Path, options: dict[str, Any], cell: str, expected: str
) -> None:
    """The zone is that of timestamps that have none themselves."""
    content = f"eventTemplateId,email,timestamp\n1,a@example.com,{cell}\n".encode()
    [row] = read(tmp_path, content, "events.csv", csv=CsvOptions(**options))

    assert message(row).startswith(f"events.csv:2: timestamp: {expected}") or (row.event or {})["timestamp"] == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"delimiter": ";;"}, "delimiter is ';;'; it must be one character"),
        ({"delimiter": '"'}, "delimiter is '\"'; it must be one character"),
        ({"encoding": "cp12"}, "encoding 'cp12' is not known; use utf-8, cp1252, utf-16"),
        ({"encoding": "base64"}, "encoding 'base64' is not known"),
        ({"time_zone": "Berlin"}, "time_zone 'Berlin' cannot be used: it is not a name such as Europe/Berlin"),
        ({"time_zone": "../x"}, "time_zone '../x' cannot be used"),
        (
            {"columns": {"A": "emial"}},
            "'A' is mapped to 'emial', which is not a field of an event; did you mean email?",
        ),
        ({"columns": {"A": "tokens."}}, "'A' is mapped to 'tokens.', which is not a field"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused(options: dict[str, Any], expected: str) -> None:
    """Before any file is read."""
    with pytest.raises(OptionError) as raised:
        CsvOptions(**options)
    assert str(raised.value).startswith(expected)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"E-Mial": "email"}, "events.csv:1: the column 'E-Mial' to map is missing; did you mean E-Mail?"),
        ({"E-Mail": "email", "Mail": "email"}, "events.csv:1: the column email appears twice"),
    ],
)
def test_a_map_that_does_not_fit_the_header_is_refused(tmp_path: Path, columns: dict[str, str], expected: str) -> None:
    """Once, for the whole file."""
    with pytest.raises(FileError) as raised:
        read(tmp_path, b"E-Mail,Mail\na,b\n", "events.csv", csv=CsvOptions(columns=columns))
    assert expected in str(raised.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [("[1]", 'is not an object such as {"E-Mail": "email"}'), ("{", ": not JSON"), ('{"a": 1}', "is not an object")],
)
def test_a_file_that_is_not_a_map_is_refused(tmp_path: Path, content: str, expected: str) -> None:
    """The message names it."""
    (tmp_path / "map.json").write_text(content)
    with pytest.raises(FileError) as raised:
        read_columns(str(tmp_path / "map.json"))
    assert f"map.json{expected}" in str(raised.value).replace("map.json ", "map.json")


def test_text_that_is_not_in_its_encoding_is_refused(tmp_path: Path) -> None:
    """By the row where each character has its bytes, else by the file."""
    row, _ = read(tmp_path, IDS.encode() + b"1,a,\x81\n1,b,b@example.com\n", "events.csv")
    assert "email: holds bytes that are not cp1252; save the file as UTF-8" in message(row)

    with pytest.raises(FileError, match="is not text, or UTF-16 without a byte order mark; save it as UTF-8"):
        read(tmp_path, "id,email\n".encode("utf-16-le"), "events.csv")
    with pytest.raises(FileError, match=r"cannot be read as utf-16: .*illegal encoding; the rows before that"):
        read(tmp_path, "\ufeffid,email\n".encode("utf-16-le") + b"\x00\xdc" * 2, "events.csv")
    with pytest.raises(FileError, match=r"cannot be read as utf-16: .*[Ss]tream does not start with BOM"):
        read(tmp_path, IDS.encode(), "events.csv", csv=CsvOptions(encoding="utf-16"))
