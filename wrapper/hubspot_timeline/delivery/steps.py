"""What a delivery asks of its driver, and what it ends with."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from typing import TypeAlias

from msgspec import Struct

from hubspot_timeline.apis import Api
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.outcomes import Created, Outcome
from hubspot_timeline.delivery.response import BatchResponse
from hubspot_timeline.errors import TimelineError

NO_CONTEXT: AbstractContextManager[object] = nullcontext()


class Send(Struct, frozen=True):
    """Send these events as one request to an API, and reply with its response.

    `new_connection`: no other request may have been sent on its connection before. `context` is entered while the
    request is sent.
    """

    items: Batch
    api: Api
    new_connection: bool = False
    context: AbstractContextManager[object] = NO_CONTEXT


class Wait(Struct, frozen=True):
    """Wait this many seconds; `error` is the reason."""

    seconds: float
    error: TimelineError


class Abort(Struct, frozen=True):
    """No request of this run can succeed: reply to every later Send with a StoppedError."""

    error: TimelineError


class Switch(Struct, frozen=True):
    """Send what follows through the fallback API: `error`, if set, is why the API of the client is refused for good.

    The journal must record first that the fallback may create these events.
    """

    items: Batch
    error: TimelineError | None


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
    its journal shows. `fallback_api`: the version of the API that took the place of the client's, if one did.
    """

    others: Sequence[Outcome]
    requests: int = 0
    retried: int = 0
    is_resumed: bool = False
    created_batches: Sequence[CreatedBatch] = ()
    fallback_api: str | None = None

    @property
    def outcomes(self) -> Iterator[Outcome]:
        """The outcome of each event."""
        return chain(*self.created_batches, self.others)

    @property
    def created(self) -> int:
        """How many events are created."""
        return sum(map(len, self.created_batches)) + sum(isinstance(outcome, Created) for outcome in self.others)

    @property
    def account(self) -> str | None:
        """The account of the events in a pool."""
        for batch in self.created_batches:
            return batch.items[0].account
        return self.others[0].account if self.others else None

    def __len__(self) -> int:
        return sum(map(len, self.created_batches)) + len(self.others)


Step: TypeAlias = Send | Wait | Abort | Switch
Reply: TypeAlias = BatchResponse | TimelineError | None
Delivery: TypeAlias = Generator[Step, Reply, DeliveryResult]
