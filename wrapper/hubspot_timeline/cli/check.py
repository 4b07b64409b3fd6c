"""Reads events as a run does, cuts them into batches, and sends nothing."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator

from attrs import asdict, define, field

from hubspot_timeline.accounts.lanes import MIN_BUSY, Lanes
from hubspot_timeline.accounts.tokens import unknown_account
from hubspot_timeline.cli.failures import Failures
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.outcomes import Created, Unsent
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.errors import counted
from hubspot_timeline.execution.reader import EventReader, read_chunks


@define
class Counts:
    """How many events there are, and what a run would send.

    `resumed`: those that a journal has settled, by which they are valid or not. `unsent`: of the valid, those whose
    account has no access token. `bytes`: of the events that are `to_send`, in so many `batches`.
    """

    valid: int = 0
    invalid: int = 0
    resumed: int = 0
    unsent: int = 0
    to_send: int = 0
    batches: int = 0
    bytes: int = 0

    @property
    def total(self) -> int:
        """How many events were read."""
        return self.valid + self.invalid

    @property
    def failed(self) -> int:
        """How many would not be created."""
        return self.invalid + self.unsent

    def sentence(self) -> str:
        """Return what was read, in words."""
        if not self.total:
            return "Nothing was read."
        return f"{counted(self.total, 'event')} read: {self.valid:,} valid, {self.invalid:,} not."

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(mine + others for mine, others in zip(self._values(), other._values(), strict=True)))

    def _values(self) -> Iterable[int]:
        return asdict(self).values()


@define
class Check:
    """Counts events, by account if they have one, and reports what is wrong with them.

    `accounts`: those with an access token, None if that is not checked.
    """

    failures: Failures
    accounts: Container[str] | None = None
    by_account: dict[str | None, Counts] = field(factory=lambda: defaultdict(Counts), init=False)

    @property
    def counts(self) -> Counts:
        """The counts of all events."""
        return sum(self.by_account.values(), Counts())

    def read(self, rows: Iterable[object], reader: EventReader, lanes: Lanes | None = None) -> None:
        """Count the events of rows. `lanes` is what the reader cuts the batches of accounts with. Raises JournalError.

        As in a run, batches that are not full are cut once too many events wait in `lanes`.
        """
        for chunk in read_chunks(rows, reader):
            for part in reader.batches(chunk):
                self._count(part, lanes)
            while lanes and lanes.is_full:
                for batch in lanes.of_idle_accounts(MIN_BUSY):
                    self._count(batch, lanes)
        for batch in reader.last_batches():
            self._count(batch, lanes)
        reader.check_length()

    def _count(self, part: Batch | DeliveryResult, lanes: Lanes | None) -> None:
        if isinstance(part, DeliveryResult):
            self._count_outcomes(part)
            return
        if lanes:
            lanes.remove(part)
        counts = self.by_account[account := part[0].account]
        counts.valid += len(part)
        if account is not None and self.accounts is not None and account not in self.accounts:
            counts.unsent += len(part)
            for outcome in self._unsent(part, account):
                self.failures.report(outcome)
        else:
            counts.to_send += len(part)
            counts.batches += 1
            counts.bytes += sum(len(item.body) for item in part)

    def _count_outcomes(self, result: DeliveryResult) -> None:
        for outcome in result.outcomes:
            counts = self.by_account[outcome.account]
            counts.resumed += result.is_resumed
            if isinstance(outcome, Created):
                counts.valid += 1
            else:
                counts.invalid += 1
                self.failures.report(outcome)

    @staticmethod
    def _unsent(batch: Batch, account: str) -> Iterator[Unsent]:
        error = unknown_account(account)
        return (Unsent(item.position, item.event, item.id, 0, error) for item in batch)
