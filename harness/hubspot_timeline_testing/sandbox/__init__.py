"""A stateful sandbox of the service on this machine: it stores what it receives and responds in the service's shape.

`SandboxServer` runs it in a thread of this process, `SandboxProcess` in a process of its own. The ASGI application
itself is `hubspot_timeline_testing.sandbox.app.create_app`. All need the extra `hubspot-timeline[sandbox]`.
"""

# `app` is not imported here: it needs the packages of the extra, and the command has to start without them.
from hubspot_timeline_testing.sandbox.auth.accounts import Account
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.control import SandboxControl
from hubspot_timeline_testing.sandbox.faults.kinds import EventFault, Fault, StatusFault
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.process import SandboxProcess, SandboxStartError
from hubspot_timeline_testing.sandbox.rate_limit.limits import DailyLimit, RequestLimit
from hubspot_timeline_testing.sandbox.server import SandboxServer
from hubspot_timeline_testing.sandbox.settings import AppEventSettings, DuplicateMode, SandboxSettings
from hubspot_timeline_testing.sandbox.storage.store import Store

__all__ = [
    "Account",
    "AppEventSettings",
    "Clock",
    "DailyLimit",
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
]
