"""The rows that jobs of Spark send in tests, and what has to be in the service and in the report afterwards."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from hubspot_timeline_testing.sandbox import SandboxServer

ACCOUNTS = ("a", "b", "c")  # of two tasks, the first has a and c
COUNT = 180
REJECTED = {f"e{n}" for n in range(0, COUNT, 20)}
CREATED = {f"e{n}" for n in range(COUNT)} - REJECTED
SCHEMA = "id string, account string, eventTemplateId long, tokens map<string,string>, email string"


def rows() -> list[tuple[Any, ...]]:
    """Return rows, of account a first; a row is large enough for Spark to hand on a batch at once."""
    accounts = sorted(ACCOUNTS[n % 3] for n in range(COUNT))
    return [
        (f"e{n}", account, 1000123, {"note": "x" * 3_000}, "nobody" if f"e{n}" in REJECTED else f"g{n}@example.com")
        for n, account in enumerate(accounts)
    ]


def options(sandbox: SandboxServer, folder: Path) -> dict[str, str]:
    return {
        "baseUrl": sandbox.url,
        "credentials": "tests.helpers.spark_faults:token",
        "rateLimit": "12/1s",
        "batchSize": "10",
        "deadLetterPath": str(folder / "dead"),
        "reportPath": str(folder / "reports"),
    }


def require_exactly_once(sandbox: SandboxServer) -> None:
    sandbox.control.assert_exactly_once(CREATED)
    counts = sandbox.control.counts()
    assert (counts["events"], counts["limited"]) == (len(CREATED), 0)


def require_report(folder: Path, *, existing: bool, tasks: int) -> dict[str, Any]:
    """Require one report, right in all counts, and one file of dead letters a task; nothing of other attempts."""
    [file] = (folder / "reports").glob("*.json")
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    counts = {name: report[name] for name in ("created", "rejected", "duplicates", "unconfirmed", "unsent")}
    assert counts == {
        "created": len(CREATED),
        "rejected": len(REJECTED),
        "duplicates": 0,
        "unconfirmed": 0,
        "unsent": 0,
    }
    assert bool(report["existing"]) is existing
    assert [each["account"] for each in report["accounts"]] == list(ACCOUNTS)
    assert sum(each["created"] for each in report["accounts"]) == len(CREATED)
    letters = sorted((folder / "dead").glob("*.jsonl"))
    assert [str(path) for path in letters] == sorted(report["deadLetters"])
    lines = [json.loads(line) for path in letters for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(letters) == tasks
    assert Counter(line["event"]["id"] for line in lines) == Counter(REJECTED)
    assert not [*folder.glob("*/_attempts/*")]
    return report
