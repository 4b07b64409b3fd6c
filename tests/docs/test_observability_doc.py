"""docs/observability.md: its examples run, and it names every metric, label, method and attribute."""

import inspect
import re

import pytest
from prometheus_client import CollectorRegistry

from hubspot_timeline.observability import Observer
from hubspot_timeline.observability.metrics import METRICS
from hubspot_timeline.observability.prometheus import PrometheusObserver
from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.document import ROOT

TEXT = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| ")]
OUTPUT = """\
hubspot_timeline.batch hubspot_timeline.batch hubspot_timeline.batch hubspot_timeline.send
hubspot_timeline_events_total{account="",duplicate="false",error_type="",outcome="created"} 250.0
events: 100 requests: 1 {'created': 100}
events: 100 requests: 1 {'created': 100}
events: 50 requests: 1 {'created': 50}
"""


def test_the_examples_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One after the other, as a reader would type them into one session."""
    names: dict[str, object] = {}
    with SandboxServer() as server:
        monkeypatch.setenv("HUBSPOT_TIMELINE_BASE_URL", server.url)
        monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", "any-token")
        for example in re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL):
            exec(compile(example, "observability.md", "exec"), names)  # noqa: S102 - the project's own text

    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert sorted(printed) == sorted(OUTPUT.splitlines())


def test_every_metric_has_its_row_with_its_names_and_labels() -> None:
    """In both systems."""
    registry = CollectorRegistry()
    PrometheusObserver(registry)
    suffixes = {"counter": "_total"}
    families = {family.name + suffixes.get(family.type, "") for family in registry.collect()}
    named = [row for row in ROWS if re.match(r"`hubspot_timeline\.(client|queue)", row[0])]
    names = {tuple(re.findall("`(.+?)`", row[0])): row for row in named}
    rows = {opentelemetry: row for (opentelemetry, _), row in names.items()}

    assert set(rows) == {metric.name for metric in METRICS}
    assert {prometheus for _, prometheus in names} == families
    for metric in METRICS:
        labels = rows[metric.name][2].partition(":")[0] if len(rows[metric.name]) > 2 else ""
        assert re.findall(r"`(\w+)`", labels) == list(metric.labels), metric.name


def test_every_query_is_about_metrics_that_exist() -> None:
    """By their names in the tables."""
    documented = set(re.findall(r"`(hubspot_timeline_\w+)`", TEXT))
    queries = re.findall(r"^```text\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    used = set(re.findall(r"hubspot_timeline_\w+", "".join(queries)))
    assert {name.removesuffix("_bucket") for name in used} <= documented
    assert len(used) == 5


def test_every_method_has_its_row() -> None:
    """In the order of the class."""
    methods = [name for name, _ in inspect.getmembers(Observer, inspect.isfunction)]
    [start] = [number for number, row in enumerate(ROWS) if row[0] == "method"]
    assert sorted(re.findall(r"`(\w+)`", "".join(row[0] for row in ROWS[start:]))) == methods
