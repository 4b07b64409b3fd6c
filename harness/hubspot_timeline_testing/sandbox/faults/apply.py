"""The effect of each fault on a response; nothing here does I/O."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import uuid4

from attrs import evolve

from hubspot_timeline_testing.sandbox.clock import rfc3339
from hubspot_timeline_testing.sandbox.errors import expired_token, missing_scope, validation_error
from hubspot_timeline_testing.sandbox.faults.kinds import AnyFault, EventFault, Fault, StatusFault
from hubspot_timeline_testing.sandbox.http.response import (
    HttpResponse,
    encode_json,
    error_response,
    html_response,
    rate_limit_response,
    status_response,
)

OVERSIZED_BYTES = 20_000_000
"""The bytes of whitespace in an oversized response."""

_RETRY_AFTER = {"retry-after": "1"}
_BatchBody: TypeAlias = dict[str, Any]


def apply_fault(fault: AnyFault, response: HttpResponse | None) -> HttpResponse:
    """Return a response as a fault changes it; None for one that takes the place of the operation."""
    if isinstance(fault, StatusFault):
        return _status(fault)
    if response is None or fault in _INSTEAD:
        return _INSTEAD[fault]()
    if fault in _AFTER:
        return _AFTER[fault](response)
    return _AFTER_SUCCESS[fault](response) if fault in _AFTER_SUCCESS and response.status < 300 else response


def _status(fault: StatusFault) -> HttpResponse:
    if fault.status in (204, 205, 304):  # HTTP has no body there
        return HttpResponse(fault.status)
    return html_response(fault.status) if fault.is_html else status_response(fault.status)


def _expired_token() -> HttpResponse:
    message = "The OAuth token used to make this call expired 1 minute(s) ago."
    return error_response(expired_token(message, rfc3339(datetime.now(UTC) - timedelta(minutes=1))))


def _mutated(mutate: Callable[[_BatchBody], _BatchBody]) -> Callable[[HttpResponse], HttpResponse]:
    def apply(response: HttpResponse) -> HttpResponse:
        try:
            return evolve(response, body=encode_json(mutate(json.loads(response.body))).encode())
        except (RecursionError, ValueError, LookupError):  # nested as deeply as can be created; or not a batch
            return response

    return apply


def _without_results(body: _BatchBody) -> _BatchBody:
    return {name: value for name, value in body.items() if name != "numErrors"} | {"results": [], "errors": []}


def _with_wrong_ids(body: _BatchBody) -> _BatchBody:
    return body | {"results": [result | {"id": f"{result['id']}-{uuid4()}"} for result in body["results"]]}


def _oversized(response: HttpResponse) -> HttpResponse:
    """Insert whitespace after the opening brace, so that a reader gets it before anything else."""
    if not response.body.startswith(b"{"):
        return response
    return evolve(response, body=response.body[:1] + b" " * OVERSIZED_BYTES + response.body[1:])


_INSTEAD: Mapping[AnyFault, Callable[[], HttpResponse]] = {
    Fault.HTTP_500: lambda: status_response(500),
    Fault.HTTP_502: lambda: html_response(502),
    Fault.HTTP_503: lambda: status_response(503),
    Fault.LIMITED: lambda: rate_limit_response(headers=_RETRY_AFTER),
    Fault.LIMITED_DAILY: lambda: rate_limit_response("DAILY"),
    Fault.LOCKED: lambda: status_response(423),
    Fault.MIGRATING: lambda: status_response(477, _RETRY_AFTER),
    Fault.EXPIRED_TOKEN: _expired_token,
    Fault.MISSING_SCOPES: lambda: error_response(missing_scope(["timeline"])),
    Fault.RESET_BEFORE: lambda: HttpResponse(500, delivery="reset"),
    EventFault.REFUSE_BATCH: lambda: error_response(validation_error("The batch has an event that is refused")),
}
_AFTER: Mapping[AnyFault, Callable[[HttpResponse], HttpResponse]] = {
    Fault.HTTP_520_AFTER: lambda _: html_response(520),
    Fault.RESET_AFTER: lambda response: evolve(response, delivery="reset"),
    Fault.TRUNCATED: lambda response: evolve(response, delivery="truncated"),
    Fault.SLOW_BODY: lambda response: evolve(response, delivery="slow"),
    Fault.SLOW_HEADERS: lambda response: evolve(response, delivery="slow-headers"),
}
_AFTER_SUCCESS: Mapping[AnyFault, Callable[[HttpResponse], HttpResponse]] = {
    Fault.EMPTY: lambda response: evolve(response, body=b""),
    Fault.NO_RESULTS: _mutated(_without_results),
    Fault.HTML_SUCCESS: lambda response: html_response(response.status),
    Fault.MISSING_RESULTS: _mutated(lambda body: body | {"results": body["results"][1::2]}),
    Fault.SHUFFLED: _mutated(lambda body: body | {"results": body["results"][::-1]}),
    Fault.STATUS_200: lambda response: evolve(response, status=200 if response.status == 201 else response.status),
    Fault.UNKNOWN_STATUS: _mutated(lambda body: body | {"status": "FINISHED"}),
    Fault.COMPLETED: _mutated(lambda body: body | {"status": "COMPLETED"}),
    Fault.OVERSIZED: _oversized,
    Fault.WRONG_IDS: _mutated(_with_wrong_ids),
}
