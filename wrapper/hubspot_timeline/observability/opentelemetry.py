"""OpenTelemetryObserver: a span for each run and each batch, and metrics; needs hubspot-timeline[otel].

The names follow the semantic conventions where these have any.
"""

from contextlib import AbstractContextManager
from functools import partial
from importlib.metadata import version
from typing import Any

from hubspot_timeline.observability.metrics import METRICS, Labels, Metric, MetricsObserver
from hubspot_timeline.observability.observer import (
    ObservedBatch,
    ObservedRequest,
    ObservedRun,
    set_default_observer,
)

try:
    from opentelemetry import metrics, trace
    from opentelemetry.context import Context
    from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation
    from opentelemetry.trace import Span, StatusCode, TracerProvider
except ImportError as _error:
    raise ImportError(
        "opentelemetry is missing: pip install 'hubspot-timeline[otel]' (in a clone: pip install -e '.[otel]')"
    ) from _error

_ATTRIBUTES = {
    "outcome": "hubspot_timeline.outcome",
    "duplicate": "hubspot_timeline.duplicate",
    "error_type": "error.type",
    "account": "hubspot_timeline.account",
    "status_code": "http.response.status_code",
    "reason": "hubspot_timeline.wait.reason",
}


class OpenTelemetryObserver(MetricsObserver):
    """Makes a span of each run, below it one of each batch, and counts the metrics.

    The span of a batch is current while a request is sent, so that the spans of an instrumented httpx are below it. In
    a queue it has no parent. `tracer_provider`, `meter_provider`: by default those of the process. `accounts`: whether
    spans and events have the account as an attribute, in pools.
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        *,
        accounts: bool = False,
    ) -> None:
        super().__init__(accounts=accounts)
        scope = "hubspot_timeline", version("hubspot-timeline")
        self._tracer = trace.get_tracer(*scope, tracer_provider)
        meter = metrics.get_meter(*scope, meter_provider)
        self._histograms = {
            metric.name: meter.create_histogram(
                metric.name, metric.unit, metric.description, explicit_bucket_boundaries_advisory=metric.buckets
            )
            for metric in METRICS
            if metric.kind == "histogram"
        }
        for metric in METRICS:
            arguments = metric.name, [partial(self._observe, metric)], metric.unit, metric.description
            if metric.kind == "counter":
                meter.create_observable_counter(*arguments)
            elif metric.kind == "gauge":
                meter.create_observable_up_down_counter(*arguments)

    def run_began(self, run: ObservedRun) -> None:
        """Start its span, below the current one."""
        address: dict[str, Any] = {"server.address": run.server_address, "server.port": run.server_port}
        run.data = self._tracer.start_span("hubspot_timeline.send", attributes=address)

    def run_ended(self, run: ObservedRun) -> None:
        """End its span, with the counts of its report."""
        span: Span = run.data
        report = run.report
        names = ("created", "rejected", "duplicates", "unconfirmed", "unsent")
        attributes = {f"hubspot_timeline.events.{name}": getattr(report, name) for name in names}
        attributes |= {"hubspot_timeline.events.read": run.read, "hubspot_timeline.requests": report.requests}
        _end(span, attributes, run.error_type)

    def batch_began(self, batch: ObservedBatch) -> None:
        """Start its span, below that of its run."""
        super().batch_began(batch)
        parent = trace.set_span_in_context(batch.run.data) if batch.run else Context()
        batch.data = self._tracer.start_span("hubspot_timeline.batch", parent)

    def batch_ended(self, batch: ObservedBatch) -> None:
        """End its span, with the counts of outcomes. All attributes are set at once, which takes less time."""
        super().batch_ended(batch)
        attributes: dict[str, Any] = {
            "hubspot_timeline.batch.size": batch.size,
            "hubspot_timeline.batch.bytes": batch.bytes,
            "hubspot_timeline.batch.requests": batch.requests,
        }
        for outcome, count in batch.outcomes.items():
            attributes[f"hubspot_timeline.outcome.{outcome}"] = count
        if self._accounts and batch.account is not None:
            attributes["hubspot_timeline.account"] = batch.account
        _end(batch.data, attributes, batch.error_type)

    def request_context(self, batch: ObservedBatch) -> AbstractContextManager[object]:
        """Return what makes the span of the batch the current one."""
        return trace.use_span(batch.data, record_exception=False, set_status_on_exception=False)

    def request_ended(self, batch: ObservedBatch, request: ObservedRequest) -> None:
        """Add an event to the span if the request was a retry."""
        super().request_ended(batch, request)
        if request.retry_of:
            attributes = {"error.type": request.retry_of, "hubspot_timeline.wait.seconds": request.waited}
            batch.data.add_event("retry", attributes, request.began)

    def _record(self, metric: Metric, value: float, label: str | None = None) -> None:
        self._histograms[metric.name].record(value, _attributes(metric, (label,)))

    def _observe(self, metric: Metric, _: CallbackOptions) -> list[Observation]:
        return [Observation(value, _attributes(metric, labels)) for labels, value in self._values(metric)]


class Instrumentor:
    """What `opentelemetry-instrument` finds: clients without an observer get an OpenTelemetryObserver."""

    def instrument(
        self, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None, **_: Any
    ) -> None:
        """Observe the clients that are made from now on."""
        set_default_observer(OpenTelemetryObserver(tracer_provider, meter_provider))

    def uninstrument(self, **_: Any) -> None:
        """Observe no further clients."""
        set_default_observer(None)


def _attributes(metric: Metric, labels: Labels) -> dict[str, Any]:
    named = zip(metric.labels, labels, strict=False)
    return {_ATTRIBUTES[name]: label for name, label in named if label is not None}


def _end(span: Span, attributes: dict[str, Any], error_type: str | None) -> None:
    if error_type:
        attributes["error.type"] = error_type
        span.set_status(StatusCode.ERROR)
    span.set_attributes(attributes)
    span.end()
