"""Events that are sent together, and what is known of them so far."""

from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from hubspot_timeline.delivery.batches import Batch, Item
from hubspot_timeline.delivery.outcomes import Created, Duplicates, Outcome, Rejected, Unconfirmed, Unsent
from hubspot_timeline.errors import ApiError, StoppedError, TimelineError


class Part(Struct, frozen=True):
    """Events that are sent together, and what is known of them so far.

    `attempts` counts the requests that carried them, `retries` those of them that failed temporarily. `is_ambiguous`: a
    response was lost that may have listed them as created. `is_refreshed`: the last request was refused for its access
    token. `is_unattributed`: a response did not say which of them it refused. `last_error` is what hid the response.
    `unverified`: the last response, a refusal that may have hidden the one for this request.
    `opened_by`: the version of the API through which an earlier run may have created them, each with other events.
    """

    items: Batch
    duplicates: Duplicates = "reject"
    attempts: int = 0
    retries: int = 0
    waited: float = 0.0
    is_ambiguous: bool = False
    is_refreshed: bool = False
    is_unattributed: bool = False
    last_error: TimelineError | None = None
    opened_by: str | None = None
    unverified: ApiError | None = None

    @property
    def is_open(self) -> bool:
        """Whether an earlier request may have created the events."""
        return self.is_ambiguous or self.is_unattributed

    def give_up(self, error: TimelineError) -> list[Outcome]:
        """Return the outcomes of events that are not sent again."""
        kind = Unconfirmed if self.is_open or self.unverified else Unsent
        if kind is Unconfirmed and isinstance(error, StoppedError):  # the events were sent: only the response is open
            error = self.last_error or error
        return [failure(kind, item, self.attempts, error) for item in self.items]

    def refused(self, item: Item, error: ApiError) -> Outcome:
        """Return the outcome of an event that the service refused by itself.

        After a lost response only "exists already" is certain: any other refusal could be how the service reports an
        existing id. An unattributed response listed what it had created, if it was complete; so a refusal by the
        service itself is trusted then, and one by an edge server (which has no JSON body) is not.
        """
        if error.says_exists and (self.duplicates == "ok" or self.is_open):
            return self.created(item, existed=not self.is_open)
        is_open = self.is_ambiguous or (self.is_unattributed and not error.body)
        return failure(Unconfirmed if is_open else Rejected, item, self.attempts, error)

    def created(self, item: Item, *, existed: bool = False) -> Created:
        """Return the outcome of an event that is created, though no response lists it."""
        return Created(item.position, item.event, item.id, self.attempts, body=item.body, existed=existed)

    def split(self, *, by_bytes: bool = False) -> list["Part"]:
        """Return two parts of about half the events, or of half the bytes."""
        weights = list(accumulate(len(item.body) if by_bytes else 1 for item in self.items))
        cut = sum(1 for weight in weights[:-1] if weight * 2 <= weights[-1]) or 1
        return [replace(self, items=self.items[:cut]), replace(self, items=self.items[cut:])]


def failure(
    kind: type[Rejected] | type[Unconfirmed] | type[Unsent], item: Item, attempts: int, error: TimelineError
) -> Outcome:
    """Return an outcome other than Created."""
    return kind(item.position, item.event, item.id, attempts, error, body=item.body)
