"""The pipeline of a request: log, authentication, rate limit, scope, faults, operation."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable

from attrs import evolve, frozen
from starlette.requests import Request

from hubspot_timeline_testing.sandbox.auth.authenticator import Authenticator, SecuritySchemes, require_scope
from hubspot_timeline_testing.sandbox.context import RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.errors import ServiceError, validation_error
from hubspot_timeline_testing.sandbox.faults.apply import apply_fault
from hubspot_timeline_testing.sandbox.http.requests import Endpoint, read_body
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, error_response, rate_limit_response
from hubspot_timeline_testing.sandbox.operations.registry import OPERATIONS, ScopedOperation


@frozen
class Pipeline:
    """Handles the requests to all operations. Operations never wait, so that they are executed one after another.

    A request that is not authenticated, or exceeds the rate limit, has neither latency nor fault, and draws none.
    """

    _context: SandboxContext
    _authenticator: Authenticator
    _sleep: Callable[[float], Awaitable[None]]

    def endpoint(self, operation_id: str) -> Endpoint:
        """Return the endpoint of one operation."""
        operation, schemes = OPERATIONS[operation_id], SecuritySchemes(operation_id)

        async def handle(request: Request) -> HttpResponse:
            return await self._handle(request, operation, schemes)

        return handle

    async def _handle(self, request: Request, operation: ScopedOperation, schemes: SecuritySchemes) -> HttpResponse:
        log, clock = self._context.store.requests, self._context.clock
        number = log.add(clock.timestamp(), request.method, request.url.path)
        context = RequestContext(request, number, clock.seconds(), self._context.generation)
        try:
            response = await self._respond(context, operation, schemes)
        except ServiceError as error:
            response = _error_response(context, error)
        if not self._is_stale(context):
            log.complete(
                number,
                account=context.caller.account or None,
                status=None if response.delivery == "reset" else response.status,
                fault=str(context.fault) if context.fault else None,
                milliseconds=round((clock.seconds() - context.started) * 1000, 3),
                events=context.event_count,
                bytes=len(context.body),
                message=context.message,
            )
        return evolve(response, headers={**context.headers, **response.headers}, sleep=self._sleep)

    async def _respond(
        self, context: RequestContext, operation: ScopedOperation, schemes: SecuritySchemes
    ) -> HttpResponse:
        context.caller = self._authenticator.authenticate(context.request, schemes)
        admission = self._context.limiter.admit(context.caller.account)
        context.headers = admission.headers
        if not admission.is_accepted:
            context.message = f"exceeds the limit {admission.policy}"
            return rate_limit_response(admission.policy)
        require_scope(context.caller, operation.scope)
        context.fault = self._context.faults.next_fault()
        await self._wait()
        if context.fault and context.fault.is_instead:
            return apply_fault(context.fault, None)
        return await self._read_and_execute(context, operation)

    async def _wait(self) -> None:
        try:
            await self._sleep(self._context.faults.next_latency())
        except CancelledError as error:
            raise ServiceError(503, "The sandbox stopped before the operation") from error

    async def _read_and_execute(self, context: RequestContext, operation: ScopedOperation) -> HttpResponse:
        if context.request.method in ("POST", "PUT"):
            limit = self._context.settings.max_body_bytes
            context.body = await read_body(context.request, limit, "application/json")
        if self._is_stale(context):
            raise ServiceError(503, "The sandbox was reset during the request")
        context.fault = context.fault or self._context.faults.fault_for_events(context.body)
        if context.fault and context.fault.is_instead:
            return apply_fault(context.fault, None)
        response = self._execute(context, operation)
        return apply_fault(context.fault, response) if context.fault else response

    def _execute(self, context: RequestContext, operation: ScopedOperation) -> HttpResponse:
        try:
            return operation.execute(self._context, context)
        except RecursionError:
            return _error_response(context, validation_error("Invalid input JSON: it is nested too deeply"))
        except ServiceError as error:
            return _error_response(context, error)

    def _is_stale(self, context: RequestContext) -> bool:
        """Return whether the sandbox was reset since the request arrived."""
        return context.generation != self._context.generation


def _error_response(context: RequestContext, error: ServiceError) -> HttpResponse:
    context.message = error.message
    return error_response(error)
