"""The pictures of the README: a run in a terminal, and the page of a sandbox. `make pictures` makes them again.

The run is compared byte for byte. A picture of the page differs from one browser to the next, so its text is compared,
which is kept beside it.
"""

import io
import json
import re
from collections.abc import Iterator
from itertools import islice

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import MONOKAI
from selenium.webdriver import Chrome

from hubspot_timeline import TimelineClient, TimelineEvent, TokenValue, event
from hubspot_timeline.files import read_files
from hubspot_timeline_testing.sandbox import SandboxServer, SandboxSettings
from tests.helpers.browser import prefer, reset_browser, text_of, wait_until
from tests.helpers.command import run_here
from tests.helpers.document import ROOT

MADE = ROOT / "build/pictures"
SIZE = (1000, 680)
OPTIONS = ["--templates", "samples/templates.json", "--dead-letters", "build/failed.jsonl"]
FILES = ["samples/companies.csv"]
# Pages that show the picture load no fonts for it.
SVG = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
TEMPLATES = json.loads((ROOT / "samples/templates.json").read_bytes())["results"]


def keep(name: str, content: bytes) -> None:
    """Write a file for `make pictures`, and compare it with the one of the README."""
    MADE.mkdir(parents=True, exist_ok=True)
    (MADE / name).write_bytes(content)
    assert content == (ROOT / "docs/images" / name).read_bytes(), "`make pictures` makes it again; look at it"


def story() -> Iterator[TimelineEvent]:
    """Yield the events of one contact."""
    tokens: list[tuple[int, dict[str, TokenValue]]] = [
        (1000123, {"webinarName": "Launch day", "seats": 2, "remind": True}),
        (1000124, {"ticket.number": 47110, "status": "answered", "name": "Ada"}),
        (1000128, {"score": 9, "comment": "Works as it should", "name": "Ada"}),
    ]
    for day, (template, values) in enumerate(tokens, 7):
        time = f"2026-07-{day:02}T08:30:00Z"
        yield event(template, values, id=f"ada-{day}", email="ada@example.com", timestamp=time)


def test_the_picture_of_a_run_is_what_the_command_prints() -> None:
    """With one port and one duration, whatever they are."""
    console = Console(record=True, width=116, file=io.StringIO(), highlight=False, markup=False)
    console.print("$ hubspot-timeline send", *OPTIONS, *FILES, style="bold green")
    (ROOT / "build").mkdir(exist_ok=True)
    with SandboxServer() as server:
        env = {"HUBSPOT_TIMELINE_BASE_URL": server.url, "HUBSPOT_TIMELINE_TOKEN": "any"}
        ended = run_here("send", *OPTIONS, *FILES, folder=ROOT, env=env)
    messages = re.sub(r"[\d,]+ read, .*\n", "", ended.err)  # progress, which a fast run does not show
    console.print(messages.replace(server.url, "http://127.0.0.1:8080").rstrip(), style="yellow")
    console.print(re.sub(r"[\d.]+ s +$", "0.08 s", ended.out, flags=re.MULTILINE).rstrip())
    svg = console.export_svg(title="hubspot-timeline", unique_id="run", theme=MONOKAI, code_format=SVG)
    keep("run.svg", svg.encode())


def test_the_picture_of_the_page_has_the_text_of_the_page(chrome: Chrome) -> None:
    """The timeline of a contact, beside those of the samples."""
    reset_browser(chrome, SIZE)
    prefer(chrome, "light")
    with SandboxServer(settings=SandboxSettings(templates=TEMPLATES)) as server:
        with TimelineClient("any-token", base_url=server.url) as timeline:
            rows = read_files([str(ROOT / "samples/events.jsonl")], on_error=lambda _: None)
            timeline.send([*(row.event for row in islice(rows, 6)), *story()])
        chrome.get(server.url)
        wait_until(chrome, "document.querySelectorAll('#records li').length > 1")
        chrome.execute_script("document.getElementById('clock').parentElement.style.display = 'none'")
        picture, text = chrome.get_screenshot_as_png(), text_of(chrome, "body")
        chrome.get("about:blank")
    assert len(picture) < 150_000
    MADE.mkdir(parents=True, exist_ok=True)
    (MADE / "page.png").write_bytes(picture)
    keep("page.txt", text.encode())
