"""Steering a sandbox while it runs."""

from typing import Any

from attrs import asdict, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.admin import snapshot_validation as snapshot_rules
from hubspot_timeline_testing.sandbox.admin.parameters import json_object, json_value
from hubspot_timeline_testing.sandbox.bodies import encode
from hubspot_timeline_testing.sandbox.context import World
from hubspot_timeline_testing.sandbox.errors import invalid
from hubspot_timeline_testing.sandbox.faults.descriptions import SAYS
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.http.error_handlers import json_response
from hubspot_timeline_testing.sandbox.http.requests import path_route
from hubspot_timeline_testing.sandbox.rate_limit.limiter import Limits
from hubspot_timeline_testing.sandbox.seed_data import furnish
from hubspot_timeline_testing.sandbox.storage import snapshots

_LARGEST_SNAPSHOT = 1_000_000_000  # bytes


@frozen
class Controls:
    """The requests that steer a sandbox.

    GET /_sandbox/state answers what the page shows: version, now, counts, limits, faults, met.
    GET, PUT, DELETE /_sandbox/faults read, set and end the plan of faults (see FaultPlan.from_json).
    GET /_sandbox/faults/kinds tells which faults there are.
    POST /_sandbox/clock {"advance": seconds} lets time pass: tokens expire, rate windows empty.
    POST /_sandbox/reset forgets everything and begins the plan of faults anew.
    GET, PUT /_sandbox/snapshot give everything as JSON, and begin from that again.
    """

    world: World
    limits: Limits

    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        faults = {"GET": self.read_faults, "PUT": self.set_faults, "DELETE": self.end_faults}
        return [
            path_route("/_sandbox/state", {"GET": self.state}),
            path_route("/_sandbox/faults", faults),
            path_route("/_sandbox/faults/kinds", {"GET": self.fault_kinds}),
            path_route("/_sandbox/clock", {"POST": self.advance}),
            path_route("/_sandbox/reset", {"POST": self.reset}),
            path_route("/_sandbox/snapshot", {"GET": self.take_snapshot, "PUT": self.restore}),
        ]

    async def state(self, request: Request) -> Response:  # noqa: ARG002 - every endpoint is given its request
        """Answer with what the page shows; `version` changes when anything of it but the time does."""
        told = {
            "counts": asdict(self.world.store.counts()),
            "faults": self.world.faults.plan.to_json(),
            "met": self.world.faults.met,
            "limits": self.limits.usage(),
        }
        version = self.world.store.database.changes + self.world.faults.changes
        return json_response(200, encode({"version": version, "now": self.world.clock.text()} | told))

    async def read_faults(self, request: Request) -> Response:  # noqa: ARG002
        """Answer with the plan."""
        return json_response(200, encode(self.world.faults.plan.to_json()))

    async def set_faults(self, request: Request) -> Response:
        """Follow another plan from its beginning."""
        try:
            plan = FaultPlan.from_json(await self._json(request))
        except ValueError as error:
            raise invalid(str(error)) from error
        self.world.faults.set(plan)
        return await self.read_faults(request)

    async def end_faults(self, request: Request) -> Response:  # noqa: ARG002
        """Misbehave no more."""
        self.world.faults.set(FaultPlan())
        return Response(status_code=204)

    async def fault_kinds(self, request: Request) -> Response:  # noqa: ARG002
        """Answer with the words for faults, and what each is; those for any status are not among them."""
        kinds = [{"word": fault, "says": says} for fault, says in SAYS.items()]
        return json_response(200, encode({"kinds": kinds}))

    async def advance(self, request: Request) -> Response:
        """Let time pass."""
        seconds = (await json_object(request, self.world.settings.max_body_bytes)).get("advance")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise invalid("advance must be a number of seconds")
        try:
            self.world.clock.advance(float(seconds))
        except (ValueError, OverflowError) as error:
            raise invalid(f"advance: {error}") from error
        return json_response(200, encode({"now": self.world.clock.text()}))

    async def reset(self, request: Request) -> Response:  # noqa: ARG002
        """Forget everything."""
        self.forget()
        return Response(status_code=204)

    def forget(self) -> None:
        """Begin anew: no events or requests, the templates of the settings; full windows; the plan anew."""
        self.world.generation.number += 1
        snapshots.clear(self.world.store.database)
        self.world.clock.reset()
        self.world.faults.forget()
        furnish(self.world.store, self.world.settings, self.world.clock)
        self.limits.forget()
        self.world.faults.set(self.world.settings.faults)

    async def take_snapshot(self, request: Request) -> Response:  # noqa: ARG002
        """Answer with everything."""
        return json_response(200, encode(snapshots.take(self.world.store.database)))

    async def restore(self, request: Request) -> Response:
        """Begin from a snapshot."""
        snapshot = await json_value(request, _LARGEST_SNAPSHOT)
        try:
            snapshot_rules.check(snapshot)
            snapshots.restore(self.world.store.database, snapshot)
        except snapshots.SnapshotError as error:
            raise invalid(str(error)[:500]) from error
        self.world.generation.number += 1
        self.limits.forget()
        return Response(status_code=204)

    async def _json(self, request: Request) -> Any:
        return await json_value(request, self.world.settings.max_body_bytes)
