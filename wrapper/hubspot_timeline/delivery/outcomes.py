"""Outcomes: Created, Rejected, Unconfirmed or Unsent, exactly one for each event; and the report of a run."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from attrs import define, evolve, field, frozen
from msgspec import Struct

from hubspot_app_events_api.models import AppEvent
from hubspot_timeline.delivery.response import BatchResponse
from hubspot_timeline.errors import ApiError, TimelineError, counted
from hubspot_timeline_api.models import TimelineEvent, TimelineEventResult

EventLike: TypeAlias = TimelineEvent | AppEvent | Mapping[str, Any]
"""An event as a caller may give it: a generated TimelineEvent or AppEvent, or a mapping in JSON field names."""

Duplicates: TypeAlias = Literal["ok", "reject"]
"""What an event becomes whose id existed before: Created with `existed`, or Rejected with `is_duplicate`."""


class MadeEvent(Struct, frozen=True):
    """The event that was made of an object from the input, None if that raised, and its account in a pool."""

    event: object
    source: object
    account: str | None = None


@frozen
class Outcome:
    """The outcome of one event.

    `position` counts the events of the run from 0. `payload` is what the event was when it was read, which differs if
    the input reuses the object for the next event. `id` is the id that was sent, None if the event has no usable one.
    `attempts` is how many requests carried the event.
    """

    position: int
    _given: object = field(repr=False, alias="event")  # its repr is long, and the id identifies it
    id: str | None
    attempts: int
    _body: bytes | None = field(default=None, kw_only=True, repr=False, eq=False, alias="body")

    @property
    def event(self) -> object:
        """The event that was given, or that `make` returned; None if `make` raised."""
        return self._given.event if isinstance(self._given, MadeEvent) else self._given

    @property
    def source(self) -> object:
        """The object from the input: with `make` the row that it was called with, else the event itself."""
        return self._given.source if isinstance(self._given, MadeEvent) else self._given

    @property
    def account(self) -> str | None:
        """The account that an AccountPool sends the event to; None with a client."""
        return self._given.account if isinstance(self._given, MadeEvent) else None

    @property
    def payload(self) -> Mapping[str, Any] | None:
        """The event in JSON field names, as it is sent; None for one that was rejected before it could be sent."""
        return None if self._body is None else json.loads(self._body)


@frozen
class Created(Outcome):
    """The service has the event exactly once.

    `existed`: it has an event with this id from before, and nothing was created; only with `duplicates="ok"`. False
    after a lost response, since the lost request may have created the event.
    """

    _response: BatchResponse | None = field(default=None, repr=False, eq=False, alias="response")  # of the whole batch
    existed: bool = field(default=False, kw_only=True)

    @property
    def raw(self) -> Mapping[str, Any] | None:
        """The service's result for the event, as JSON.

        None for an event that existed, or that "exists already" confirmed after a lost response, or that an earlier run
        of a journal created.
        """
        return None if self._response is None or self.id is None else self._response.results.get(self.id)

    @property
    def result(self) -> TimelineEventResult | None:
        """The service's result as the generated model. Raises what the model raises for a result that is not valid."""
        raw = self.raw
        return None if raw is None else TimelineEventResult.from_dict(raw)

    @property
    def app_event(self) -> AppEvent | None:
        """The same for an app event."""
        raw = self.raw
        return None if raw is None else AppEvent.from_dict(raw)


@frozen
class Rejected(Outcome):
    """The event was not created, and will not be unless it is changed.

    `error` is an EventError if the event is invalid or `make` raised, or the ApiError of the service. `is_duplicate`:
    the service has an event with this id from before.
    """

    error: TimelineError

    @property
    def is_duplicate(self) -> bool:
        """Return whether an event with the same id existed before."""
        return isinstance(self.error, ApiError) and self.error.says_exists


@frozen
class Unconfirmed(Outcome):
    """The event may have been created: `error` says why the response is unknown. Send it again with the same id."""

    error: TimelineError


@frozen
class Unsent(Outcome):
    """The event was not created; `error` says why. It can be sent again as it is."""

    error: TimelineError


Failure: TypeAlias = Rejected | Unconfirmed | Unsent


@define
class Report:
    """The counts of a run: created + rejected + unconfirmed + unsent = total.

    `existing` counts those of the created whose id existed before, `duplicates` those of the rejected; which of them it
    is, is the option `duplicates` of the client. `resumed` counts the events that had ended in an earlier run of the
    same journal. `failures` holds the first `max_failures` outcomes other than Created (None: all).
    `requests` counts all attempts at a request, also those without a connection or a token, and `retried` those of them
    that carried events again. `seconds` is how long the run took. `fallback_api` is the version of the API that took
    the place of v3 during the run, None if none did.
    """

    created: int = 0
    rejected: int = 0
    unconfirmed: int = 0
    unsent: int = 0
    existing: int = 0
    duplicates: int = 0
    resumed: int = 0
    requests: int = 0
    retried: int = 0
    seconds: float = 0.0
    fallback_api: str | None = None
    max_failures: int | None = field(default=None, repr=False)
    failures: list[Failure] = field(factory=list, repr=False)

    @property
    def total(self) -> int:
        """How many events were taken from the input."""
        return self.created + self.rejected + self.unconfirmed + self.unsent

    @property
    def failed(self) -> int:
        """How many events are not known to be created."""
        return self.total - self.created

    def copy(self) -> "Report":
        """Return the report as it is now."""
        return evolve(self, failures=list(self.failures))

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        name = type(outcome).__name__.lower()
        setattr(self, name, getattr(self, name) + 1)
        self.existing += isinstance(outcome, Created) and outcome.existed
        self.duplicates += isinstance(outcome, Rejected) and outcome.is_duplicate
        if isinstance(outcome, Rejected | Unconfirmed | Unsent) and self._has_room():
            self.failures.append(outcome)

    def _has_room(self) -> bool:
        return self.max_failures is None or len(self.failures) < self.max_failures

    def raise_for_failures(self) -> None:
        """Raise an ExceptionGroup of the errors in `failures` if any event is not known to be created.

        An error that several events share is in the group once; a note on it gives their positions.
        """
        if not self.failed:
            return
        were = "was" if self.failed == 1 else "were"
        message = f"{self.failed:,} of {counted(self.total, 'event')} {were} not created"
        raise ExceptionGroup(message, _with_positions(self.failures) or [TimelineError(message)])


def _with_positions(failures: Sequence[Failure]) -> list[TimelineError]:
    positions: dict[int, list[int]] = {}
    errors = {id(failure.error): failure.error for failure in failures}
    for failure in failures:
        positions.setdefault(id(failure.error), []).append(failure.position)
    for key, error in errors.items():
        numbers = ", ".join(map(str, positions[key]))
        note = f"Events at positions {numbers}" if len(positions[key]) > 1 else f"Event at position {numbers}"
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)
    return list(errors.values())
