"""A spreadsheet is sent as it was exported, with one command."""

import json
from pathlib import Path

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.files.test_spreadsheets import EXCEL
from tests.helpers.command import run_here

TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "very-secret"}
MAP = "E-Mail=email,Datum=timestamp,Plätze=tokens.seats,Preis=tokens.price,Interne Nr.="
TIMES = ("--time-zone", "Europe/Berlin", "--time-format", "%d.%m.%Y %H:%M")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_a_german_excel_export_is_sent_with_one_command(tmp_path: Path, sandbox: SandboxServer, encoding: str) -> None:
    """What was guessed is on standard error; the headings come from the option and a file."""
    (tmp_path / "export.csv").write_bytes(EXCEL.encode(encoding))
    (tmp_path / "map.json").write_text(json.dumps({"Notiz; intern": "extraData.note", "Preis": "tokens.other"}))
    options = ("--json", "--base-url", sandbox.url, "--template", "1", *TIMES, "--map", MAP, "--map-file", "map.json")

    checked = run_here("validate", "--json", *options[3:], "export.csv", folder=tmp_path)
    ended = run_here("send", *options, "export.csv", folder=tmp_path, env=TOKEN)

    assert (checked.code, ended.code, ended.result["created"]) == (0, 0, 2), ended.err
    for err in (checked.err, ended.err):
        assert "export.csv is read with the delimiter ';'; --delimiter names another." in err
        assert ("is read as cp1252" in err) == (encoding == "cp1252")


def test_an_error_of_a_whole_column_is_shown_once(tmp_path: Path) -> None:
    """An unknown heading by the line of the header; other errors, and the same ones in another file, are shown too."""
    header = "eventTemplateId,email,emial,timestamp\n"
    rows = "1,a@example.com,x,\n" * 100 + "1,a@example.com,,28.11.2026 10:15\n1,a@example.com,,29.11.2026 11:15\n"
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(header + rows)

    ended = run_here("validate", "--json", "a.csv", "b.csv", folder=tmp_path)

    assert ended.result == {"total": 204, "valid": 0, "invalid": 204}
    lines = ended.err.splitlines()
    assert [line.partition(": ")[0] for line in lines[:-1]] == ["a.csv:1", "a.csv:102", "b.csv:1", "b.csv:102"]
    assert lines[-1] == "… and 200 more"


def test_headings_with_commas_and_a_delimiter_by_name(tmp_path: Path) -> None:
    """Quotes are put around such a heading; --map may be repeated, and a tab has a name."""
    (tmp_path / "a.tsv").write_text("Name, Mail\tx\tA=B\na@example.com\t1\tc\n")
    maps = ("--map", '"Name, Mail"=email', "--map", "x=tokens.x,A=B=tokens.b")

    ended = run_here("validate", "--template", "1", "--delimiter", "tab", *maps, "a.tsv", folder=tmp_path)

    assert (ended.code, ended.err) == (0, "")
