"""What outcomes must agree with: the service that the events were sent to, and those of the other client."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from hubspot_timeline import Created, Outcome, Rejected, Unsent
from tests.helpers.model_service import ModelService


@frozen
class Result:
    """What both clients must agree on for one event; generated ids differ."""

    position: int
    kind: type[Outcome]
    attempts: int
    existed: bool
    error: str

    @classmethod
    def of(cls, outcome: Outcome) -> "Result":
        """Return the result of an outcome."""
        existed = isinstance(outcome, Created) and outcome.existed
        return cls(outcome.position, type(outcome), outcome.attempts, existed, str(getattr(outcome, "error", "")))


def values_of(event: Mapping[str, Any]) -> Any:
    """Return the tokens of an event of v3, or the properties of an app event."""
    return event["tokens"] if "tokens" in event else event["properties"]


def require_true(
    outcome: Outcome, service: ModelService, existing: set[str], duplicates: str, *, is_resumed: bool = False
) -> None:
    """Compare an outcome with what the service has (G2, G4).

    `existing` are the ids from before the run, `duplicates` is the option of the client. `is_resumed`: an earlier run
    may have sent the event.
    """
    match outcome:
        case Created(existed=True):
            assert duplicates == "ok"
            assert outcome.raw is None
            assert outcome.id in existing
        case Created(raw=None) if outcome.id in existing:
            # "Exists already" after a lost response may be about another sender's event.
            assert outcome.attempts > 1 or is_resumed
        case Created():
            assert outcome.id is not None
            assert outcome.payload is not None
            assert values_of(service.created[outcome.id]) == values_of(outcome.payload)
        case Rejected() if outcome.is_duplicate:
            assert duplicates == "reject"
            assert outcome.id in existing
        case Rejected() | Unsent():
            assert outcome.id not in service.created or outcome.id in existing
