"""OpenTelemetryObserver: the spans, metrics and attributes of the documentation, in memory."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import define, field
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from hubspot_timeline import BatchLimits, Created, OAuthRefresh, TimelineClient, event
from hubspot_timeline.observability.metrics import METRICS
from hubspot_timeline.observability.observer import default_observer
from hubspot_timeline.observability.opentelemetry import Instrumentor, OpenTelemetryObserver
from tests.helpers.account_service import AccountService, event_of
from tests.helpers.both_clients import ClientRunner
from tests.helpers.both_pools import PoolRunner
from tests.helpers.both_queues import INVALID, Gate, both_queues, done, entered, httpx_args
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, broken, status

SLOW_DOWN = status(429, {"message": "slow down", "correlationId": "correlation-1"}, Retry_After="3")
NEW = {"hubspot_timeline.duplicate": False}
THREES: dict[str, Any] = {"batch": BatchLimits(max_events=3)}
TOKEN = status(200, {"access_token": "secret-access-token", "expires_in": 1800})


@define
class Telemetry:
    """OpenTelemetry's SDK, in memory."""

    exporter: InMemorySpanExporter = field(factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(factory=InMemoryMetricReader)
    tracers: TracerProvider = field(init=False)
    meters: MeterProvider = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader])

    def observer(self, **options: Any) -> OpenTelemetryObserver:
        """Return an observer."""
        return OpenTelemetryObserver(self.tracers, self.meters, **options)

    def spans(self, name: str) -> list[ReadableSpan]:
        """Return the ended spans of this name, which has a prefix."""
        return [span for span in self.exporter.get_finished_spans() if span.name == f"hubspot_timeline.{name}"]

    def metrics(self) -> dict[str, list[tuple[dict[str, Any], Any]]]:
        """Return the attributes and the value of each point, by the name of the metric."""
        data = self.reader.get_metrics_data()
        scopes = [scope for resource in data.resource_metrics for scope in resource.scope_metrics] if data else []
        metrics = [metric for scope in scopes for metric in scope.metrics]
        return {metric.name: [_point(point) for point in metric.data.data_points] for metric in metrics}

    def texts(self) -> str:
        """Return all that is exported."""
        return " ".join(span.to_json() for span in self.exporter.get_finished_spans()) + str(self.metrics())


def _point(point: Any) -> tuple[dict[str, Any], Any]:
    return dict(point.attributes), point.value if hasattr(point, "value") else (point.count, point.sum)


@pytest.fixture
def telemetry() -> Telemetry:
    return Telemetry()


def test_a_run_and_its_batches_are_spans(client: ClientRunner, telemetry: Telemetry) -> None:
    """A batch is below its run, has an event for each retry, and the counts of its outcomes."""
    script = Script(SLOW_DOWN, broken(httpx.ReadError))
    client.run(
        script,
        lambda timeline: timeline.send([*numbered(5), INVALID]),
        batch=BatchLimits(max_events=3),
        max_in_flight=1,
        base_url="http://127.0.0.1:8080",
        observer=telemetry.observer(),
    )

    [run] = telemetry.spans("send")
    first, second = telemetry.spans("batch")
    assert run.attributes == {
        "server.address": "127.0.0.1",
        "server.port": 8080,
        "hubspot_timeline.events.read": 6,
        "hubspot_timeline.events.created": 5,
        "hubspot_timeline.events.rejected": 1,
        "hubspot_timeline.events.duplicates": 0,
        "hubspot_timeline.events.unconfirmed": 0,
        "hubspot_timeline.events.unsent": 0,
        "hubspot_timeline.requests": 4,
    }
    assert first.attributes == {
        "hubspot_timeline.batch.size": 3,
        "hubspot_timeline.batch.bytes": len(script.requests[0].content) - len('{"inputs":[,,]}'),
        "hubspot_timeline.outcome.created": 3,
        "hubspot_timeline.batch.requests": 3,
    }
    assert [(each.name, each.attributes) for each in first.events] == [
        ("retry", {"error.type": "RateLimitError", "hubspot_timeline.wait.seconds": 3.25}),
        ("retry", {"error.type": "ConnectionLostError", "hubspot_timeline.wait.seconds": 0.5}),
    ]
    assert [span.parent for span in (first, second)] == [run.get_span_context()] * 2
    assert {span.kind for span in (run, first, second)} == {trace.SpanKind.INTERNAL}
    assert {span.status.status_code for span in (run, first, second)} == {trace.StatusCode.UNSET}


def test_what_is_not_sent_is_an_error_of_its_batch_and_of_its_run(client: ClientRunner, telemetry: Telemetry) -> None:
    """With the error that stopped the run."""
    send = lambda timeline: timeline.send(numbered(1))  # noqa: E731
    client.run(Script(status(403, {"message": "no"})), send, observer=telemetry.observer())
    for span in (*telemetry.spans("send"), *telemetry.spans("batch")):
        assert span.status.status_code is trace.StatusCode.ERROR
        assert (span.attributes or {})["error.type"] == "PermissionDeniedError"
    assert len(telemetry.exporter.get_finished_spans()) == 2


def test_the_span_of_a_batch_is_current_while_its_requests_are_sent(client: ClientRunner, telemetry: Telemetry) -> None:
    """Also in the workers, and for a retry; so those of an instrumented httpx are below it. It is nowhere else."""
    current: list[Any] = []

    def respond(request: httpx.Request) -> httpx.Response:
        current.append(trace.get_current_span().get_span_context())
        return script(request)

    script = Script(SLOW_DOWN)
    with telemetry.tracers.get_tracer("test").start_as_current_span("job") as job:
        client.run(respond, lambda timeline: timeline.stream(numbered(9)), **THREES, observer=telemetry.observer())
        assert trace.get_current_span() is job

    [run] = telemetry.spans("send")
    batches = {getattr(span.get_span_context(), "span_id", None) for span in telemetry.spans("batch")}
    assert (len(current), {span.span_id for span in current}, len(batches)) == (4, batches, 3)
    assert run.parent == job.get_span_context()


def test_each_metric_counts_what_it_says(client: ClientRunner, telemetry: Telemetry) -> None:
    """With the attributes of the documentation, and no others."""
    script = Script(TOKEN, SLOW_DOWN, broken(httpx.ReadError))
    client.run(
        script,
        lambda timeline: timeline.send([*numbered(5), INVALID]),
        token=OAuthRefresh("app", "secret", "refresh"),
        observer=telemetry.observer(),
    )

    assert telemetry.metrics() == {
        "hubspot_timeline.client.events": [
            (
                {
                    "hubspot_timeline.outcome": "rejected",
                    "hubspot_timeline.duplicate": False,
                    "error.type": "EventError",
                },
                1,
            ),
            ({"hubspot_timeline.outcome": "created", "hubspot_timeline.duplicate": False}, 5),
        ],
        "hubspot_timeline.client.events.in_flight": [({}, 0)],
        "hubspot_timeline.client.requests": [
            ({"http.response.status_code": 429, "error.type": "RateLimitError"}, 1),
            ({"error.type": "ConnectionLostError"}, 1),
            ({"http.response.status_code": 201}, 1),
        ],
        "hubspot_timeline.client.retries": [
            ({"error.type": "RateLimitError"}, 1),
            ({"error.type": "ConnectionLostError"}, 1),
        ],
        "hubspot_timeline.client.wait.duration": [
            ({"hubspot_timeline.wait.reason": "retry_after"}, 3.25),
            ({"hubspot_timeline.wait.reason": "backoff"}, 0.5),
        ],
        "hubspot_timeline.client.token.renewals": [({}, 1)],
        "hubspot_timeline.client.batch.duration": [({}, (1, 3.75))],
        "hubspot_timeline.client.batch.size": [({}, (1, 5))],
        "hubspot_timeline.queue.size": [({}, 0)],
        "hubspot_timeline.queue.dropped": [({}, 0)],
    }
    assert set(telemetry.metrics()) == {metric.name for metric in METRICS}


def test_neither_ids_nor_emails_nor_tokens_are_exported(client: ClientRunner, telemetry: Telemetry) -> None:
    """Nor what the service says of them, also where all fails."""
    said = {"message": "visit-4711 of ada@example.com is refused", "category": "VALIDATION_ERROR"}
    given = event(1, {"note": "confidential"}, email="ada@example.com", id="visit-4711")
    client.run(
        Script(TOKEN, SLOW_DOWN, status(400, said)),
        lambda timeline: timeline.send([given, INVALID]),
        token=OAuthRefresh("the-app", "client-secret", "refresh-token"),
        base_url="https://example.com/path",
        observer=telemetry.observer(),
    )

    exported = telemetry.texts()
    assert "hubspot_timeline.outcome" in exported
    of_events = ["visit-4711", INVALID["id"], "ada@", "confidential", "refused", "correlation-1"]
    private = [*of_events, "the-app", "secret", "refresh", "/path"]
    assert [text for text in private if text in exported] == []


def test_accounts_are_attributes_only_by_option(pool: PoolRunner, telemetry: Telemetry) -> None:
    """Of batches and events."""
    for accounts in (False, True):
        service = AccountService("hub-a", "hub-b")
        events = [event_of(account, number) for account in ("hub-a", "hub-b") for number in range(2)]
        observer = telemetry.observer(accounts=accounts)
        pool.run(service.respond, lambda pool: pool.send(events, account="portal"), service.tokens, observer=observer)  # noqa: B023 - called at once
        found = {str((span.attributes or {}).get("hubspot_timeline.account")) for span in telemetry.spans("batch")}
        assert found == ({"hub-a", "hub-b"} if accounts else {"None"})
        assert ("hub-a" in telemetry.texts()) is accounts
        telemetry.exporter.clear()


@both_queues
async def test_the_batches_of_a_queue_have_no_parent(client: Any) -> None:
    """Since its tasks and threads outlive what put the events; its size and what it dropped are metrics."""
    telemetry, gate = Telemetry(), Gate()
    args = httpx_args(client, gate)
    with telemetry.tracers.get_tracer("test").start_as_current_span("request"):
        async with (
            entered(client("a-token", httpx_args=args, observer=telemetry.observer())) as timeline,
            entered(timeline.queue(max_size=2, on_full="drop")) as queue,
        ):
            for each in numbered(3):
                await done(queue.put(each))
            assert telemetry.metrics()["hubspot_timeline.queue.size"] == [({}, 2)]
            gate.opened.set()

    assert telemetry.metrics()["hubspot_timeline.queue.size"] == [({}, 0)]
    assert telemetry.metrics()["hubspot_timeline.queue.dropped"] == [({}, 1)]
    assert {span.parent for span in telemetry.spans("batch")} == {None}
    assert telemetry.spans("send") == []


@pytest.fixture
def instrumentor() -> Iterator[Instrumentor]:
    each = Instrumentor()
    yield each
    each.uninstrument()


def test_the_instrumentor_observes_the_clients_made_after_it(telemetry: Telemetry, instrumentor: Instrumentor) -> None:
    """That have no observer of their own; a second client is not observed any more."""
    instrumentor.instrument(tracer_provider=telemetry.tracers, meter_provider=telemetry.meters, skip_dep_check=True)
    for number in (1, 1):
        with TimelineClient("t", httpx_args=Script().httpx_args) as timeline:
            assert isinstance(next(iter(timeline.stream(numbered(1)))), Created)
        instrumentor.uninstrument()
        assert len(telemetry.spans("send")) == number
    assert default_observer() is None


PROGRAM = """
import httpx, json
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
from hubspot_timeline import TimelineClient, event
trace.set_tracer_provider(provider := TracerProvider())
provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(formatter=lambda span: span.name + "\\n")))
respond = lambda request: httpx.Response(201, json={"results": json.loads(request.content)["inputs"]})
with TimelineClient("t", httpx_args={"transport": httpx.MockTransport(respond)}) as timeline:
    print(timeline.send([event(1, email="ada@example.com")]).created)
"""


def test_opentelemetry_instrument_finds_it(tmp_path: Path) -> None:
    """The tool itself, with a program that sets up spans, and does not mention an observer."""
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    tool = Path(sys.executable).with_name("opentelemetry-instrument")
    command = [str(tool), sys.executable, "program.py"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["hubspot_timeline.batch", "hubspot_timeline.send", "1"]
