"""Schemathesis, which thinks of requests by the document and judges the answers by it, finds nothing in the sandbox."""

import os
import subprocess
import sys
from pathlib import Path

from document import ROOT
from examples import examples
from hubspot_timeline.sandbox import Account, SandboxServer, SandboxSettings

TOKEN = "of-the-only-account"
HOOKS = Path(__file__).with_name("schemathesis_exceptions.py")
# What is taken beyond the document is not in it; and without accounts every token would be right.
SETTINGS = SandboxSettings(types="strict", accounts=[Account(name="only", access_token=TOKEN)])
OPTIONS = (
    "--mode=all",
    "--phases=examples,coverage,fuzzing,stateful",
    "--continue-on-failure",
    "--seed=1",
    "--exclude-checks=positive_data_acceptance",  # the check of schemathesis_exceptions is in its place
    "--no-color",
)


def run(url: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"]
    asked = [str(ROOT / "spec/timeline-v3.yaml"), f"--url={url}", f"--header=Authorization: Bearer {TOKEN}"]
    amount = [f"--max-examples={examples(25, 250)}"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS), "NO_PROXY": "*"}
    return subprocess.run(
        [*command, *asked, *OPTIONS, *amount], capture_output=True, text=True, check=False, cwd=folder, env=environment
    )


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """In all its phases, with data by the document and against it, in chains of operations, nothing is amiss."""
    with SandboxServer(settings=SETTINGS) as server:
        found = run(server.url, tmp_path)
        counts = server.store.counts()
    assert found.returncode == 0, found.stdout + found.stderr
    assert counts.events > 0  # it has not only been refused
    assert counts.templates > 10
