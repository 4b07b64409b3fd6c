"""One call of a pool: reads events, and keeps deliveries to many accounts under way."""

import asyncio

from hubspot_timeline.accounts.lanes import MIN_BUSY, Lane, Lanes, PoolLimits
from hubspot_timeline.accounts.open_accounts import OpenAccounts
from hubspot_timeline.delivery.batches import Batch
from hubspot_timeline.delivery.engine import unexpected_failure
from hubspot_timeline.delivery.progress import RunCounters
from hubspot_timeline.delivery.steps import DeliveryResult
from hubspot_timeline.execution.async_executor import AsyncExecutor
from hubspot_timeline.execution.async_run import AsyncSendRun
from hubspot_timeline.execution.reader import EventReader, Preparation
from hubspot_timeline.execution.run import ErrorCounter, RunJournal, abort
from hubspot_timeline.journal.store import Journal


class PoolRun(AsyncSendRun):
    """One call of `send` or `stream`: an account that is slow or stops keeps no other from sending.

    Events are read until the limits are reached; then the reading waits.
    """

    def __init__(
        self,
        accounts: OpenAccounts,
        preparation: Preparation,
        journal: Journal | None,
        limits: PoolLimits,
        counters: RunCounters,
    ) -> None:
        self._lanes = Lanes(limits, self._open_lane)
        self.reader: EventReader = EventReader(self._lanes, preparation, journal)
        super().__init__(
            accounts.executor, self.reader, ErrorCounter(limits.error_limit), limits.max_in_flight, counters
        )
        self._accounts = accounts
        self._limits = limits
        self._busy = 0  # accounts
        self._reason: BaseException | None = None

    def fits_more(self, count: int) -> bool:
        """Return whether more events may be read at once after so many."""
        return self._lanes.fits_more(count)

    def abort(self, reason: BaseException) -> None:
        """Let no further request begin. The first reason stays."""
        super().abort(reason)
        self._reason = self._reason or reason
        for lane in self._lanes:
            lane.abort(reason)

    def _open_lane(self, account: str) -> Lane:
        lane = Lane(account, self._limits, self.counters, self._record)
        if self._reason:
            lane.abort(self._reason)
        return lane

    def _count_errors(self, result: DeliveryResult) -> None:
        if result.account is not None:
            lane = self._lanes.of(result.account)
            if error := lane.errors.add(result):
                abort(lane, error)

    def _must_wait(self) -> bool:
        is_full = self._lanes.is_full
        if is_full and self._busy < MIN_BUSY:
            for batch in self._lanes.of_idle_accounts(MIN_BUSY - self._busy):
                self._begin(batch)
        return is_full

    async def _start(self, batch: Batch) -> None:
        self._begin(batch)

    def _begin(self, batch: Batch) -> None:
        lane = self._lanes.of(batch[0].account)
        self._busy += not lane.under_way
        lane.under_way += 1
        self._create_task(self._deliver(lane, batch))

    async def _deliver(self, lane: Lane, batch: Batch) -> DeliveryResult:
        try:
            async with lane.slots, self._accounts.use(lane.account, lane) as lane.executor:
                await lane.record_sent(batch)
                return await lane.executor.deliver(batch, lane)
        except Exception as error:  # noqa: BLE001 - of opening the account; no event may be lost to it
            return unexpected_failure(batch, error)
        finally:
            self._lanes.remove(batch)
            lane.under_way -= 1
            self._busy -= not lane.under_way

    async def _record(self, lane: Lane, executor: AsyncExecutor, batch: Batch) -> None:
        if self.reader.journal:
            journal = RunJournal(lane, self.reader.journal, executor.options.apis)
            if failure := await asyncio.to_thread(journal.begin, batch):
                abort(self, failure)
