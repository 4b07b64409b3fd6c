"""`send --sandbox --keep` leaves the sandbox open after the run, so that its page can be looked at."""

import re
import signal
from pathlib import Path

import httpx

from tests.helpers.command import run_here, started
from tests.helpers.document import ROOT

ROW = '{"eventTemplateId": "1000123", "id": "a", "tokens": {"webinarName": "Launch"}, "email": "ada@example.com"}\n'
TEMPLATES = ROOT / "samples/templates.json"


def test_the_page_is_open_until_ctrl_c(tmp_path: Path) -> None:
    """It has the events and their templates; the exit code is that of the run."""
    (tmp_path / "rows.jsonl").write_text(ROW, encoding="utf-8")
    with started("send", "--sandbox", "--keep", "--templates", TEMPLATES, "rows.jsonl", folder=tmp_path) as process:
        assert process.stderr
        line = next(line for line in process.stderr if "is open at" in line)
        [url] = re.findall(r"http://[0-9.:]+", line)
        events = httpx.get(f"{url}/_sandbox/timeline", params={"record": "1"}).json()["events"]
        assert [(event["template"], event["header_html"]) for event in events] == [
            ("Webinar registration", "Registered for <strong>Launch</strong> ( seats)")
        ]
        assert "<title>" in httpx.get(url).text
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_without_keep_the_page_is_named(tmp_path: Path) -> None:
    """The message has the option that keeps it open; the numbers have their nouns.

    The sandbox and the validation take the same files: one template is enough, and an invalid one is bad usage.
    """
    (tmp_path / "rows.jsonl").write_text(ROW, encoding="utf-8")
    template = '{"id": "1000123", "name": "n", "objectType": "contacts", "tokens": [%s]}'
    token = '{"name": "webinarName", "label": "W", "type": "string"}'
    (tmp_path / "one.json").write_text(template % token, encoding="utf-8")
    (tmp_path / "invalid.json").write_text('{"id": "1000123", "tokens": []}', encoding="utf-8")

    ended = run_here("send", "--sandbox", "--templates", "one.json", "rows.jsonl", folder=tmp_path)
    invalid = run_here("send", "--sandbox", "--templates", "invalid.json", "rows.jsonl", folder=tmp_path)

    assert ended.code == 0
    assert "--keep keeps it open" in ended.err
    assert "1 request in " in ended.out
    assert "The sandbox holds 1 event." in ended.out
    assert (invalid.code, "Traceback" in invalid.err) == (2, False)
