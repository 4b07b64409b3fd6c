"""What follows the reply to one request of a delivery: outcomes, parts to send again, a step; a pure function."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from hubspot_timeline.apis import Api
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.outcomes import Outcome
from hubspot_timeline.delivery.part import Part
from hubspot_timeline.delivery.reconciliation import as_error, reconcile
from hubspot_timeline.delivery.response import BatchResponse, named_ids, quoted_ids
from hubspot_timeline.delivery.retry import Refresh, Retry, RetryPolicy, Split, Stop, decide
from hubspot_timeline.delivery.steps import Abort, CreatedBatch, Reply, Wait
from hubspot_timeline.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    InvalidResponseError,
    NotConnectedError,
    PayloadTooLargeError,
    StoppedError,
    TimelineError,
)

ADVICE = "it may have been created. Send it again with the same id."
_MISSING = InvalidResponseError(f"The response names the event neither as created nor as refused; {ADVICE}")
_UNATTRIBUTED = InvalidResponseError(
    f"The response refuses events without naming them, and does not list this one; {ADVICE}"
)


class NextSteps(Struct, frozen=True):
    """What follows a reply: outcomes that are certain now, parts still to send, and a step to take before.

    `unsettled` is a part that a lost request may have created, and that is refused now. `refusal`: the API refuses the
    access token for good, and the fallback takes its place.
    """

    others: list[Outcome] = []
    parts: list[Part] = []
    step: Wait | Abort | None = None
    created_batches: Sequence[CreatedBatch] = ()
    unsettled: Part | None = None
    refusal: TimelineError | None = None


class Evaluation(Struct, frozen=True):
    """How a delivery continues after a reply; `chance` is a random number from 0 to 1."""

    api: Api
    has_fallback: bool
    retry: RetryPolicy
    chance: float

    def of(self, part: Part, reply: Reply) -> NextSteps:
        """Return what follows the reply to a request with the events of a part."""
        if isinstance(reply, StoppedError):
            return NextSteps(part.give_up(reply))
        refused_again = part.is_refreshed and isinstance(reply, AuthenticationError)
        unverified = part.unverified
        part = replace(part, attempts=part.attempts + 1, is_refreshed=refused_again, unverified=None)
        if unverified and not _is_repeated(unverified, reply):
            part = replace(part, is_unattributed=True)
        elif isinstance(unverified, ConflictError):  # what exists now may have been created by the request before
            part = replace(part, is_ambiguous=True)
        if refusal := self._unverified_refusal(part, reply):
            return NextSteps(parts=[replace(part, unverified=refusal, last_error=refusal)])
        if isinstance(reply, BatchResponse):
            return self._after_error(part, reply.error) if reply.error else self._after_response(part, reply)
        return self._after_error(part, reply or InvalidResponseError("There was no response"))

    def _unverified_refusal(self, part: Part, reply: Reply) -> ApiError | None:
        """Return the refusal in a reply if it must be repeated on a new connection before it ends an event.

        Only the first request of a part may use another connection; a transport that ignores that causes no loop.
        """
        match reply:
            case BatchResponse() if reply.errors:
                refusal: ApiError = as_error(reply.errors)
            case ApiError():
                refusal = reply
            case _:
                return None
        if part.attempts > 1 or not reply.may_be_unsolicited or _contains_id(reply, refusal, part.items):
            return None
        return None if isinstance(decide(refusal, part.attempts, self.retry, self.chance), Retry) else refusal

    def _after_error(self, part: Part, error: TimelineError) -> NextSteps:
        first, *others = part.items
        decision = decide(error, part.retries + 1, self.retry, self.chance)
        match decision:
            case Split() if others and isinstance(error, ApiError):
                if part.is_ambiguous and self.api.is_atomic and not part.is_unattributed:
                    return NextSteps(unsettled=part)
                return self._after_refusal(part, error)
            case Split() if isinstance(error, ApiError):
                return NextSteps([part.refused(first, error)])
            case Refresh() if not part.is_refreshed:
                return NextSteps(parts=[replace(part, is_refreshed=True)])
            case Split() | Refresh() | Stop():
                if isinstance(error, AuthenticationError) and self.has_fallback:
                    return NextSteps(parts=[part], refusal=error)
                return NextSteps(part.give_up(error), step=Abort(error))
        part = replace(
            part,
            retries=part.retries + 1,
            waited=part.waited + decision.seconds,
            is_ambiguous=part.is_ambiguous or decision.is_ambiguous,
            last_error=error if decision.is_ambiguous else part.last_error,
        )
        if part.retries >= self.retry.attempts or part.waited > self.retry.wait_total:
            is_unreachable = isinstance(error, NotConnectedError)
            return NextSteps(part.give_up(error), step=Abort(error) if is_unreachable else None)
        return NextSteps(parts=[part], step=Wait(decision.seconds, error))

    def _after_refusal(self, part: Part, error: ApiError) -> NextSteps:
        """Settle the events that the refusal names and send the others again; if it names none, split."""
        ids = named_ids(error.body, [item.id for item in part.items])
        named = [item for item in part.items if item.id in ids]
        others = tuple(item for item in part.items if item.id not in ids)
        if not named:
            return NextSteps(parts=part.split(by_bytes=isinstance(error, PayloadTooLargeError)))
        rest = [replace(part, items=others)] if others else []
        if self.api.is_atomic:  # which is refused as a whole, so that the error may name all of it
            return NextSteps(parts=[replace(part, items=(item,)) for item in named] + rest)
        return NextSteps([part.refused(item, error) for item in named], rest)

    def _after_response(self, part: Part, response: BatchResponse) -> NextSteps:
        is_mixed = part.duplicates == "ok" and len({as_error([each]).says_exists for each in response.errors}) > 1
        result = reconcile(part.items, response, is_ambiguous=part.is_ambiguous or part.is_unattributed or is_mixed)
        created_batches = [CreatedBatch(result.created, part.attempts, response)] if result.created else []
        refused = [part.refused(item, as_error(errors)) for item, errors in result.refused]
        is_partial = part.is_unattributed or len(result.missing) < len(part.items)
        missing = replace(part, items=result.missing, is_unattributed=is_partial)
        rest = self._after_error(missing, _MISSING) if result.missing else NextSteps()
        # Any of the unattributed may be created and only not be listed: then "exists already" will confirm it.
        unattributed = replace(part, items=result.unattributed, is_unattributed=True, last_error=_UNATTRIBUTED)
        parts = unattributed.split() if result.unattributed else []
        return NextSteps(refused + rest.others, parts + rest.parts, rest.step, created_batches)


def _is_repeated(refusal: ApiError, reply: Reply) -> bool:
    """Return whether a reply refuses all events for the same reason, and none because it exists now."""
    errors = [as_error([each]) for each in reply.errors] if isinstance(reply, BatchResponse) else [reply]
    return all(type(error) is type(refusal) for error in errors)


def _contains_id(reply: BatchResponse | ApiError, refusal: ApiError, items: Batch) -> bool:
    """Return whether a reply with a refusal contains an id of the request, so that it belongs to no other."""
    ids = [item.id for item in items]
    is_listed = isinstance(reply, BatchResponse) and not reply.created_ids.isdisjoint(ids)
    return is_listed or bool(quoted_ids(refusal.body, ids))
