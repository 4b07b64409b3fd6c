"""The contexts of operations: what all requests of a sandbox share, and one request on its way."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import unquote

from attrs import define, field
from starlette.requests import Request

from hubspot_timeline_testing.openapi import OperationObject
from hubspot_timeline_testing.sandbox.apis import Api
from hubspot_timeline_testing.sandbox.auth.accounts import Account
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.faults.injector import FaultInjector
from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault
from hubspot_timeline_testing.sandbox.http.masking import beginning, masked_form, masked_headers
from hubspot_timeline_testing.sandbox.http.response import HttpResponse
from hubspot_timeline_testing.sandbox.rate_limit.limiter import RequestLimiter
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.request_log import Exchange
from hubspot_timeline_testing.sandbox.storage.store import Store
from hubspot_timeline_testing.sandbox.validation.event_types import EventTypes


@define
class SandboxContext:
    """What all requests share. `generation` counts resets: a request from before one must not write after it.

    `migrated_at`: from then on version 3 answers 401; None for never.
    """

    store: Store
    settings: SandboxSettings
    clock: Clock
    faults: FaultInjector
    limiter: RequestLimiter
    event_types: EventTypes
    generation: int = 0
    migrated_at: datetime | None = None

    def migrate(self, seconds: float | None) -> None:
        """Let version 3 answer 401 so many seconds from now; None for never."""
        self.migrated_at = None if seconds is None else self.clock.now() + timedelta(seconds=seconds)

    @property
    def is_migrated(self) -> bool:
        """Whether version 3 answers 401."""
        return self.migrated_at is not None and self.migrated_at <= self.clock.now()


@define
class LogEntry:
    """One request in the log, from its arrival to its response, with the number of its row."""

    number: int
    _sandbox: SandboxContext
    _request: Request
    _started: float
    _generation: int

    @classmethod
    def begin(cls, sandbox: SandboxContext, request: Request, operation: str) -> Self:
        """Log a request that arrived."""
        log, clock = sandbox.store.requests, sandbox.clock
        number = log.add(clock.timestamp(), request.method, request.url.path, operation)
        return cls(number, sandbox, request, clock.seconds(), sandbox.generation)

    @property
    def is_stale(self) -> bool:
        """Whether the sandbox was reset since the request arrived."""
        return self._generation != self._sandbox.generation

    def end(self, response: HttpResponse, request_body: str, response_body: str | None = None, **columns: Any) -> None:
        """Log the response, unless the sandbox was reset; `response_body` is the text to log in place of its body."""
        if self.is_stale:
            return
        request, is_reset = self._request, response.delivery == "reset"
        query = masked_form(request.scope["query_string"].decode("latin-1"))
        host = request.headers.get("host", "")
        exchange = Exchange(
            f"{request.scope['scheme']}://{host}{request.scope['path']}{'?' if query else ''}{query}",
            json.dumps(masked_headers(request.headers.items())),
            request_body,
            json.dumps([] if is_reset else list(response.headers.items())),
            "" if is_reset else beginning(response.body) if response_body is None else response_body,
            0 if is_reset else len(response.body),
        )
        status = None if is_reset else response.status
        milliseconds = round((self._sandbox.clock.seconds() - self._started) * 1000, 3)
        log = self._sandbox.store.requests
        log.complete(self.number, exchange, status=status, milliseconds=milliseconds, **columns)


@define
class RequestContext:
    """One request: as it arrived, what it is for, its entry in the log, and what the pipeline has added so far.

    `value` is the parsed body, which conforms to the document. `event_count` and `message` (of an
    error) are for the log, `headers` are those of the rate limit.
    """

    raw: Request
    operation: OperationObject
    api: Api
    version: str
    entry: LogEntry
    caller: Account | None = None  # until it is authenticated
    has_faults: bool = False  # whether the plan of faults is for it
    fault: AnyFault | None = None
    body: bytes = b""
    value: Any = None
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
