"""The examples of the page on Spark and dlt run as they stand, one after the other; its table has all options."""

import json
import re
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hubspot_timeline.spark.options import NAMES
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.document import ROOT
from tests.helpers.pages import examples

PAGE = ROOT / "docs/spark.md"


def test_the_examples_run(
    spark: SparkSession,  # noqa: ARG001 - the one that the page finds
    sandbox: SandboxServer,
    module_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In one session, with a folder of this test in place of the shared one."""
    accounts, *others = [example.replace("/shared", str(tmp_path)) for example in examples("docs/spark.md")]
    (module_folder / "accounts.py").write_text(accounts, encoding="utf-8")
    tokens = {name: f"token-{name}" for name in ("4711", "4712")}
    (tmp_path / "tokens.json").write_text(json.dumps(tokens), encoding="utf-8")
    (tmp_path / "events").mkdir()
    event = {"id": "streamed", "account": "4711", "eventTemplateId": "1", "tokens": {}, "email": "a@example.com"}
    (tmp_path / "events/1.json").write_text(json.dumps(event), encoding="utf-8")
    monkeypatch.setenv("DESTINATION__HUBSPOT_TIMELINE__TOKEN", "token-4711")
    monkeypatch.setenv("DESTINATION__HUBSPOT_TIMELINE__BASE_URL", sandbox.url)
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    names: dict[str, object] = {}
    for example in others:
        exec(compile(example, PAGE.name, "exec"), names)  # noqa: S102 - the project's own text

    ids = [*(f"order-{n}" for n in range(200)), "streamed", *(f"seat-{n}" for n in range(20))]
    sandbox.control.assert_exactly_once(ids)
    assert sandbox.control.counts()["limited"] == 0
    assert "Row(created=200, rejected=0, unconfirmed=0, unsent=0)" in capsys.readouterr().out


def test_each_option_is_in_the_table() -> None:
    """And nothing that is not an option."""
    section = PAGE.read_text(encoding="utf-8").partition("## Options")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert sorted(name for cell in cells for name in re.findall("`(.+?)`", cell)) == sorted(NAMES)
