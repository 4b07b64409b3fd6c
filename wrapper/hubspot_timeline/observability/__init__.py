"""Observability: an observer is called with what a client does; OpenTelemetry and Prometheus have one each."""

from hubspot_timeline.observability.observer import (
    EventCount,
    ObservedBatch,
    ObservedRequest,
    ObservedRun,
    Observer,
    WaitReason,
)

__all__ = ["EventCount", "ObservedBatch", "ObservedRequest", "ObservedRun", "Observer", "WaitReason"]
