"""The operation behind HTTP: who is let in, what is done, and what is let out of it."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from hubspot_timeline.sandbox.bodies import error_body, limited_body
from hubspot_timeline.sandbox.faults.effects import answer_instead, disturb
from hubspot_timeline.sandbox.faults.switch import FaultSwitch
from hubspot_timeline.sandbox.operations.batch import Answer, create_events
from hubspot_timeline.sandbox.refusals import RefusedError
from hubspot_timeline.sandbox.settings import SandboxSettings
from hubspot_timeline.sandbox.state.limits import RollingWindow
from hubspot_timeline.sandbox.state.store import Store
from hubspot_timeline.sandbox.state.times import rfc3339
from hubspot_timeline.sandbox.web.replies import Reply, Sent, json_reply
from hubspot_timeline.sandbox.web.requests import bearer_token, json_body
from hubspot_timeline.sandbox.web.sending import as_response


class Operation:
    """Answers the requests of one app. It never waits while it writes, so they are worked off one after the other.

    The rate window comes first: what it refuses meets neither latency nor fault, and draws none. `faults` is the plan
    that holds, and may be replaced at any time.
    """

    def __init__(
        self,
        store: Store,
        settings: SandboxSettings,
        now: Callable[[], datetime],
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._store = store
        self._settings = settings
        self._now = now
        self._sleep = sleep
        self._window = RollingWindow(settings.limit, clock)
        self.faults = FaultSwitch(settings.faults)

    async def answer(self, request: Request) -> Response:
        """Answer one request. Raises RefusedError for one without a token, which nothing else is looked at of."""
        number = self._store.count_request(rfc3339(self._now()))
        admission = self._window.admit(bearer_token(request))
        reply = await self._reply(request, number) if admission.is_granted else json_reply(429, limited_body())
        if isinstance(reply, Sent) and reply.status == 429:
            self._store.count_limited(number)
        return as_response(reply, admission.headers, self._sleep)

    async def _reply(self, request: Request, number: int) -> Reply:
        fault = self.faults.next_fault()
        await self._wait()
        if fault and fault.is_before_work:
            return answer_instead(fault)
        try:
            raw = await json_body(request, self._settings.max_body_bytes)
        except RefusedError as error:
            return disturb(fault, error.status, error_body(error))
        fault = fault or self.faults.fault_of_events(raw)
        if fault and fault.is_before_work:
            return answer_instead(fault)
        answer = self._work(raw, number)
        return disturb(fault, answer.status, answer.body)

    async def _wait(self) -> None:
        try:
            await self._sleep(self.faults.next_wait())
        except CancelledError as error:
            raise RefusedError(503, "The sandbox ended before the work began") from error

    def _work(self, raw: bytes, number: int) -> Answer:
        store, settings, refuses = self._store, self._settings, self.faults.refuses
        try:
            return create_events(raw, number, store=store, settings=settings, now=self._now, refuses=refuses)
        except RefusedError as error:
            return Answer(error.status, error_body(error))
