"""The OAuth token endpoint: exchanges a refresh token for an access token that is valid for 1800 seconds."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from secrets import compare_digest
from urllib.parse import parse_qsl
from uuid import uuid4

from attrs import evolve
from starlette.requests import Request
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.apis import ISSUE_ACCESS_TOKEN
from hubspot_timeline_testing.sandbox.auth.accounts import Account
from hubspot_timeline_testing.sandbox.auth.authenticator import anonymous_name
from hubspot_timeline_testing.sandbox.clock import rfc3339
from hubspot_timeline_testing.sandbox.context import LogEntry, SandboxContext
from hubspot_timeline_testing.sandbox.errors import ServiceError
from hubspot_timeline_testing.sandbox.faults.apply import apply_fault
from hubspot_timeline_testing.sandbox.http.masking import masked_form, masked_json
from hubspot_timeline_testing.sandbox.http.requests import path_route, read_body
from hubspot_timeline_testing.sandbox.http.response import HttpResponse, error_response, json_response
from hubspot_timeline_testing.sandbox.storage.access_tokens import IssuedToken

PATHS = ("/oauth/v1/token", "/oauth/2026-03/token", "/oauth/2026-09/token")
_LIFETIME = 1800  # seconds
_MAX_BODY = 10_000  # bytes
_FIELDS = ("client_id", "client_secret", "refresh_token")


def token_routes(sandbox: SandboxContext) -> list[Route]:
    """Return the routes of the token endpoint, at its old and its new paths; it has faults if the plan names it."""

    async def handle(request: Request) -> HttpResponse:
        entry, raw, account, message = LogEntry.begin(sandbox, request, ISSUE_ACCESS_TOKEN), b"", None, None
        fault = sandbox.faults.next_fault() if ISSUE_ACCESS_TOKEN in sandbox.faults.plan.operations else None
        try:
            raw = await read_body(request, _MAX_BODY, "application/x-www-form-urlencoded")
            if fault and fault.is_instead:
                response = apply_fault(fault, None)
            else:
                response, account = _issue(sandbox, dict(parse_qsl(raw.decode(errors="replace"))))
                message = json.loads(response.body).get("message")
                response = apply_fault(fault, response) if fault else response
        except ServiceError as error:
            response, message = error_response(error), error.message
        form, body, word = masked_form(raw.decode(errors="replace")), masked_json(response.body), fault and str(fault)
        entry.end(response, form, body, account=account, fault=word, message=message, bytes=len(raw))
        return evolve(response, sleep=sandbox.clock.sleep)

    return [path_route(path, {"POST": handle}) for path in PATHS]


def _issue(sandbox: SandboxContext, form: Mapping[str, str]) -> tuple[HttpResponse, str | None]:
    """Return an access token, or a 400 in the shape of the service's token endpoint, and the account.

    Without accounts any grant gets a token.
    """
    error = _form_error(form)
    account = None if error else _account(form, sandbox.settings.accounts)
    if account is None:
        return json_response(400, {**(error or _BAD_REFRESH_TOKEN), "correlationId": str(uuid4())}), None
    expires_at = rfc3339(sandbox.clock.now() + timedelta(seconds=_LIFETIME))
    token = sandbox.store.access_tokens.issue(IssuedToken(account, expires_at))
    body = {"access_token": token, "expires_in": _LIFETIME, "refresh_token": form["refresh_token"]}
    return json_response(200, body | {"token_type": "bearer"}), account


_BAD_REFRESH_TOKEN = {
    "error": "invalid_grant",
    "status": "BAD_REFRESH_TOKEN",
    "message": "missing or unknown refresh token",
}


def _form_error(form: Mapping[str, str]) -> dict[str, str] | None:
    """Return the error body for a form that is invalid for every account."""
    if form.get("grant_type") != "refresh_token":
        message = "grant_type must be refresh_token"
        return {"error": "unsupported_grant_type", "status": "BAD_GRANT_TYPE", "message": message}
    missing = [name for name in _FIELDS if not form.get(name)]
    if missing:
        return {"error": "invalid_request", "status": "MISSING_FIELDS", "message": f"missing: {', '.join(missing)}"}
    return None


def _account(form: Mapping[str, str], accounts: Sequence[Account]) -> str | None:
    if not accounts:
        return anonymous_name("grant", form["refresh_token"])
    for account in accounts:
        secrets = {name: getattr(account, name) for name in _FIELDS}
        if all(secrets.values()) and all(_are_equal(secret, form[name]) for name, secret in secrets.items()):
            return account.name
    return None


def _are_equal(secret: str, value: str) -> bool:
    return compare_digest(secret.encode(), value.encode())
