"""The token endpoint: a refresh token in, an access token for 1800 seconds out."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from secrets import compare_digest
from urllib.parse import parse_qsl
from uuid import uuid4

from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hubspot_timeline_testing.sandbox.auth.accounts import Account, anonymous
from hubspot_timeline_testing.sandbox.bodies import encode
from hubspot_timeline_testing.sandbox.context import World
from hubspot_timeline_testing.sandbox.http.error_handlers import json_response
from hubspot_timeline_testing.sandbox.http.request_body import require_media_type, whole_body
from hubspot_timeline_testing.sandbox.http.requests import path_route
from hubspot_timeline_testing.sandbox.storage.access_tokens import IssuedToken
from hubspot_timeline_testing.sandbox.times import rfc3339

PATHS = ("/oauth/v1/token", "/oauth/2026-03/token")
_LIFETIME = 1800  # seconds
_LONGEST = 10_000  # bytes
_ASKED = ("client_id", "client_secret", "refresh_token")


@frozen
class TokenEndpoint:
    """Gives access tokens to the accounts of a sandbox; where it has none, to everybody, each an account of its own."""

    world: World

    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        return [path_route(path, {"POST": self.answer}) for path in PATHS]

    async def answer(self, request: Request) -> Response:
        """Answer with an access token, or with 400 in the shape of the service's token endpoint."""
        require_media_type(request, "application/x-www-form-urlencoded")
        raw = await whole_body(request, _LONGEST)
        form = dict(parse_qsl(raw.decode(errors="replace")))
        refused = _refusal(form)
        account = None if refused else _account(form, self.world.settings.accounts)
        if account is None:
            return json_response(400, encode({**(refused or _BAD_REFRESH_TOKEN), "correlationId": str(uuid4())}))
        return json_response(200, encode(self._granted(account, form["refresh_token"])))

    def _granted(self, account: str, refresh_token: str) -> Mapping[str, object]:
        expires_at = rfc3339(self.world.clock.now() + timedelta(seconds=_LIFETIME))
        token = self.world.store.access_tokens.issue(IssuedToken(account, expires_at))
        return {
            "access_token": token,
            "expires_in": _LIFETIME,
            "refresh_token": refresh_token,
            "token_type": "bearer",
        }


_BAD_REFRESH_TOKEN = {
    "error": "invalid_grant",
    "status": "BAD_REFRESH_TOKEN",
    "message": "missing or unknown refresh token",
}


def _refusal(form: Mapping[str, str]) -> dict[str, str] | None:
    """Return the body that refuses a form which cannot be right for anybody."""
    if form.get("grant_type") != "refresh_token":
        message = "grant_type must be refresh_token"
        return {"error": "unsupported_grant_type", "status": "BAD_GRANT_TYPE", "message": message}
    missing = [name for name in _ASKED if not form.get(name)]
    if missing:
        return {"error": "invalid_request", "status": "MISSING_FIELDS", "message": f"missing: {', '.join(missing)}"}
    return None


def _account(form: Mapping[str, str], accounts: Sequence[Account]) -> str | None:
    if not accounts:
        return anonymous("grant", form["refresh_token"])
    for account in accounts:
        known = (account.client_id, account.client_secret, account.refresh_token)
        if all(known) and all(map(_same, known, (form[name] for name in _ASKED))):
            return account.name
    return None


def _same(known: str, given: str) -> bool:
    return compare_digest(known.encode(), given.encode())
