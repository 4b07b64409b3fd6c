"""The delivery of one batch: a generator without I/O, which threads and coroutines drive alike.

It yields Send (the driver replies with a BatchResponse or a TimelineError), Wait and Abort (the reply is None), and
returns a DeliveryResult with one outcome for each event. A 2xx response is reconciled by id; events that it leaves open
are sent again with the same ids. A refused batch is sent again without the events that the refusal names, or split
until the invalid events stand alone. What is still ambiguous at the end is Unconfirmed, never a guess.

On a reused connection, a response may belong to an earlier request, or to none; the ids that it contains show that it
does not. A refusal without them is not trusted: the events are sent again, on a connection that is new.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import accumulate, chain
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.outcomes import Created, Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.delivery.reconciliation import as_error, reconcile
from hubspot_timeline.delivery.response import BatchResponse, named_ids, quoted_ids
from hubspot_timeline.delivery.retry import Refresh, Retry, RetryPolicy, Split, Stop, decide
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

_ADVICE = "it may have been created. Send it again with the same id."
_MISSING = InvalidResponseError(f"The response names the event neither as created nor as refused; {_ADVICE}")
_UNATTRIBUTED = InvalidResponseError(
    f"The response refuses events without naming them, and does not list this one; {_ADVICE}"
)
_EARLIER_RUN = ConnectionLostError(f"An earlier run ended before the response for the event arrived; {_ADVICE}")


class Send(Struct, frozen=True):
    """Send these events as one request, and reply with its response.

    `new_connection`: no other request may have been sent on its connection before.
    """

    items: Batch
    new_connection: bool = False


class Wait(Struct, frozen=True):
    """Wait this many seconds; `error` is the reason."""

    seconds: float
    error: TimelineError


class Abort(Struct, frozen=True):
    """No request of this run can succeed: reply to every later Send with a StoppedError."""

    error: TimelineError


class CreatedBatch(Struct, frozen=True):
    """Events that one response lists as created. Iterating makes their outcomes; most runs only count them."""

    items: Batch
    attempts: int
    response: BatchResponse

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Created]:
        for item in self.items:
            yield Created(item.position, item.event, item.id, self.attempts, self.response, body=item.body)


class DeliveryResult(Struct, frozen=True):
    """The outcome of each event of a batch, how many requests it took, and how many of those were retries.

    `created_batches` hold created events, `others` all other outcomes. `is_resumed`: an earlier run settled them, as
    its journal shows.
    """

    others: Sequence[Outcome]
    requests: int = 0
    retried: int = 0
    is_resumed: bool = False
    created_batches: Sequence[CreatedBatch] = ()

    @property
    def outcomes(self) -> Iterator[Outcome]:
        """The outcome of each event."""
        return chain(*self.created_batches, self.others)

    @property
    def created(self) -> int:
        """How many events are created."""
        return sum(map(len, self.created_batches)) + sum(isinstance(outcome, Created) for outcome in self.others)

    def __len__(self) -> int:
        return sum(map(len, self.created_batches)) + len(self.others)


Step: TypeAlias = Send | Wait | Abort
Reply: TypeAlias = BatchResponse | TimelineError | None
Delivery: TypeAlias = Generator[Step, Reply, DeliveryResult]


def unexpected_failure(batch: Batch, error: BaseException) -> DeliveryResult:
    """Return the outcomes of a batch whose delivery raised an error that is not ours: nothing is known of them."""
    reason = ConnectionLostError(f"Delivery failed unexpectedly ({type(error).__name__}: {error}). Please report this.")
    reason.__cause__ = error
    return DeliveryResult([_failure(Unconfirmed, item, 1, reason) for item in batch])


def deliver(batch: Batch, policy: RetryPolicy, chance: Callable[[], float]) -> Delivery:
    """Deliver a batch; `chance` returns a random number from 0 to 1, which the length of a wait depends on."""
    is_ambiguous = batch[0].is_ambiguous
    parts = [_Part(batch, is_ambiguous=is_ambiguous, last_error=_EARLIER_RUN if is_ambiguous else None)]
    created_batches: list[CreatedBatch] = []
    others: list[Outcome] = []
    requests = retried = 0
    while parts:
        part = parts.pop()
        reply = yield Send(part.items, part.attempts > 0)
        if not isinstance(reply, StoppedError):
            requests += 1
            retried += part.attempts > 0
        next_steps = _Evaluation(policy, chance()).of(part, reply)
        created_batches += next_steps.created_batches
        others += next_steps.others
        parts += reversed(next_steps.parts)
        if next_steps.step:
            yield next_steps.step
    return DeliveryResult(others, requests, retried, created_batches=created_batches)


class _Part(Struct, frozen=True):
    """Events that are sent together, and what is known of them so far.

    `attempts` counts the requests that carried them, `retries` those of them that failed temporarily. `is_ambiguous`: a
    response was lost that may have listed them as created. `is_refreshed`: the last request was refused for its access
    token. `is_unattributed`: a response did not say which of them it refused. `last_error` is what hid the response.
    `unverified`: the last response, a refusal that may have hidden the one for this request.
    """

    items: Batch
    attempts: int = 0
    retries: int = 0
    waited: float = 0.0
    is_ambiguous: bool = False
    is_refreshed: bool = False
    is_unattributed: bool = False
    last_error: TimelineError | None = None
    unverified: ApiError | None = None

    def give_up(self, error: TimelineError) -> list[Outcome]:
        kind = Unconfirmed if self.is_ambiguous or self.is_unattributed or self.unverified else Unsent
        if kind is Unconfirmed and isinstance(error, StoppedError):  # the events were sent: only the response is open
            error = self.last_error or error
        return [_failure(kind, item, self.attempts, error) for item in self.items]

    def refused(self, item: Item, error: ApiError) -> Outcome:
        """Return the outcome of an event that the service refused by itself.

        After a lost response only "exists already" is certain: any other refusal could be how the service reports an
        existing id. An unattributed response listed what it had created, if it was complete; so a refusal by the
        service itself is trusted then, and one by an edge server (which has no JSON body) is not.
        """
        if (self.is_ambiguous or self.is_unattributed) and error.says_exists:
            return Created(item.position, item.event, item.id, self.attempts, body=item.body)
        is_open = self.is_ambiguous or (self.is_unattributed and not error.body)
        return _failure(Unconfirmed if is_open else Rejected, item, self.attempts, error)

    def split(self, *, by_bytes: bool = False) -> list["_Part"]:
        weights = list(accumulate(len(item.body) if by_bytes else 1 for item in self.items))
        cut = sum(1 for weight in weights[:-1] if weight * 2 <= weights[-1]) or 1
        return [replace(self, items=self.items[:cut]), replace(self, items=self.items[cut:])]


class _NextSteps(Struct, frozen=True):
    """What follows a reply: outcomes that are certain now, parts still to send, and a step to take before."""

    others: list[Outcome] = []
    parts: list[_Part] = []
    step: Wait | Abort | None = None
    created_batches: Sequence[CreatedBatch] = ()


class _Evaluation(Struct, frozen=True):
    """How a delivery continues after a reply; `chance` is a random number from 0 to 1."""

    policy: RetryPolicy
    chance: float

    def of(self, part: _Part, reply: Reply) -> _NextSteps:
        if isinstance(reply, StoppedError):
            return _NextSteps(part.give_up(reply))
        refused_again = part.is_refreshed and isinstance(reply, AuthenticationError)
        refusal, unverified = _refusal(reply), part.unverified
        part = replace(part, attempts=part.attempts + 1, is_refreshed=refused_again, unverified=None)
        if unverified and not _is_repeated(unverified, refusal):
            part = replace(part, is_unattributed=True)
        if refusal and self._is_unverified(part, reply, refusal):
            return _NextSteps(parts=[replace(part, unverified=refusal, last_error=refusal)])
        if isinstance(reply, BatchResponse):
            return self._after_error(part, reply.error) if reply.error else self._after_response(part, reply)
        return self._after_error(part, reply or InvalidResponseError("There was no response"))

    def _is_unverified(self, part: _Part, reply: Reply, refusal: ApiError) -> bool:
        """Return whether a refusal must be repeated on a new connection before it ends an event.

        Only the first request of a part may use another connection; a transport that ignores that causes no loop.
        """
        if part.attempts > 1 or not isinstance(reply, BatchResponse | ApiError) or not reply.may_be_unsolicited:
            return False
        decision = decide(refusal, part.retries + 1, self.policy, self.chance)
        return not isinstance(decision, Retry) and not _contains_id(reply, refusal, part.items)

    def _after_error(self, part: _Part, error: TimelineError) -> _NextSteps:
        first, *others = part.items
        decision = decide(error, part.retries + 1, self.policy, self.chance)
        match decision:
            case Split() if others and isinstance(error, ApiError):
                return self._after_refusal(part, error)
            case Split() if isinstance(error, ApiError):
                return _NextSteps([part.refused(first, error)])
            case Refresh() if not part.is_refreshed:
                return _NextSteps(parts=[replace(part, is_refreshed=True)])
            case Split() | Refresh() | Stop():
                return _NextSteps(part.give_up(error), step=Abort(error))
        part = replace(
            part,
            retries=part.retries + 1,
            waited=part.waited + decision.seconds,
            is_ambiguous=part.is_ambiguous or decision.is_ambiguous,
            last_error=error if decision.is_ambiguous else part.last_error,
        )
        if part.retries >= self.policy.attempts or part.waited > self.policy.wait_total:
            is_unreachable = isinstance(error, NotConnectedError)
            return _NextSteps(part.give_up(error), step=Abort(error) if is_unreachable else None)
        return _NextSteps(parts=[part], step=Wait(decision.seconds, error))

    def _after_refusal(self, part: _Part, error: ApiError) -> _NextSteps:
        """Settle the events that the refusal names and send the others again; if it names none, split."""
        named = named_ids(error.body, [item.id for item in part.items])
        refused = [part.refused(item, error) for item in part.items if item.id in named]
        others = tuple(item for item in part.items if item.id not in named)
        if not named:
            return _NextSteps(parts=part.split(by_bytes=isinstance(error, PayloadTooLargeError)))
        return _NextSteps(refused, [replace(part, items=others)] if others else [])

    def _after_response(self, part: _Part, response: BatchResponse) -> _NextSteps:
        result = reconcile(part.items, response, is_ambiguous=part.is_ambiguous or part.is_unattributed)
        created_batches = [CreatedBatch(result.created, part.attempts, response)] if result.created else []
        refused = [part.refused(item, as_error(errors)) for item, errors in result.refused]
        rest = self._after_error(replace(part, items=result.missing), _MISSING) if result.missing else _NextSteps()
        # Any of the unattributed may be created and only not be listed: then "exists already" will confirm it.
        unattributed = replace(part, items=result.unattributed, is_unattributed=True, last_error=_UNATTRIBUTED)
        parts = unattributed.split() if result.unattributed else []
        return _NextSteps(refused + rest.others, parts + rest.parts, rest.step, created_batches)


def _refusal(reply: Reply) -> ApiError | None:
    """Return the refusal that a reply is or, as a response to a batch, contains."""
    if isinstance(reply, BatchResponse):
        return as_error(reply.errors) if reply.errors else None
    return reply if isinstance(reply, ApiError) else None


def _is_repeated(refusal: ApiError, by: ApiError | None) -> bool:
    """Return whether the same events are refused for the same reason."""
    return by is not None and type(by) is type(refusal) and by.says_exists == refusal.says_exists


def _contains_id(reply: BatchResponse | ApiError, refusal: ApiError, items: Batch) -> bool:
    """Return whether a reply with a refusal contains an id of the request, so that it belongs to no other."""
    ids = [item.id for item in items]
    is_listed = isinstance(reply, BatchResponse) and not reply.created_ids.isdisjoint(ids)
    return is_listed or bool(quoted_ids(refusal.body, ids))


def _failure(
    kind: type[Rejected] | type[Unconfirmed] | type[Unsent], item: Item, attempts: int, error: TimelineError
) -> Outcome:
    return kind(item.position, item.event, item.id, attempts, error, body=item.body)
