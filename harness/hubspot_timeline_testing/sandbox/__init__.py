"""A stateful stand-in of the service on this machine: it stores what it is sent and answers in the service's shape.

`SandboxServer` runs it in a thread of this process, `SandboxProcess` in a process of its own; `create_app` is the ASGI
application itself. All need the extra `hubspot-timeline[sandbox]`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from hubspot_timeline_testing.sandbox.auth.accounts import Account
from hubspot_timeline_testing.sandbox.control import SandboxControl
from hubspot_timeline_testing.sandbox.faults.kinds import EventFault, Fault, StatusFault
from hubspot_timeline_testing.sandbox.faults.latency import Distribution
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.modes import DuplicateMode
from hubspot_timeline_testing.sandbox.process import SandboxProcess, SandboxStartError
from hubspot_timeline_testing.sandbox.rate_limit.limits import DailyLimit, RequestLimit
from hubspot_timeline_testing.sandbox.settings import SandboxSettings

if TYPE_CHECKING:
    from hubspot_timeline_testing.sandbox.app import create_app
    from hubspot_timeline_testing.sandbox.server import SandboxServer
    from hubspot_timeline_testing.sandbox.storage.store import Store

__all__ = [
    "Account",
    "DailyLimit",
    "Distribution",
    "DuplicateMode",
    "EventFault",
    "Fault",
    "FaultPlan",
    "RequestLimit",
    "SandboxControl",
    "SandboxProcess",
    "SandboxServer",
    "SandboxSettings",
    "SandboxStartError",
    "StatusFault",
    "Store",
    "create_app",
]

# What only talks to a sandbox need not load a web server.
_LATER = {"SandboxServer": "server", "Store": "storage.store", "create_app": "app"}


def __getattr__(name: str) -> Any:
    """Load a name of the server when it is first asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
