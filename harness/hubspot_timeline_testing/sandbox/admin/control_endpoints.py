"""The endpoints of the admin API that control a running sandbox: faults, clock, migration, reset, snapshots."""

from typing import Any

from attrs import asdict

from hubspot_timeline_testing.sandbox.admin import snapshots
from hubspot_timeline_testing.sandbox.admin.routing import AdminRequest, Handlers
from hubspot_timeline_testing.sandbox.clock import rfc3339
from hubspot_timeline_testing.sandbox.context import SandboxContext
from hubspot_timeline_testing.sandbox.errors import validation_error
from hubspot_timeline_testing.sandbox.faults.kinds import EventFault, Fault
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.seed_data import seed
from hubspot_timeline_testing.sandbox.settings import MAX_MIGRATED_AFTER
from hubspot_timeline_testing.sandbox.storage.database import clear


def state(sandbox: SandboxContext, _: AdminRequest) -> dict[str, Any]:
    """Return what the page shows; `version` changes with everything in it but the time and the limits."""
    return {
        "version": sandbox.store.database.changes + sandbox.faults.changes,
        "now": sandbox.clock.timestamp(),
        "counts": asdict(sandbox.store.counts()),
        "migrated_at": _migrated_at(sandbox),
        "faults": sandbox.faults.plan.to_json(),
        "fault_counts": sandbox.faults.counts,
        "limits": sandbox.limiter.usage(),
    }


def read_faults(sandbox: SandboxContext, _: AdminRequest) -> dict[str, Any]:
    """Return the plan of faults."""
    return sandbox.faults.plan.to_json()


def set_faults(sandbox: SandboxContext, request: AdminRequest) -> dict[str, Any]:
    """Follow another plan of faults from its beginning (see FaultPlan.from_json)."""
    try:
        sandbox.faults.set(FaultPlan.from_json(request.json()))
    except ValueError as error:
        raise validation_error(str(error)) from error
    return read_faults(sandbox, request)


def end_faults(sandbox: SandboxContext, _: AdminRequest) -> None:
    """End all faults."""
    sandbox.faults.set(FaultPlan())


def fault_kinds(_: SandboxContext, __: AdminRequest) -> dict[str, Any]:
    """Return the words of the faults with their descriptions; those for any status are left out."""
    return {"kinds": [{"word": each, "description": each.description} for each in (*Fault, *EventFault)]}


def advance(sandbox: SandboxContext, request: AdminRequest) -> dict[str, str]:
    """Move the clock forward by {"advance": seconds}: tokens expire, rate limits recover."""
    seconds = request.field("advance")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise validation_error("advance must be a number of seconds")
    try:
        sandbox.clock.advance(float(seconds))
    except (ValueError, OverflowError) as error:
        raise validation_error(f"advance: {error}") from error
    return {"now": sandbox.clock.timestamp()}


def migrate(sandbox: SandboxContext, request: AdminRequest) -> dict[str, str | None]:
    """Let version 3 answer 401 from {"after": seconds} on, by default at once."""
    seconds = request.field("after")
    seconds = 0 if seconds is None else seconds
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < MAX_MIGRATED_AFTER:
        raise validation_error(f"after must be a number of seconds from 0 to below {MAX_MIGRATED_AFTER}")
    sandbox.migrate(seconds)
    return {"migrated_at": _migrated_at(sandbox)}


def _migrated_at(sandbox: SandboxContext) -> str | None:
    return rfc3339(sandbox.migrated_at) if sandbox.migrated_at else None


def reset(sandbox: SandboxContext, _: AdminRequest) -> None:
    """Start anew: no events or requests, the templates and the faults of the settings, limits unused."""
    sandbox.generation += 1
    with sandbox.store.database.transaction() as connection:
        clear(connection)
    sandbox.clock.reset()
    sandbox.migrate(sandbox.settings.migrated_after)
    seed(sandbox.store, sandbox.settings, sandbox.clock)
    sandbox.limiter.reset()
    sandbox.faults.reset(sandbox.settings.faults)


def take_snapshot(sandbox: SandboxContext, _: AdminRequest) -> dict[str, Any]:
    """Return everything that is stored."""
    return snapshots.take(sandbox.store.database)


def restore_snapshot(sandbox: SandboxContext, request: AdminRequest) -> None:
    """Replace everything that is stored by a snapshot."""
    snapshots.restore(sandbox.store.database, request.json())
    sandbox.generation += 1
    sandbox.limiter.reset()


CONTROLS: Handlers = {
    "state": {"GET": state},
    "faults": {"GET": read_faults, "PUT": set_faults, "DELETE": end_faults},
    "faults/kinds": {"GET": fault_kinds},
    "clock": {"POST": advance},
    "migrate": {"POST": migrate},
    "reset": {"POST": reset},
    "snapshot": {"GET": take_snapshot, "PUT": restore_snapshot},
}
