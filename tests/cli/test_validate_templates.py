"""With --templates the command tells which rows do not fit their template, and sends none of them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import run

TOKEN = {"HUBSPOT_TIMELINE_TOKEN": "very-secret"}
TEMPLATE = {"id": "12", "name": "Webinar", "objectType": "contacts", "tokens": [
    {"name": "seats", "label": "Seats", "type": "number", "options": []},
    {"name": "plan", "label": "Plan", "type": "enumeration", "options": [{"value": "pro", "label": "Pro"}]},
]}  # fmt: skip
ROWS = "eventTemplateId,email,tokens.seats,tokens.plan\n12,a@b.de,2,pro\n12,a@b.de,two,\n13,a@b.de,,\n12,a@b.de,,prp\n"
TOLD = (
    "rows.csv:3: tokens.seats: 'two' is not a number; use one such as 12.5, or omit the token",
    "rows.csv:4: eventTemplateId: '13' is not a known template; the known ones are 12",
    "rows.csv:5: tokens.plan: 'prp' is not an option; did you mean 'pro'?",
)


def rows(folder: Path) -> None:
    (folder / "rows.csv").write_text(ROWS)


@pytest.mark.parametrize("form", [{"results": [TEMPLATE]}, [TEMPLATE], TEMPLATE])
def test_validate_tells_rows_that_do_not_fit(tmp_path: Path, form: Any) -> None:
    """File, line, field and what to do, as of all bad rows; templates as the service lists them, as a list, or one."""
    rows(tmp_path)
    (tmp_path / "templates.json").write_text(json.dumps(form))

    ended = run("validate", "--json", "--templates", "templates.json", "rows.csv", folder=tmp_path)

    assert (ended.code, ended.result) == (1, {"total": 4, "valid": 1, "invalid": 3})
    assert all(line in ended.err for line in TOLD)
    assert run("validate", "--json", "rows.csv", folder=tmp_path).code == 0  # without templates all are valid


def test_send_leaves_them_as_dead_letters(tmp_path: Path) -> None:
    """The others are sent; and once the rows are corrected, or the template is, the letters are sent as they are."""
    rows(tmp_path)
    (tmp_path / "templates.json.gz").write_bytes(gzip.compress(json.dumps([TEMPLATE]).encode()))
    with SandboxServer() as server:
        words = "send", "--json", "--base-url", server.url, "--dead-letters", "dead.jsonl"
        ended = run(*words, "--templates", "templates.json.gz", "rows.csv", folder=tmp_path, env=TOKEN)
        assert server.store.count() == 1
        again = run("retry", "--json", "--base-url", server.url, "dead.jsonl", folder=tmp_path, env=TOKEN)
        assert (again.code, server.store.count()) == (0, 4)

    assert ended.code == 1
    assert (ended.result["created"], ended.result["rejected"], ended.result["requests"]) == (1, 3, 1)
    assert all(line in ended.err for line in TOLD)
    assert len((tmp_path / "dead.jsonl").read_text().splitlines()) == 3


WRONG: dict[str, bytes] = {
    "t.json:2: no JSON: Expecting ',' delimiter in column 9": b'[\n{"id":1 "a"}]',
    "t.json:2: the byte 0xff is no UTF-8": b'[\n"\xff"]',
    "t.json: no JSON that can be read": b"9" * 5000,
    "t.json:1: no JSON: Expecting value in column 1": b"",
    "t.json: results[1].tokens[0].type: 'numbr' is not a type; did you mean number?": json.dumps(
        {"results": [TEMPLATE, {"id": "1", "tokens": [{"name": "a", "type": "numbr"}]}]}
    ).encode(),
    "t.json: [0].tokens[0].name: is missing": b'[{"id":"1","tokens":[{}]}]',
    "t.json: tokens: is missing": b'{"id":"1"}',
    "t.json: [0]: Expected `object`, got `int`": b"[5]",
    "t.json holds no templates; give what the service lists": b"5",
    "t.json holds no template": b"[]",
}


@pytest.mark.parametrize("message", WRONG)
@pytest.mark.parametrize("command", ["validate", "send"])
def test_a_file_of_templates_that_cannot_be_used_ends_it(tmp_path: Path, command: str, message: str) -> None:
    """With 2, before anything is sent; the file, its line or its field are named."""
    rows(tmp_path)
    (tmp_path / "t.json").write_bytes(WRONG[message])
    nowhere = ["--base-url", "http://127.0.0.1:9"] if command == "send" else []

    ended = run(command, *nowhere, "--templates", "t.json", "rows.csv", folder=tmp_path, env=TOKEN)

    assert ended.code == 2
    assert f"Error: {message}" in ended.err
    assert "Sending" not in ended.err
    assert not list(tmp_path.glob("dead-letters*"))


def test_a_file_of_templates_that_is_missing_is_named(tmp_path: Path) -> None:
    """As any other file."""
    rows(tmp_path)
    ended = run("validate", "--templates", "none.json", "rows.csv", folder=tmp_path)
    assert ended.code == 2
    assert "none.json cannot be read: No such file" in ended.err
