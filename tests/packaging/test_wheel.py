"""The built wheel is complete: it works in an environment without the source tree."""

import json
import subprocess
import sys
from pathlib import Path

from tests.helpers.document import ROOT

EVENT = '{"eventTemplateId":"1","id":"a","tokens":{},"email":"ada@example.com"}\n'
DOCUMENTS = "from hubspot_timeline_testing.openapi import document, packages; [*map(document, packages())]"


def run(*words: object, folder: Path) -> str:
    done = subprocess.run([*map(str, words)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_helps_and_sends(tmp_path: Path) -> None:
    """Installed with its extras, the command helps and sends to a sandbox; types and the page come with it."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, folder=ROOT)
    [wheel] = tmp_path.glob("*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "env", folder=tmp_path)
    here = tmp_path / "env/bin"
    pip = (sys.executable, "-m", "pip", "--python", here / "python", "install", "--quiet", "--no-compile")
    run(*pip, "--constraint", ROOT / "requirements.lock", f"{wheel}[cli,sandbox]", folder=tmp_path)

    assert "sandbox" in run(here / "hubspot-timeline", "--help", folder=tmp_path)
    (tmp_path / "events.jsonl").write_text(EVENT)
    out = run(here / "hubspot-timeline", "send", "--sandbox", "--json", "events.jsonl", folder=tmp_path)
    assert json.loads(out.splitlines()[-1])["sandbox_events"] == 1
    routes = "hubspot_timeline_testing.sandbox.admin.page.routes"
    run(here / "python", "-c", DOCUMENTS, folder=tmp_path)
    code = f"from {routes} import FILES, file_response; [file_response(name) for name in FILES]"
    run(here / "python", "-c", code, folder=tmp_path)
    packages = tmp_path.glob("env/lib/python*/site-packages/*hubspot_*/py.typed")
    assert {path.parent.name for path in packages} == {
        "hubspot_app_events_api",
        "hubspot_timeline",
        "hubspot_timeline_api",
        "hubspot_timeline_testing",
        "pyspark_hubspot_timeline",
    }
