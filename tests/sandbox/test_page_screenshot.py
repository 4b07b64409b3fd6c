"""Pictures of the page with the sample events are kept in build/page, for whoever wants to see what it looks like."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from hubspot_timeline.files import read_files
from hubspot_timeline_testing.sandbox import FaultPlan, RequestLimit, SandboxServer, SandboxSettings
from tests.helpers.browser import DESKTOP, PHONE, complaints, prefer, resize, running_browser, wait_until
from tests.helpers.clients import TimelineClient
from tests.helpers.document import ROOT

FOLDER = ROOT / "build/page"
PICTURES = {
    "desktop-light": ("timeline", "light", DESKTOP),
    "desktop-dark": ("timeline", "dark", DESKTOP),
    "phone": ("timeline", "light", PHONE),
    "requests": ("requests", "light", DESKTOP),
    "limits": ("limits", "light", DESKTOP),
    "faults": ("faults", "dark", DESKTOP),
}


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    templates = json.loads((ROOT / "samples/templates.json").read_bytes())["results"]
    plan = FaultPlan(script=[None, "http-502", "reset-after", "limited"], rate=0.1, seed=7)
    settings = SandboxSettings(templates=templates, faults=plan, limit=RequestLimit(110))
    with SandboxServer(settings=settings) as server:
        with TimelineClient("any-token", base_url=server.url, sleep=lambda _: None, rate_limit=None) as timeline:
            rows = read_files([str(ROOT / "samples/events.jsonl")], on_error=lambda _: None)
            assert timeline.send(row.event for row in rows if isinstance(row.event, Mapping)).created > 5_000
        yield server


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with running_browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_kept(browser: Chrome, server: SandboxServer, name: str) -> None:
    """Once the page has drawn what there is, without a complaint of the browser's."""
    tab, scheme, size = PICTURES[name]
    prefer(browser, scheme)
    resize(browser, size)
    browser.get("about:blank")
    browser.get(f"{server.url}/#{tab}")
    wait_until(browser, f"document.querySelector('#counts dd') && !document.querySelector('#{tab}').hidden")
    wait_until(browser, f"document.querySelector('#{tab}').querySelectorAll('li, meter, dd').length > 0")
    FOLDER.mkdir(parents=True, exist_ok=True)
    assert browser.save_screenshot(str(FOLDER / f"{name}.png"))
    assert complaints(browser) == []
    assert Path(FOLDER / f"{name}.png").stat().st_size > 10_000
