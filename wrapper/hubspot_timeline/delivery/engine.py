"""The delivery of one batch: a generator without I/O, so that threads and coroutines drive the same one.

It yields Send (answered with a BatchAnswer or a TimelineError), Wait and Halt (answered with None), and returns a
Delivered with one outcome for each event. A 2xx is settled by id; what it leaves open is asked again with the same
ids. A refused batch is sent again without the events that the refusal names, or halved until those at fault stand
alone. What still is unclear at the end is Unconfirmed, never a guess.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import accumulate, chain
from typing import TypeAlias

from attrs import evolve, field, frozen

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.outcomes import Created, Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.delivery.reconciliation import as_error, reconcile
from hubspot_timeline.delivery.response import BatchAnswer, named_events
from hubspot_timeline.delivery.retry import Halve, Renew, RetryPolicy, Stop, decide
from hubspot_timeline.errors import (
    ApiError,
    AuthenticationError,
    ConnectionLostError,
    InvalidResponseError,
    NotConnectedError,
    PayloadTooLargeError,
    StoppedError,
    TimelineError,
)

_AGAIN = "it may have been created. Send it again with the same id."
_SILENT = InvalidResponseError(f"The answer names the event neither as created nor as refused; {_AGAIN}")
_MIXED = InvalidResponseError(f"The answer refuses events without naming them, and does not list this one; {_AGAIN}")
_EARLIER = ConnectionLostError(f"An earlier run ended before it knew the answer for the event; {_AGAIN}")


@frozen
class Send:
    """Send these events as one request and answer with what came back."""

    items: Batch


@frozen
class Wait:
    """Let so many seconds pass; `error` says what for."""

    seconds: float
    error: TimelineError


@frozen
class Halt:
    """No request of this run can succeed: answer every later Send with a StoppedError."""

    error: TimelineError


@frozen
class Confirmed:
    """Events that one answer lists as created. Their outcomes are made when somebody looks; most runs only count."""

    items: Batch
    attempts: int
    answer: BatchAnswer

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Created]:
        for item in self.items:
            yield Created(item.position, item.event, item.id, self.attempts, self.answer, body=item.body)


@frozen
class Delivered:
    """What became of each event of a batch, how many requests it took, and how many of those carried events again.

    `confirmed` are created, and `single` has the outcomes of all others.
    `is_resumed`: an earlier run did so, and its journal knows.
    """

    single: Sequence[Outcome]
    requests: int = 0
    retried: int = 0
    is_resumed: bool = False
    confirmed: Sequence[Confirmed] = ()

    @property
    def outcomes(self) -> Iterator[Outcome]:
        """The outcome of each event."""
        return chain(*self.confirmed, self.single)

    @property
    def created(self) -> int:
        """How many events are created."""
        return sum(map(len, self.confirmed)) + sum(isinstance(outcome, Created) for outcome in self.single)

    def __len__(self) -> int:
        return sum(map(len, self.confirmed)) + len(self.single)


Step: TypeAlias = Send | Wait | Halt
Reply: TypeAlias = BatchAnswer | TimelineError | None
Delivery: TypeAlias = Generator[Step, Reply, Delivered]


def undelivered(batch: Batch, error: BaseException) -> Delivered:
    """Return the outcomes of a batch whose delivery failed in a way that nobody foresaw: nothing is known of it."""
    reason = ConnectionLostError(f"Delivery failed unexpectedly ({type(error).__name__}: {error}). Please report this.")
    reason.__cause__ = error
    return Delivered([Unconfirmed(item.position, item.event, item.id, 1, reason, body=item.body) for item in batch])


def deliver(batch: Batch, policy: RetryPolicy, chance: Callable[[], float]) -> Delivery:
    """Deliver a batch; `chance` returns a random number from 0 to 1 for the length of a wait."""
    parts = [_Part(batch, unclear=batch[0].is_unclear, last=_EARLIER if batch[0].is_unclear else None)]
    confirmed: list[Confirmed] = []
    single: list[Outcome] = []
    requests = retried = 0
    while parts:
        part = parts.pop()
        reply = yield Send(part.items)
        if not isinstance(reply, StoppedError):
            requests += 1
            retried += part.attempts > 0
        after = _Course(policy, chance()).after(part, reply)
        confirmed += after.confirmed
        single += after.single
        parts += reversed(after.parts)
        if after.step:
            yield after.step
    return Delivered(single, requests, retried, confirmed=confirmed)


@frozen
class _Part:
    """Events that are sent together, and what was learnt of them so far."""

    items: Batch
    attempts: int = 0  # requests that carried them
    retries: int = 0  # of these, how many ended in a passing trouble
    waited: float = 0.0
    unclear: bool = False  # whether an answer was lost that may have told of their creation
    renewed: bool = False  # whether the request before was refused over its token
    mixed: bool = False  # whether an answer did not tell which of them it had refused
    last: TimelineError | None = None  # what hid the answer

    def give_up(self, error: TimelineError) -> list[Outcome]:
        kind = Unconfirmed if self.unclear or self.mixed else Unsent
        if kind is Unconfirmed and isinstance(error, StoppedError):  # it was sent: what is open is the answer
            error = self.last or error
        return [kind(item.position, item.event, item.id, self.attempts, error, body=item.body) for item in self.items]

    def refused(self, item: Item, error: ApiError) -> Outcome:
        """Return the outcome of an event that the service refused by itself.

        After a lost answer only "exists already" is certain: what else is said could be the service's way of saying it.
        An answer that was mixed listed what it had created, if it was whole; so what the service itself says of the
        others is believed, and what a page of an edge server says is not.
        """
        if (self.unclear or self.mixed) and error.says_exists:
            return Created(item.position, item.event, item.id, self.attempts, body=item.body)
        is_open = self.unclear or (self.mixed and not error.body)
        kind = Unconfirmed if is_open else Rejected
        return kind(item.position, item.event, item.id, self.attempts, error, body=item.body)

    def halves(self, *, by_bytes: bool = False) -> list["_Part"]:
        weights = list(accumulate(len(item.body) if by_bytes else 1 for item in self.items))
        cut = sum(1 for weight in weights[:-1] if weight * 2 <= weights[-1]) or 1
        return [evolve(self, items=self.items[:cut]), evolve(self, items=self.items[cut:])]


@frozen
class _After:
    """What follows a reply: outcomes that are certain now, parts still to send, and a step to take before."""

    single: list[Outcome] = field(factory=list)
    parts: list[_Part] = field(factory=list)
    step: Wait | Halt | None = None
    confirmed: Sequence[Confirmed] = ()


@frozen
class _Course:
    """How a delivery goes on; `chance` is this reply's random number from 0 to 1."""

    policy: RetryPolicy
    chance: float

    def after(self, part: _Part, reply: Reply) -> _After:
        if isinstance(reply, StoppedError):
            return _After(part.give_up(reply))
        refused_again = part.renewed and isinstance(reply, AuthenticationError)
        part = evolve(part, attempts=part.attempts + 1, renewed=refused_again)
        if isinstance(reply, BatchAnswer):
            return self._after_trouble(part, reply.trouble) if reply.trouble else self._after_answer(part, reply)
        return self._after_trouble(part, reply or InvalidResponseError("There was no answer"))

    def _after_trouble(self, part: _Part, error: TimelineError) -> _After:
        first, *others = part.items
        decision = decide(error, part.retries + 1, self.policy, self.chance)
        match decision:
            case Halve() if others and isinstance(error, ApiError):
                return self._after_refusal(part, error)
            case Halve() if isinstance(error, ApiError):
                return _After([part.refused(first, error)])
            case Renew() if not part.renewed:
                return _After(parts=[evolve(part, renewed=True)])
            case Halve() | Renew() | Stop():
                return _After(part.give_up(error), step=Halt(error))
        part = evolve(
            part,
            retries=part.retries + 1,
            waited=part.waited + decision.seconds,
            unclear=part.unclear or decision.unclear,
            last=error if decision.unclear else part.last,
        )
        if part.retries >= self.policy.attempts or part.waited > self.policy.wait_total:
            unreachable = isinstance(error, NotConnectedError)
            return _After(part.give_up(error), step=Halt(error) if unreachable else None)
        return _After(parts=[part], step=Wait(decision.seconds, error))

    def _after_refusal(self, part: _Part, error: ApiError) -> _After:
        """Set aside the events that the refusal names and send the others again; else look for them by halves."""
        named = named_events(error.body, [item.id for item in part.items])
        single = [part.refused(item, error) for item in part.items if item.id in named]
        others = tuple(item for item in part.items if item.id not in named)
        if not named:
            return _After(parts=part.halves(by_bytes=isinstance(error, PayloadTooLargeError)))
        return _After(single, [evolve(part, items=others)] if others else [])

    def _after_answer(self, part: _Part, answer: BatchAnswer) -> _After:
        said = reconcile(part.items, answer, unclear=part.unclear or part.mixed)
        confirmed = [Confirmed(said.created, part.attempts, answer)] if said.created else []
        single = [part.refused(item, as_error(errors)) for item, errors in said.refused]
        rest = self._after_silence(evolve(part, items=said.silent)) if said.silent else _After()
        # Any of the mixed may be created and only not listed: then "exists already" will be its confirmation.
        parts = evolve(part, items=said.mixed, mixed=True, last=_MIXED).halves() if said.mixed else []
        return _After(single + rest.single, parts + rest.parts, rest.step, confirmed)

    def _after_silence(self, part: _Part) -> _After:
        return self._after_trouble(part, _SILENT)
