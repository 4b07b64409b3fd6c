"""The site of the documentation: builds without warnings, has every public name and page, and fits a phone."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from sphinx.util.inventory import InventoryFile

from tests.helpers.browser import PHONE, reset_browser
from tests.helpers.document import ROOT
from tests.helpers.pages import PAGES

HARNESS = ("calibration", "conformance", "contract", "openapi", "sandbox", "strategies")
PACKAGES = ("hubspot_timeline", *(f"hubspot_timeline_testing.{name}" for name in HARNESS))
# The theme lets the text scroll where something in it is too wide.
TOO_WIDE = """return Math.max(
    ...[document.documentElement, document.querySelector(".content")].map((it) => it.scrollWidth - it.clientWidth))"""


def test_the_site_is_complete_and_fits_a_phone(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Built as by `make docs`, and in one test, since that takes seconds."""
    command = [sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-n", "-q", "docs", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")

    assert undocumented_names(tmp_path) == set()
    text = (tmp_path / "llms.txt").read_text(encoding="utf-8")
    assert {page for page in site_pages() if f"]({page}.html)" not in text} == set()
    assert too_wide(tmp_path, request.getfixturevalue("chrome")) == {}


def undocumented_names(site: Path) -> set[str]:
    """Return the public names that other sites could not link to."""
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    documented = {name for kind in inventory.data.values() for name in kind}
    return {f"{package}.{name}" for package in PACKAGES for name in import_module(package).__all__} - documented


def site_pages() -> set[str]:
    """Return the names of the pages below the first one."""
    return {Path(page).stem for page in PAGES} - {"README", "index"}


def too_wide(site: Path, chrome: Chrome) -> dict[str, int]:
    """Return by how many pixels pages are wider than a phone; wide tables and blocks of code scroll by themselves."""
    reset_browser(chrome, PHONE)
    excess = {}
    for page in site_pages():
        chrome.get((site / f"{page}.html").as_uri())
        excess[page] = chrome.execute_script(TOO_WIDE)
    return {page: pixels for page, pixels in excess.items() if pixels}
