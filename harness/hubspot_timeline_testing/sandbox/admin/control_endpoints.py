"""The endpoints of the admin API that control a running sandbox: faults, clock, reset, snapshots."""

from typing import Any

from attrs import asdict, frozen
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.admin.routing import AdminRequest, admin_route
from hubspot_timeline_testing.sandbox.admin.snapshot_validation import validate_snapshot
from hubspot_timeline_testing.sandbox.context import SandboxContext
from hubspot_timeline_testing.sandbox.errors import validation_error
from hubspot_timeline_testing.sandbox.faults.kinds import EventFault, Fault
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.seed_data import seed
from hubspot_timeline_testing.sandbox.storage import snapshots

_MAX_SNAPSHOT = 1_000_000_000  # bytes


@frozen
class ControlEndpoints:
    """Control a sandbox while it runs."""

    _sandbox: SandboxContext

    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        limit = self._sandbox.settings.max_body_bytes
        faults = {"GET": self.read_faults, "PUT": self.set_faults, "DELETE": self.end_faults}
        snapshot = {"GET": self.take_snapshot, "PUT": self.restore_snapshot}
        return [
            admin_route("state", {"GET": self.state}, limit),
            admin_route("faults", faults, limit),
            admin_route("faults/kinds", {"GET": self.fault_kinds}, limit),
            admin_route("clock", {"POST": self.advance}, limit),
            admin_route("reset", {"POST": self.reset}, limit),
            admin_route("snapshot", snapshot, _MAX_SNAPSHOT),
        ]

    def state(self, _: AdminRequest) -> dict[str, Any]:
        """Return what the page shows; `version` changes with everything in it but the time and the limits."""
        sandbox = self._sandbox
        return {
            "version": sandbox.store.database.changes + sandbox.faults.changes,
            "now": sandbox.clock.timestamp(),
            "counts": asdict(sandbox.store.counts()),
            "faults": sandbox.faults.plan.to_json(),
            "fault_counts": sandbox.faults.counts,
            "limits": sandbox.limiter.usage(),
        }

    def read_faults(self, _: AdminRequest) -> dict[str, Any]:
        """Return the plan of faults."""
        return self._sandbox.faults.plan.to_json()

    def set_faults(self, request: AdminRequest) -> dict[str, Any]:
        """Follow another plan of faults from its beginning (see FaultPlan.from_json)."""
        try:
            self._sandbox.faults.set(FaultPlan.from_json(request.json()))
        except ValueError as error:
            raise validation_error(str(error)) from error
        return self.read_faults(request)

    def end_faults(self, _: AdminRequest) -> None:
        """End all faults."""
        self._sandbox.faults.set(FaultPlan())

    def fault_kinds(self, _: AdminRequest) -> dict[str, Any]:
        """Return the words of the faults with their descriptions; those for any status are left out."""
        return {"kinds": [{"word": each, "description": each.description} for each in (*Fault, *EventFault)]}

    def advance(self, request: AdminRequest) -> dict[str, str]:
        """Move the clock forward by {"advance": seconds}: tokens expire, rate limits recover."""
        seconds = request.field("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise validation_error("advance must be a number of seconds")
        try:
            self._sandbox.clock.advance(float(seconds))
        except (ValueError, OverflowError) as error:
            raise validation_error(f"advance: {error}") from error
        return {"now": self._sandbox.clock.timestamp()}

    def reset(self, _: AdminRequest) -> None:
        """Start anew: no events or requests, the templates and the faults of the settings, limits unused."""
        sandbox = self._sandbox
        sandbox.generation += 1
        snapshots.clear(sandbox.store.database)
        sandbox.clock.reset()
        seed(sandbox.store, sandbox.settings, sandbox.clock)
        sandbox.limiter.reset()
        sandbox.faults.reset(sandbox.settings.faults)

    def take_snapshot(self, _: AdminRequest) -> dict[str, Any]:
        """Return everything that is stored."""
        return snapshots.take(self._sandbox.store.database)

    def restore_snapshot(self, request: AdminRequest) -> None:
        """Replace everything that is stored by a snapshot."""
        snapshot = request.json()
        try:
            validate_snapshot(snapshot)
            snapshots.restore(self._sandbox.store.database, snapshot)
        except snapshots.SnapshotError as error:
            raise validation_error(str(error)[:500]) from error
        self._sandbox.generation += 1
        self._sandbox.limiter.reset()
