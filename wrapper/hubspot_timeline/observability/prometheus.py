"""PrometheusObserver: the metrics of clients for Prometheus; needs hubspot-timeline[prometheus]."""

from collections.abc import Iterator
from typing import Any

from hubspot_timeline.observability.metrics import METRICS, Metric, MetricsObserver

try:
    from prometheus_client import REGISTRY, CollectorRegistry, Histogram
    from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily
    from prometheus_client.registry import Collector
except ImportError as _error:
    raise ImportError(
        "prometheus_client is missing: pip install 'hubspot-timeline[prometheus]' "
        "(in a clone: pip install -e '.[prometheus]')"
    ) from _error


class PrometheusObserver(MetricsObserver, Collector):
    """Counts the metrics for a registry of prometheus_client, by default that of the process.

    A registry takes one such observer, which any number of clients share. `accounts`: whether events are counted for
    each account of a pool; else the label `account` is empty. Raises ValueError for a second one.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY, *, accounts: bool = False) -> None:
        super().__init__(accounts=accounts)
        registry.register(self)
        self._histograms = {
            metric.name: Histogram(*_texts(metric), registry=registry, buckets=metric.buckets)
            for metric in METRICS
            if metric.kind == "histogram"
        }

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Yield the counters and gauges."""
        families = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily}
        for metric in METRICS:
            if new_family := families.get(metric.kind):
                name, description, names = _texts(metric)
                family = new_family(name, description, labels=names)
                for labels, value in self._values(metric):
                    family.add_metric([_text(label) for label in labels], value)
                yield family

    def _record(self, metric: Metric, value: float, label: str | None = None) -> None:
        histogram = self._histograms[metric.name]
        (histogram.labels(_text(label)) if metric.labels else histogram).observe(value)


def _texts(metric: Metric) -> tuple[str, str, tuple[str, ...]]:
    name = metric.name.replace(".client.", "_").replace(".", "_")
    return f"{name}_seconds" if metric.unit == "s" else name, f"{metric.description}.", metric.labels


def _text(label: Any) -> str:
    return "" if label is None else str(label).lower() if isinstance(label, bool) else str(label)
