"""The operation behind HTTP: who is let in, what is done, and what is let out of it."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from hubspot_timeline.sandbox.bodies import error_body, limited_body
from hubspot_timeline.sandbox.faults.kinds import answer_instead, disturb
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

    The rate window comes first: what it refuses meets neither latency nor fault, and draws none.
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
        self._faults = settings.faults.faults()

    async def answer(self, request: Request) -> Response:
        """Answer one request. Raises RefusedError for one without a token, which nothing else is looked at of."""
        number = self._store.count_request(rfc3339(self._now()))
        admission = self._window.admit(bearer_token(request))
        reply = await self._reply(request, number) if admission.is_granted else json_reply(429, limited_body())
        if isinstance(reply, Sent) and reply.status == 429:
            self._store.count_limited(number)
        return as_response(reply, admission.headers)

    async def _reply(self, request: Request, number: int) -> Reply:
        fault = next(self._faults)
        await self._wait()
        if fault and fault.is_before_work:
            return answer_instead(fault)
        answer = await self._work(request, number)
        return disturb(fault, answer.status, answer.body)

    async def _wait(self) -> None:
        try:
            await self._sleep(self._settings.faults.latency)
        except CancelledError as error:
            raise RefusedError(503, "The sandbox ended before the work began") from error

    async def _work(self, request: Request, number: int) -> Answer:
        try:
            raw = await json_body(request, self._settings.max_body_bytes)
            return create_events(raw, number, store=self._store, settings=self._settings, now=self._now)
        except RefusedError as error:
            return Answer(error.status, error_body(error))
