"""The pipeline of a request: log, authentication, rate limit, faults, body, scope, operation."""

from asyncio import CancelledError
from typing import Any

from attrs import evolve, frozen
from starlette.requests import Request

from hubspot_timeline_testing.openapi import OperationObject
from hubspot_timeline_testing.sandbox.apis import V3, Api
from hubspot_timeline_testing.sandbox.auth.authenticator import Authenticator
from hubspot_timeline_testing.sandbox.context import LogEntry, RequestContext, SandboxContext
from hubspot_timeline_testing.sandbox.error_texts import measured
from hubspot_timeline_testing.sandbox.errors import ServiceError, missing_scope, validation_error
from hubspot_timeline_testing.sandbox.faults.apply import apply_fault
from hubspot_timeline_testing.sandbox.http.masking import beginning
from hubspot_timeline_testing.sandbox.http.requests import Endpoint, read_body, require_acceptable
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, error_response, rate_limit_response
from hubspot_timeline_testing.sandbox.operations.registry import OPERATIONS
from hubspot_timeline_testing.sandbox.validation.request_body import validated_body


@frozen
class Pipeline:
    """Handles the requests to all operations. Operations never wait, so that they are executed one after another.

    A request that is not authenticated, or exceeds the rate limit, has neither latency nor fault, and draws none.
    """

    _sandbox: SandboxContext
    _authenticator: Authenticator

    def endpoint(self, operation: OperationObject, api: Api, version: str) -> Endpoint:
        """Return the endpoint of one operation of an API, in one of its versions."""

        async def handle(raw: Request) -> HttpResponse:
            return await self._handle(raw, operation, api, version)

        return handle

    async def _handle(self, raw: Request, operation: OperationObject, api: Api, version: str) -> HttpResponse:
        entry = LogEntry.begin(self._sandbox, raw, operation.id)
        request = RequestContext(raw, operation, api, version, entry)
        try:
            response = await self._respond(request)
        except ServiceError as error:
            response = _error_response(request, error)
        response = evolve(response, headers={**request.headers, **response.headers}, sleep=self._sandbox.clock.sleep)
        entry.end(
            response,
            beginning(request.body),
            account=request.caller.name if request.caller else None,
            fault=str(request.fault) if request.fault else None,
            events=request.event_count,
            bytes=len(request.body),
            message=request.message,
        )
        return response

    async def _respond(self, request: RequestContext) -> HttpResponse:
        require_acceptable(request.raw, request.operation)
        request.caller = self._authenticator.authenticate(request.raw, request.operation)
        if request.api is V3 and self._sandbox.is_migrated:
            raise ServiceError(401, "The app was migrated; use app events", "INVALID_AUTHENTICATION")
        admission = self._sandbox.limiter.admit(request.caller.name)
        request.headers = admission.headers
        if not admission.is_accepted:
            request.message = f"exceeds the limit {admission.policy}"
            return rate_limit_response(admission.policy)
        faults = self._sandbox.faults
        request.has_faults = faults.plan.applies_to(request.operation.id, request.caller.name)
        if request.has_faults:
            request.fault = faults.next_fault()
            await self._wait()
        if request.fault and request.fault.is_instead:
            return apply_fault(request.fault, None)
        await self._read(request)
        if request.has_faults:
            request.fault = request.fault or faults.fault_for_events(request.body)
        if request.fault and request.fault.is_instead:
            return apply_fault(request.fault, None)
        response = self._execute(request)
        return apply_fault(request.fault, response) if request.fault else response

    async def _wait(self) -> None:
        try:
            await self._sandbox.clock.sleep(self._sandbox.faults.next_latency())
        except CancelledError as error:
            raise ServiceError(503, "The sandbox stopped before the operation") from error

    async def _read(self, request: RequestContext) -> None:
        if request.raw.method in ("POST", "PUT"):
            limit = self._sandbox.settings.max_body_bytes
            request.body = await read_body(request.raw, limit, "application/json")
        if request.entry.is_stale:
            raise ServiceError(503, "The sandbox was reset during the request")

    def _execute(self, request: RequestContext) -> HttpResponse:
        """Return the response of an operation; that of an error too, since faults change it as well."""
        operation = OPERATIONS[request.operation.id]
        try:
            request.value = self._value(request)
            scopes = operation.scopes_in(request.version)  # after the body, as in the service
            if request.caller and not set(scopes) & set(request.caller.scopes):
                raise missing_scope(scopes)
            return operation.execute(self._sandbox, request)
        except RecursionError:
            return _error_response(request, validation_error("Invalid input JSON: it is nested too deeply"))
        except ServiceError as error:
            events = request.value.get("inputs", [request.value]) if isinstance(request.value, dict) else []
            return _error_response(request, measured(error, self._sandbox.settings.errors, request.api, events))

    def _value(self, request: RequestContext) -> Any:
        """Return the body, which conforms to the document; None if the operation has none."""
        declared, is_lenient = request.operation.request, self._sandbox.settings.types == "lenient"
        if declared is None or declared.schema_name is None:
            return None
        return validated_body(request.body, declared.schema_name, request.api, lenient=is_lenient)


def _error_response(request: RequestContext, error: ServiceError) -> HttpResponse:
    request.message = error.message
    return error_response(error)
