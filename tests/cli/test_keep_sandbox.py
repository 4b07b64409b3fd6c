"""`send --sandbox --keep` leaves the sandbox open after the run, so that its page can be looked at."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.helpers.command import run
from tests.helpers.document import ROOT

ROW = '{"eventTemplateId": "1000123", "id": "a", "tokens": {"webinarName": "Launch"}, "email": "ada@example.com"}\n'
TEMPLATES = ROOT / "samples/templates.json"


def test_the_page_is_open_until_ctrl_c(tmp_path: Path) -> None:
    """With what was sent, and with the templates that it was checked by; the exit code is that of the run."""
    (tmp_path / "rows.jsonl").write_text(ROW, encoding="utf-8")
    words = ("send", "--sandbox", "--keep", "--templates", str(TEMPLATES), "rows.jsonl")
    with subprocess.Popen(
        [sys.executable, "-m", "hubspot_timeline", *words], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        said = next(line for line in process.stderr if "is open at" in line)
        [url] = re.findall(r"http://[0-9.:]+", said)
        told = httpx.get(f"{url}/_sandbox/timeline", params={"record": "1"}).json()["events"]
        assert [(event["template"], event["header_html"]) for event in told] == [
            ("Webinar registration", "Registered for <strong>Launch</strong> ( seats)")
        ]
        assert "<title>" in httpx.get(url).text
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_without_it_the_page_is_named(tmp_path: Path) -> None:
    """And what would keep it open."""
    (tmp_path / "rows.jsonl").write_text(ROW, encoding="utf-8")
    assert "--keep keeps it open" in run("send", "--sandbox", "rows.jsonl", folder=tmp_path).err


def test_it_goes_with_a_sandbox(tmp_path: Path) -> None:
    """Without one there is nothing to keep: bad usage, and nothing is sent."""
    (tmp_path / "rows.jsonl").write_text(ROW, encoding="utf-8")
    ended = run("send", "--keep", "rows.jsonl", folder=tmp_path)
    assert (ended.code, "--keep goes with --sandbox" in ended.err) == (2, True)


def test_one_template_is_a_file_too_and_a_wrong_one_is_bad_usage(tmp_path: Path) -> None:
    """What the check takes, the sandbox takes; what it does not ends the command with 2, in words."""
    (tmp_path / "rows.jsonl").write_text(ROW, encoding="utf-8")
    template = '{"id": "1000123", "name": "n", "objectType": "contacts", "tokens": [%s]}'
    token = '{"name": "webinarName", "label": "W", "type": "string"}'
    (tmp_path / "one.json").write_text(template % token, encoding="utf-8")
    assert run("send", "--sandbox", "--templates", "one.json", "rows.jsonl", folder=tmp_path).code == 0
    (tmp_path / "one.json").write_text('{"id": "1000123", "tokens": []}', encoding="utf-8")
    ended = run("send", "--sandbox", "--templates", "one.json", "rows.jsonl", folder=tmp_path)
    assert (ended.code, "Traceback" in ended.err) == (2, False)
