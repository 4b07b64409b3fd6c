"""The contexts of operations: what all requests of a sandbox share, and one request on its way."""

from collections.abc import Mapping
from urllib.parse import unquote

from attrs import define, field
from starlette.requests import Request

from hubspot_timeline_testing.sandbox.auth.accounts import Account
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.faults.injector import FaultInjector
from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault
from hubspot_timeline_testing.sandbox.rate_limit.limiter import RequestLimiter
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.store import Store


@define
class SandboxContext:
    """What all requests share. `generation` counts resets: a request from before one must not write after it."""

    store: Store
    settings: SandboxSettings
    clock: Clock
    faults: FaultInjector
    limiter: RequestLimiter
    generation: int = 0


@define
class RequestContext:
    """One request: as it arrived, its number in the log, and what the pipeline has added so far.

    `event_count` and `message` (of an error) are for the log, `headers` are those of the rate limit.
    """

    raw: Request
    number: int
    started: float
    generation: int
    caller: Account | None = None  # until it is authenticated
    fault: AnyFault | None = None
    body: bytes = b""
    event_count: int = 0
    message: str | None = None
    headers: Mapping[str, str] = field(factory=dict)

    @property
    def app(self) -> int | None:
        """The app of the caller, None if it can be any."""
        return self.caller.app if self.caller else None

    def path_parameter(self, name: str) -> str:
        """Return a parameter of the path, decoded."""
        return unquote(self.raw.path_params[name])
