"""`action.yml`: its steps, run as a runner of GitHub runs them, pass for the sandbox and fail for a planted defect."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import evolve, frozen

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.command import run_here
from tests.helpers.contract_process import forked
from tests.helpers.contract_runs import STRICT, TOKEN, Exchange, changed
from tests.helpers.document import ROOT

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, CHECK = ACTION["runs"]["steps"]
QUICK = {"token": TOKEN, "phases": "examples", "seed": "7", "options": "--operation create_events"}


@frozen
class Ended:
    """The end of a step: its exit code, its log, its outputs and the summary of the job."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


def run_step(step: dict[str, Any], folder: Path, **inputs: str) -> Ended:
    """Run a step as a runner does: a script of bash, in the folder of the job, with inputs in its environment."""
    values = {f"inputs.{name}": str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
    values |= {f"inputs.{name}": value for name, value in inputs.items()} | {"github.action_path": str(ROOT)}

    def evaluated(text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values[match[1]], text)

    files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("")
    (folder / "step.sh").write_text(step["run"])
    own = {name: value for name, value in os.environ.items() if not name.startswith("HUBSPOT_")}
    environment = own | {name: evaluated(value) for name, value in step["env"].items()}
    environment |= {"RUNNER_TEMP": str(folder / "temp")} | {name: str(file) for name, file in files.items()}
    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "step.sh"],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return Ended(done.returncode, done.stdout, outputs, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"))


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Return the folder of a job whose first step has installed the command that these tests have."""
    here = tmp_path / "temp/hubspot-timeline/bin"
    here.mkdir(parents=True)
    command = (
        f'#!/bin/sh\nprintf "%s\\n" "$@" >"{tmp_path}/arguments"\nexec {sys.executable} -P -m hubspot_timeline "$@"\n'
    )
    (here / "hubspot-timeline").write_text(command)
    (here / "hubspot-timeline").chmod(0o755)
    return tmp_path


def lossy(exchange: Exchange) -> Exchange:
    """Respond to batches with a status that the document does not have."""
    return evolve(exchange, status=202) if exchange.status == 201 else exchange


def test_it_passes_for_the_sandbox(job: Path) -> None:
    """With the verdict, reports of Schemathesis, and what was covered; the access token is in no argument.

    Modules of the repository are not run, since they would have the token in their environment; and options may be on
    lines of their own.
    """
    for name in ("json", "schemathesis", "requests"):
        (job / f"{name}.py").write_text("import sys; sys.exit('run')\n")
    with SandboxServer(settings=STRICT) as server:
        options = "--operation create_events\n--operation create_event\n"
        ended = run_step(CHECK, job, url=server.url, report="junit", **QUICK | {"options": options})
    assert ended.code == 0, ended.log
    assert ended.outputs == {"verdict": "holds", "failures": "0"}
    assert "### ✅ Contract holds: API v3, seed 7" in ended.summary
    for operation in ("create_events", "create_event"):
        assert f"| {operation} | nothing | 201 (" in ended.summary
    assert list((job / "contract-report").glob("junit*.xml"))
    assert TOKEN not in (job / "arguments").read_text() + ended.log + ended.summary


def test_it_fails_for_a_planted_defect_unless_the_baseline_has_it(job: Path) -> None:
    """The baseline is written by the option, and from then on the step passes."""
    with changed(lossy) as url:
        ended = run_step(CHECK, job, url=url, **QUICK)
        assert ended.code == 1, ended.log
        assert ended.outputs == {"verdict": "broken", "failures": "1"}
        assert "| status_code_conformance | create_events responded 202: " in ended.summary
        quick = ("--operation", "create_events", "--phases", "examples", "--seed", 7)
        baseline = ("--baseline", "known.txt", "--update-baseline")
        with forked():
            run_here("contract", url, *quick, *baseline, folder=job, env={"HUBSPOT_TIMELINE_TOKEN": TOKEN})
        ended = run_step(CHECK, job, url=url, baseline="known.txt", **QUICK)
    assert (job / "known.txt").read_text() == "v3 create_events status_code_conformance 202\n"
    assert ended.code == 0, ended.log
    assert ended.outputs == {"verdict": "holds", "failures": "0"}
    assert "| v3 create_events status_code_conformance 202 |" in ended.summary


def test_inputs_are_data(job: Path) -> None:
    """No input is a part of a script, so that nothing in it is run; a wrong one is a usage error without outputs."""
    assert not [step for step in (INSTALL, CHECK) if "${{" in step["run"]]
    ended = run_step(CHECK, job, url='http://127.0.0.1:9/"; touch run; $(touch run) `touch run`', **QUICK)
    assert ended.code == 2, ended.log
    assert ended.outputs == {"verdict": "", "failures": ""}
    assert not (job / "run").exists()


@pytest.mark.long
def test_the_first_step_installs_the_command(tmp_path: Path) -> None:
    """From the source of the action, with all that the second step needs."""
    (tmp_path / "temp").mkdir()
    ended = run_step(INSTALL, tmp_path)
    assert ended.code == 0, ended.log
    with SandboxServer(settings=STRICT) as server:
        ended = run_step(CHECK, tmp_path, url=server.url, **QUICK)
    assert ended.code == 0, ended.log
