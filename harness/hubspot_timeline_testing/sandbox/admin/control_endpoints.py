"""The endpoints of the admin API that control a running sandbox: faults, clock, reset, snapshots."""

from attrs import asdict, frozen
from starlette.requests import Request
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.admin.requests import admin_route, json_object, json_value
from hubspot_timeline_testing.sandbox.admin.snapshot_validation import validate_snapshot
from hubspot_timeline_testing.sandbox.context import SandboxContext
from hubspot_timeline_testing.sandbox.errors import validation_error
from hubspot_timeline_testing.sandbox.faults.kinds import EventFault, Fault
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, json_response
from hubspot_timeline_testing.sandbox.seed_data import seed
from hubspot_timeline_testing.sandbox.storage import snapshots

_MAX_SNAPSHOT = 1_000_000_000  # bytes


@frozen
class ControlEndpoints:
    """Control a sandbox while it runs."""

    _sandbox: SandboxContext

    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        faults = {"GET": self.read_faults, "PUT": self.set_faults, "DELETE": self.end_faults}
        return [
            admin_route("state", {"GET": self.state}),
            admin_route("faults", faults),
            admin_route("faults/kinds", {"GET": self.fault_kinds}),
            admin_route("clock", {"POST": self.advance}),
            admin_route("reset", {"POST": self.reset}),
            admin_route("snapshot", {"GET": self.take_snapshot, "PUT": self.restore_snapshot}),
        ]

    async def state(self, _: Request) -> HttpResponse:
        """Return what the page shows; `version` changes with everything in it but the time and the limits."""
        sandbox = self._sandbox
        state = {
            "version": sandbox.store.database.changes + sandbox.faults.changes,
            "now": sandbox.clock.timestamp(),
            "counts": asdict(sandbox.store.counts()),
            "faults": sandbox.faults.plan.to_json(),
            "fault_counts": sandbox.faults.counts,
            "limits": sandbox.limiter.usage(),
        }
        return json_response(200, state)

    async def read_faults(self, _: Request) -> HttpResponse:
        """Return the plan of faults."""
        return json_response(200, self._sandbox.faults.plan.to_json())

    async def set_faults(self, request: Request) -> HttpResponse:
        """Follow another plan of faults from its beginning (see FaultPlan.from_json)."""
        body = await json_value(request, self._sandbox.settings.max_body_bytes)
        try:
            self._sandbox.faults.set(FaultPlan.from_json(body))
        except ValueError as error:
            raise validation_error(str(error)) from error
        return await self.read_faults(request)

    async def end_faults(self, _: Request) -> HttpResponse:
        """End all faults."""
        self._sandbox.faults.set(FaultPlan())
        return HttpResponse(204)

    async def fault_kinds(self, _: Request) -> HttpResponse:
        """Return the words of the faults with their descriptions; those for any status are left out."""
        kinds = [{"word": fault, "description": fault.description} for fault in (*Fault, *EventFault)]
        return json_response(200, {"kinds": kinds})

    async def advance(self, request: Request) -> HttpResponse:
        """Move the clock forward by {"advance": seconds}: tokens expire, rate limits recover."""
        seconds = (await json_object(request, self._sandbox.settings.max_body_bytes)).get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise validation_error("advance must be a number of seconds")
        try:
            self._sandbox.clock.advance(float(seconds))
        except (ValueError, OverflowError) as error:
            raise validation_error(f"advance: {error}") from error
        return json_response(200, {"now": self._sandbox.clock.timestamp()})

    async def reset(self, _: Request) -> HttpResponse:
        """Start anew: no events or requests, the templates and the faults of the settings, limits unused."""
        sandbox = self._sandbox
        sandbox.generation += 1
        snapshots.clear(sandbox.store.database)
        sandbox.clock.reset()
        seed(sandbox.store, sandbox.settings, sandbox.clock)
        sandbox.limiter.reset()
        sandbox.faults.reset(sandbox.settings.faults)
        return HttpResponse(204)

    async def take_snapshot(self, _: Request) -> HttpResponse:
        """Return everything that is stored."""
        return json_response(200, snapshots.take(self._sandbox.store.database))

    async def restore_snapshot(self, request: Request) -> HttpResponse:
        """Replace everything that is stored by a snapshot."""
        snapshot = await json_value(request, _MAX_SNAPSHOT)
        try:
            validate_snapshot(snapshot)
            snapshots.restore(self._sandbox.store.database, snapshot)
        except snapshots.SnapshotError as error:
            raise validation_error(str(error)[:500]) from error
        self._sandbox.generation += 1
        self._sandbox.limiter.reset()
        return HttpResponse(204)
