"""With --templates, rows that do not fit their template are reported and not sent."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import run_here

TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "very-secret"}
TEMPLATE = {"id": "12", "name": "Webinar", "objectType": "contacts", "tokens": [
    {"name": "seats", "label": "Seats", "type": "number", "options": []},
    {"name": "plan", "label": "Plan", "type": "enumeration", "options": [{"value": "pro", "label": "Pro"}]},
]}  # fmt: skip
ROWS = "eventTemplateId,email,tokens.seats,tokens.plan\n12,a@b.de,2,pro\n12,a@b.de,two,\n13,a@b.de,,\n12,a@b.de,,prp\n"
MESSAGES = (
    "rows.csv:3: tokens.seats: 'two' is not a number; use one such as 12.5, or omit the token",
    "rows.csv:4: eventTemplateId: '13' is not a known template; the known ones are 12",
    "rows.csv:5: tokens.plan: 'prp' is not an option; did you mean 'pro'?",
)


def rows(folder: Path) -> None:
    (folder / "rows.csv").write_text(ROWS)


@pytest.mark.parametrize("content", [{"results": [TEMPLATE]}, [TEMPLATE], TEMPLATE])
def test_validate_reports_rows_that_do_not_fit(tmp_path: Path, content: Any) -> None:
    """The file holds templates as the service lists them, a list, or one template."""
    rows(tmp_path)
    (tmp_path / "templates.json").write_text(json.dumps(content))

    ended = run_here("validate", "--json", "--templates", "templates.json", "rows.csv", folder=tmp_path)

    assert (ended.code, ended.result) == (1, {"total": 4, "valid": 1, "invalid": 3})
    assert all(line in ended.err for line in MESSAGES)
    assert run_here("validate", "--json", "rows.csv", folder=tmp_path).code == 0  # without templates all are valid


def test_send_writes_them_to_dead_letters(tmp_path: Path) -> None:
    """The others are sent; once the template is corrected, the letters are sent as they are."""
    rows(tmp_path)
    (tmp_path / "templates.json.gz").write_bytes(gzip.compress(json.dumps([TEMPLATE]).encode()))
    with SandboxServer() as server:
        options = "send", "--json", "--base-url", server.url, "--dead-letters", "dead.jsonl"
        ended = run_here(*options, "--templates", "templates.json.gz", "rows.csv", folder=tmp_path, env=TOKEN)
        assert server.store.count() == 1
        again = run_here("retry", "--json", "--base-url", server.url, "dead.jsonl", folder=tmp_path, env=TOKEN)
        assert (again.code, server.store.count()) == (0, 4)

    assert ended.code == 1
    assert (ended.result["created"], ended.result["rejected"], ended.result["requests"]) == (1, 3, 1)
    assert all(line in ended.err for line in MESSAGES)
    assert len((tmp_path / "dead.jsonl").read_text().splitlines()) == 3


INVALID: dict[str, bytes] = {
    "t.json:2: not JSON: Expecting ',' delimiter in column 9": b'[\n{"id":1 "a"}]',
    "t.json:2: the byte 0xff in column 2 is not UTF-8; save the file as UTF-8": b'[\n"\xff"]',
    "t.json:1: has a whole number with thousands of digits; write it as a string": b"9" * 5000,
    "t.json:1: not JSON: Expecting value in column 1": b"",
    "t.json: results[1].tokens[0].type: 'numbr' is not a type; did you mean number?": json.dumps(
        {"results": [TEMPLATE, {"id": "1", "tokens": [{"name": "a", "type": "numbr"}]}]}
    ).encode(),
    "t.json: [0].tokens[0].name: is missing": b'[{"id":"1","tokens":[{}]}]',
    "t.json: tokens: is missing": b'{"id":"1"}',
    "t.json: [0]: is a whole number, not an object": b"[5]",
    "t.json holds no templates; give what the service lists": b"5",
    "t.json holds no template": b"[]",
}


@pytest.mark.parametrize("message", INVALID)
@pytest.mark.parametrize("command", ["validate", "send"])
def test_an_invalid_file_of_templates_is_bad_usage(tmp_path: Path, command: str, message: str) -> None:
    """The message has the file and its line or field; nothing is sent."""
    rows(tmp_path)
    (tmp_path / "t.json").write_bytes(INVALID[message])
    options = ["--base-url", "http://127.0.0.1:9"] if command == "send" else []

    ended = run_here(command, *options, "--templates", "t.json", "rows.csv", folder=tmp_path, env=TOKEN)

    assert ended.code == 2
    assert f"Error: {message}" in ended.err
    assert "Sending" not in ended.err
    assert not list(tmp_path.glob("dead-letters*"))
