"""PrometheusObserver: the metrics of the documentation, as Prometheus reads them."""

import os
import signal

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from hubspot_timeline.observability.prometheus import PrometheusObserver
from tests.helpers.account_service import AccountService, event_of
from tests.helpers.both_clients import ClientRunner
from tests.helpers.both_pools import PoolRunner
from tests.helpers.both_queues import INVALID
from tests.helpers.numbered_events import numbered
from tests.helpers.scripted_http import Script, broken, status


def samples(registry: CollectorRegistry) -> dict[str, float]:
    """Return the samples by name and labels that are not empty, without buckets and the times of creation."""
    families = text_string_to_metric_families(generate_latest(registry).decode())
    found = [sample for family in families for sample in family.samples]
    return {_text(each): each.value for each in found if not each.name.endswith(("_bucket", "_created"))}


def _text(sample: Sample) -> str:
    return " ".join([sample.name, *(f"{label}={value}" for label, value in sorted(sample.labels.items()) if value)])


def test_each_metric_counts_what_it_says(client: ClientRunner) -> None:
    """With the labels of the documentation, and no others."""
    registry = CollectorRegistry()
    script = Script(status(429, {"message": "slow down"}, Retry_After="3"), broken(httpx.ReadError))
    send = lambda timeline: timeline.send([*numbered(5), INVALID])  # noqa: E731
    client.run(script, send, observer=PrometheusObserver(registry))

    assert samples(registry) == {
        "hubspot_timeline_events_total duplicate=false error_type=EventError outcome=rejected": 1,
        "hubspot_timeline_events_total duplicate=false outcome=created": 5,
        "hubspot_timeline_events_in_flight": 0,
        "hubspot_timeline_requests_total error_type=RateLimitError status_code=429": 1,
        "hubspot_timeline_requests_total error_type=ConnectionLostError": 1,
        "hubspot_timeline_requests_total status_code=201": 1,
        "hubspot_timeline_retries_total error_type=RateLimitError": 1,
        "hubspot_timeline_retries_total error_type=ConnectionLostError": 1,
        "hubspot_timeline_wait_duration_seconds_total reason=retry_after": 3.25,
        "hubspot_timeline_wait_duration_seconds_total reason=backoff": 0.5,
        "hubspot_timeline_batch_duration_seconds_count": 1,
        "hubspot_timeline_batch_duration_seconds_sum": 3.75,
        "hubspot_timeline_batch_size_count": 1,
        "hubspot_timeline_batch_size_sum": 5,
        "hubspot_timeline_queue_size": 0,
        "hubspot_timeline_queue_dropped_total": 0,
    }


def test_a_forked_child_does_not_wait_for_a_lock_of_its_parent() -> None:
    """Which no thread of the child would release. It counts from zero, since its parent reports what was before."""
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    observer.event_dropped()
    with observer._lock:  # noqa: SLF001 - as another thread might hold it
        child = os.fork()
        if not child:
            signal.alarm(10)  # else a child that waits would never end
            observer.event_dropped()
            os._exit(registry.get_sample_value("hubspot_timeline_queue_dropped_total") != 1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(("accounts", "labels"), [(False, [""]), (True, [" account=hub-a", " account=hub-b"])])
def test_accounts_are_labels_only_by_option(pool: PoolRunner, accounts: bool, labels: list[str]) -> None:
    """Two pools may share an observer, but no two observers a registry."""
    service, registry = AccountService("hub-a", "hub-b"), CollectorRegistry()
    events = [event_of(account, 1) for account in ("hub-a", "hub-b")]
    observer = PrometheusObserver(registry, accounts=accounts)
    send = lambda pool: pool.send(events, account="portal")  # noqa: E731
    for duplicates in ("reject", "ok"):
        pool.run(service.respond, send, service.tokens, observer=observer, duplicates=duplicates)

    created = {name for name in samples(registry) if name.endswith("outcome=created")}
    names = [
        f"hubspot_timeline_events_total{label} duplicate={existed}" for label in labels for existed in ("false", "true")
    ]
    assert created == {f"{name} outcome=created" for name in names}
    with pytest.raises(ValueError, match="Duplicated timeseries"):
        PrometheusObserver(registry)
