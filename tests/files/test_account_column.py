"""Each row of a file has the account that its column names."""

from pathlib import Path

import pytest

from hubspot_timeline.files import CsvOptions, FileError, RowError
from tests.helpers.event_files import message, read

FIELDS = b'"eventTemplateId":"1","tokens":{},"email":"ada@example.com"'
LINE = b'{"hub":%b,"id":"a",' + FIELDS + b"}\n"


def test_the_account_of_a_line_is_text_and_no_part_of_the_event(tmp_path: Path) -> None:
    """Whole numbers are accounts too; a line that must be normalised first, and an array, have theirs as well."""
    lines = LINE % b'"1"' + LINE % b"2" + (LINE % b'"3"').replace(b"{}", b'{"n":5}')
    array = b"[" + b",".join((LINE % b'"1"').splitlines() * 2) + b"]"

    rows = read(tmp_path, lines, account_column="hub")

    assert [row.account for row in rows] == ["1", "2", "3"]
    assert not any("hub" in (row.event or "hub") for row in rows)
    assert [row.account for row in read(tmp_path, array, account_column="hub")] == ["1", "1"]


def test_a_field_of_events_can_be_the_account_and_stays_in_the_event(tmp_path: Path) -> None:
    """As where the domain names the customer."""
    for name, content in {
        "a.jsonl": b'{"id":"a","domain":"example.com",' + FIELDS + b"}",
        "a.csv": b"eventTemplateId,email,domain\n1,ada@example.com,example.com\n",
    }.items():
        (row,) = read(tmp_path, content, name, account_column="domain")
        assert (row.account, row.event and row.event["domain"]) == ("example.com", "example.com")


def test_the_heading_of_a_csv_file_names_the_account(tmp_path: Path) -> None:
    """It is that of the file, mapped to a field or not; blanks around it and its cells do not count."""
    content = b"Kunde, hub ,eventTemplateId\nada@example.com, 7 ,1\n"

    for heading, account in {"hub": "7", "Kunde": "ada@example.com"}.items():
        columns = {"Kunde": "email"} | ({} if heading == "hub" else {"hub": ""})
        (row,) = read(tmp_path, content, "a.csv", csv=CsvOptions(columns=columns), account_column=heading)
        assert (row.account, message(row), row.event and row.event["email"]) == (account, "", "ada@example.com")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"hubs,eventTemplateId,email", "the column 'hub' with the account of each row is missing; did you mean hubs?"),
        (b"hub,hub,email", "the column hub appears twice; rename or remove one"),
    ],
)
def test_a_header_without_one_such_column_is_refused(tmp_path: Path, header: bytes, reason: str) -> None:
    """At once, since no row could be sent."""
    with pytest.raises(FileError) as caught:
        read(tmp_path, header + b"\n1,1,ada@example.com\n", "a.csv", account_column="hub")
    assert str(caught.value).endswith(f"a.csv:1: {reason}")


@pytest.mark.parametrize(
    ("line", "reason", "account"),
    [
        (b"{" + FIELDS + b"}", "hub: is missing; add the account of the row", None),
        (LINE % b"null", "hub: is missing; add the account of the row", None),
        (LINE % b'""', "hub: is missing; add the account of the row", None),
        (LINE % b"true", "hub: is a boolean; give the account as text or a whole number", None),
        (LINE % b"1.5", "hub: is a number; give the account as text or a whole number", None),
        (LINE % b'{"id":1}', "hub: is an object; give the account as text or a whole number", None),
        (LINE % b'"a\\n"', "hub: contains a character that cannot be printed; remove it", None),
        (LINE % b'"1","hub":"2"', "hub: appears twice, so its value is ambiguous; remove one", None),
        ((LINE % b"null").replace(b"@", b""), "email: 'adaexample.com' is not an email address", None),
        ((LINE % b'"1"').replace(b"@", b""), "email: 'adaexample.com' is not an email address", "1"),
        ((LINE % b'"1"').replace(b"email", b"emial"), 'unknown field "emial"; did you mean "email"?', "1"),
    ],
)
def test_a_row_without_a_usable_account_is_invalid(
    tmp_path: Path, line: bytes, reason: str, account: str | None
) -> None:
    """An error in the event itself comes first; its account is known all the same."""
    (row,) = read(tmp_path, line, account_column="hub")

    assert message(row).startswith(f"events.jsonl:1: {reason}")
    assert isinstance(row, RowError)
    assert row.account == account


def test_a_cell_without_an_account_is_an_error_of_its_row(tmp_path: Path) -> None:
    """A broken row has its account if its cells can be told apart."""
    content = b"hub,eventTemplateId,email\n ,1,a@example.com\n1,1,a\n1,1\n\xff,1,a@example.com\n"
    rows = read(tmp_path, content, "a.csv", csv=CsvOptions(encoding="utf-8"), account_column="hub")

    assert [row.account for row in rows] == [None, "1", None, None]
    assert message(rows[0]) == "a.csv:2: hub: is missing; add the account of the row"
    assert message(rows[3]) == "a.csv:5: hub: contains a character that cannot be printed; remove it"


def test_equal_rows_of_two_accounts_have_ids_of_their_own(tmp_path: Path) -> None:
    """They are two events. The ids of rows without an account, and those of every run, stay what they are."""
    line = b'{"hub":%b,' + FIELDS + b"}\n"

    def ids(content: bytes, column: str | None = "hub") -> list[str]:
        return [row.event["id"] for row in read(tmp_path, content, account_column=column) if row.event]

    first = ids(line % b"1" + line % b"2" + line % b"1")
    without_account = ids(b"{" + FIELDS + b"}", None)

    assert without_account == ["26c5e95f-bbdc-50fb-a0a6-bb8666e81568"]
    assert len({*first, *without_account}) == 4
    assert ids(line % b'"2"') == [first[1]]


def test_a_dead_letter_keeps_its_account(tmp_path: Path) -> None:
    """Also if its event has a field of the name; and none is sent by a run that knows only one account."""
    letter = b'{"event":{%b},"text":null,"origin":"f:1","account":"7","outcome":"unsent","error":{}}\n' % FIELDS
    of_field = letter.replace(FIELDS, b'"hub":"8",' + FIELDS)

    for content in (letter, of_field):
        (row,) = read(tmp_path, content, account_column="hub")
        assert (row.account, message(row)) == ("7", "")
    with pytest.raises(FileError, match="holds dead letters of several accounts; set account_column"):
        read(tmp_path, letter)
