"""The plan of faults that is followed now."""

from hubspot_timeline.sandbox.faults.kinds import Fault
from hubspot_timeline.sandbox.faults.plan import FaultPlan


class FaultSwitch:
    """Stand-in."""

    def __init__(self, plan: FaultPlan) -> None:
        self.met: dict[str, int] = {}
        self.changes = 0
        self.set(plan)

    def set(self, plan: FaultPlan) -> None:
        """Set."""
        self.plan = plan
        self.changes += 1
        self._faults = plan.faults()

    def __next__(self) -> Fault | None:
        return next(self._faults)
