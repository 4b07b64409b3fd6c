"""The report of a pool: of all events, and of those of each account."""

import time
from collections.abc import Callable

from attrs import define, field

from hubspot_timeline.delivery.outcomes import Outcome, Report
from hubspot_timeline.delivery.progress import Progress, ReportBuilder
from hubspot_timeline.delivery.steps import DeliveryResult


@define
class PoolReport(Report):
    """The counts of a run, and in `accounts` those of each account.

    An event without an account is Rejected, and counted in no report but this one.
    """

    accounts: dict[str, Report] = field(factory=dict, repr=False)


class PoolReportBuilder(ReportBuilder):
    """Adds delivery results to the report of a run and to that of their account."""

    def __init__(
        self,
        max_failures: int | None,
        on_outcome: Callable[[Outcome], object] | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_failure: Callable[[Outcome], object] | None = None,
    ) -> None:
        self.report: PoolReport = PoolReport(max_failures=max_failures)
        super().__init__(self.report, on_outcome, on_progress, clock, on_failure)
        self._clock = clock
        self._accounts: dict[str, ReportBuilder] = {}

    def add(self, result: DeliveryResult) -> None:
        """Add the result of one delivery."""
        if (account := result.account) is not None:
            self._builder(account).add(result)
        super().add(result)

    def _builder(self, account: str) -> ReportBuilder:
        if not (builder := self._accounts.get(account)):
            report = self.report.accounts[account] = Report(max_failures=self.report.max_failures)
            builder = self._accounts[account] = ReportBuilder(report, clock=self._clock, began=self.began)
        return builder
