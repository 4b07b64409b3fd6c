"""The way of a request through the sandbox: counted, let in, limited, disturbed, worked off, written down."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from attrs import define, field
from starlette.requests import Request
from starlette.responses import Response

from hubspot_timeline_testing.sandbox.auth.accounts import Caller
from hubspot_timeline_testing.sandbox.auth.authenticator import Gatekeeper, require_scope
from hubspot_timeline_testing.sandbox.auth.credentials import Doors
from hubspot_timeline_testing.sandbox.bodies import error_body, limited_body
from hubspot_timeline_testing.sandbox.context import Answer, Call, World
from hubspot_timeline_testing.sandbox.errors import RefusedError, invalid
from hubspot_timeline_testing.sandbox.faults.apply import answer_instead, disturb
from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault
from hubspot_timeline_testing.sandbox.http.request_body import json_body
from hubspot_timeline_testing.sandbox.http.response import Reply, Sent, json_reply
from hubspot_timeline_testing.sandbox.http.sending import as_response
from hubspot_timeline_testing.sandbox.operations.registry import Operation
from hubspot_timeline_testing.sandbox.rate_limit.limiter import Limits
from hubspot_timeline_testing.sandbox.storage.request_log import Ending


@define
class _Passage:
    """One request on its way: what is known of it so far."""

    request: Request
    operation: Operation
    doors: Doors
    number: int
    began: float
    generation: int
    caller: Caller | None = None
    fault: AnyFault | None = None
    raw: bytes = b""
    events: int = 0
    message: str | None = None
    headers: dict[str, str] = field(factory=dict)


class Gate:
    """Answers the operations of the document. It never waits while it writes: they are worked off one by one.

    Who is not let in, or beyond the rate limit, meets neither latency nor fault, and draws none.
    """

    def __init__(
        self,
        world: World,
        gatekeeper: Gatekeeper,
        limits: Limits,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._world = world
        self._gatekeeper = gatekeeper
        self._limits = limits
        self._sleep = sleep

    async def answer(self, request: Request, operation: Operation, doors: Doors) -> Response:
        """Answer one request."""
        log, clock = self._world.store.requests, self._world.clock
        number = log.begin(clock.text(), request.method, request.url.path)
        passage = _Passage(request, operation, doors, number, clock.seconds(), self._world.generation.number)
        try:
            reply = await self._reply(passage)
        except RefusedError as error:
            reply = self._refusal(passage, error)
        if not self._is_forgotten(passage):
            log.end(number, self._ending(passage, reply))
        return as_response(reply, passage.headers, self._sleep)

    def _is_forgotten(self, passage: _Passage) -> bool:
        """Whether the sandbox was reset since the request came."""
        return passage.generation != self._world.generation.number

    async def _reply(self, passage: _Passage) -> Reply:
        caller = passage.caller = self._gatekeeper.identify(passage.request, passage.doors)
        admission = self._limits.admit(caller.account)
        passage.headers.update(admission.headers)
        if not admission.is_granted:
            passage.message = f"beyond the limit {admission.policy}"
            return json_reply(429, limited_body(admission.policy))
        require_scope(caller, passage.operation.scope)
        return await self._disturbed(passage, caller)

    async def _disturbed(self, passage: _Passage, caller: Caller) -> Reply:
        faults = self._world.faults
        passage.fault = faults.next_fault()
        await self._wait()
        if passage.fault and passage.fault.is_before_work:
            return answer_instead(passage.fault)
        answer = await self._read(passage)
        if self._is_forgotten(passage):
            raise RefusedError(503, "The sandbox was reset while the request was under way")
        passage.fault = passage.fault or faults.fault_of_events(passage.raw)
        if passage.fault and passage.fault.is_before_work:
            return answer_instead(passage.fault)
        answer = answer or self._work(passage, caller)
        return disturb(passage.fault, answer.status, answer.body, answer.media_type)

    async def _wait(self) -> None:
        try:
            await self._sleep(self._world.faults.next_wait())
        except CancelledError as error:
            raise RefusedError(503, "The sandbox ended before the work began") from error

    async def _read(self, passage: _Passage) -> Answer | None:
        """Read the body, if the operation has one; return an answer if that is refused."""
        try:
            if passage.request.method in ("POST", "PUT"):
                passage.raw = await json_body(passage.request, self._world.settings.max_body_bytes)
        except RefusedError as error:
            return self._answer_of(passage, error)
        return None

    def _work(self, passage: _Passage, caller: Caller) -> Answer:
        request = passage.request
        try:
            path = {name: unquote(value) for name, value in request.path_params.items()}
            call = Call(passage.number, caller, path, request.query_params, passage.raw)
            answer = passage.operation.work(self._world, call)
        except RecursionError:
            return self._answer_of(passage, invalid("Invalid input JSON: it is nested too deeply"))
        except RefusedError as error:
            return self._answer_of(passage, error)
        passage.events = answer.events
        return answer

    def _answer_of(self, passage: _Passage, error: RefusedError) -> Answer:
        passage.message = error.message
        passage.headers.update(error.headers)
        return Answer(error.status, error_body(error))

    def _refusal(self, passage: _Passage, error: RefusedError) -> Reply:
        answer = self._answer_of(passage, error)
        return json_reply(answer.status, answer.body)

    def _ending(self, passage: _Passage, reply: Reply) -> Ending:
        return Ending(
            account=passage.caller.account if passage.caller else None,
            status=reply.status if isinstance(reply, Sent) else None,
            fault=str(passage.fault) if passage.fault else None,
            milliseconds=round((self._world.clock.seconds() - passage.began) * 1000, 3),
            events=passage.events,
            bytes=len(passage.raw),
            message=passage.message,
        )
