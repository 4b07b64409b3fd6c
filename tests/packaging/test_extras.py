"""A feature whose optional dependency is not installed raises an error that names the extra to install."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.helpers.document import ROOT

START = "from hubspot_timeline_testing.sandbox import *\nwith SandboxServer(): pass"
WITH_SETTINGS = "from hubspot_timeline_testing.sandbox import *\nwith SandboxProcess(settings=SandboxSettings()): pass"
COMMAND = "import sys\nfrom hubspot_timeline.cli import main\nsys.argv[1:] = %r\nmain()"
CONTRACT = ["contract", "http://127.0.0.1:9"]
VERIFY = "from hubspot_timeline_testing.contract import verify\nverify('http://127.0.0.1:9', 'a-token')"
SPEED = "from hubspot_timeline import TimelineClient\nTimelineClient('t', transport='pyqwest')"
OTEL = "import hubspot_timeline.observability.opentelemetry"
PROMETHEUS = "import hubspot_timeline.observability.prometheus"
REDIS = "from hubspot_timeline import TimelineClient\nTimelineClient('t', rate_limit_store='redis://127.0.0.1:9')"

# The module of each optional dependency, a feature that needs it, and the extras in the message.
FEATURES = [
    ("typer", COMMAND % ["--help"], "cli,sandbox"),
    ("rich", COMMAND % ["send", "-"], "cli,sandbox"),
    ("starlette", START, "sandbox"),
    ("starlette", COMMAND % ["sandbox", "--port", "0"], "sandbox"),
    ("starlette", COMMAND % ["send", "--sandbox", "-"], "sandbox"),
    ("starlette", "from hubspot_timeline_testing.sandbox.app import create_app", "sandbox"),
    ("uvicorn", START, "sandbox"),
    ("trustme", START.replace("Server()", "Server(https=True)"), "sandbox"),
    ("jsonschema_rs", START, "sandbox"),
    ("cattrs", WITH_SETTINGS, "sandbox"),
    ("cattrs", COMMAND % ["sandbox", "--config", __file__], "sandbox"),
    ("dotpromptz_handlebars", START, "sandbox"),
    ("markdown_it", START, "sandbox"),
    ("nh3", START, "sandbox"),
    ("redis", REDIS, "redis"),
    ("pyarrow", "import hubspot_timeline.spark", "spark"),
    ("dlt", "import hubspot_timeline.dlt", "dlt"),
    ("opentelemetry", OTEL, "otel"),
    ("prometheus_client", PROMETHEUS, "prometheus"),
    ("pyqwest", SPEED, "speed"),
    ("h2", SPEED, "speed"),
    ("hypothesis", "import hubspot_timeline_testing.strategies", "testing"),
    ("hypothesis", "import hubspot_timeline_testing.conformance", "testing"),
    ("jsonschema_rs", "import hubspot_timeline_testing.strategies", "testing"),
    ("schemathesis", VERIFY, "contract"),
    ("schemathesis", COMMAND % CONTRACT, "contract"),
    ("jsonschema_rs", VERIFY, "contract"),
    ("jsonschema_rs", COMMAND % CONTRACT, "contract"),
    ("jsonschema_rs", "import hubspot_timeline_testing.calibration", "contract"),
]

# Not in the table: the sandbox runs without httptools, and Schemathesis installs the others itself.
NOT_NEEDED = {"httptools", "click", "requests", "urllib3"}


@pytest.mark.parametrize(("module", "feature", "extra"), FEATURES)
def test_a_feature_without_its_dependency_names_the_extra(
    module: str, feature: str, extra: str, tmp_path: Path
) -> None:
    """As pip takes it, with the name of what is missing."""
    block = f"import sys\nsys.modules[{module!r}] = None\n"
    (tmp_path / "sitecustomize.py").write_text(block, encoding="utf-8")  # also in the child process of the sandbox
    ended = subprocess.run(
        [sys.executable, "-c", feature],
        env={"PYTHONPATH": str(tmp_path), "HUBSPOT_TIMELINE_TOKEN": "a-token"},
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert f"pip install 'hubspot-timeline[{extra}]'" in ended.stderr
    assert f"{module} is missing" in ended.stderr.lower() or extra == "redis"
    assert "Traceback" not in ended.stderr or "main()" not in feature


def test_each_optional_dependency_is_in_the_table() -> None:
    """Of all extras of the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [each for extra in project["optional-dependencies"].values() for each in extra]
    names = {re.match("[a-z0-9-]+", each)[0].replace("-", "_") for each in requirements} - {"hubspot_timeline"}  # type: ignore[index]
    modules = {name.removesuffix("_py").removesuffix("_api") for name in names}

    assert modules == {module for module, _, _ in FEATURES} | NOT_NEEDED
