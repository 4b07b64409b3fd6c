"""The site of the documentation: builds without warnings, has every public name, and fits a phone."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from filelock import FileLock
from selenium.webdriver import Chrome
from sphinx.util.inventory import InventoryFile

from tests.helpers.browser import PHONE, reset_browser
from tests.helpers.document import ROOT
from tests.helpers.pages import PAGES

HARNESS = ("calibration", "conformance", "contract", "openapi", "sandbox", "strategies")
PACKAGES = ("hubspot_timeline", *(f"hubspot_timeline_testing.{name}" for name in HARNESS))
TOO_WIDE = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return the folder of the site, which is built once, as by `make docs`, for all processes of the tests."""
    temporary = tmp_path_factory.getbasetemp()
    folder = (temporary if worker_id == "master" else temporary.parent) / "site"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            command = [sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-n", "-q", "docs", str(folder)]
            built = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
            assert (built.returncode, built.stderr) == (0, "")
    return folder


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    """And with it in `objects.inv`, by which other sites link to it."""
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    documented = {name for kind in inventory.data.values() for name in kind}
    public = {f"{package}.{name}" for package in PACKAGES for name in import_module(package).__all__}
    assert public - documented == set()


def test_every_page_is_in_llms_txt(site: Path) -> None:
    """With its title."""
    text = (site / "llms.txt").read_text(encoding="utf-8")
    pages = {Path(page).stem for page in PAGES} - {"README", "index"}
    assert [page for page in pages if f"]({page}.html)" not in text] == []


def test_no_page_is_wider_than_a_phone(site: Path, chrome: Chrome) -> None:
    """Wide tables and blocks of code scroll by themselves."""
    reset_browser(chrome, PHONE)
    wide = {}
    for page in sorted(site.glob("*.html")):
        chrome.get(page.as_uri())
        if excess := chrome.execute_script(TOO_WIDE):
            wide[page.name] = excess
    assert wide == {}
