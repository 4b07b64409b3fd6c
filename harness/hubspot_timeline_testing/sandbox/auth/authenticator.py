"""Authentication and authorisation of requests, by the security schemes of the document."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from attrs import frozen
from starlette.requests import Request

from hubspot_timeline_testing.openapi import document, security_of
from hubspot_timeline_testing.sandbox.auth.accounts import SCOPES, Account
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.errors import ServiceError, expired_token, missing_scope
from hubspot_timeline_testing.sandbox.storage.access_tokens import PREFIX, AccessTokens


@frozen
class Caller:
    """The authenticated sender of a request: the name of the account, its app if that is known, and its scopes."""

    account: str
    app: int | None = None
    scopes: tuple[str, ...] = SCOPES


class SecuritySchemes:
    """The security schemes of one operation. Raises NotImplementedError for one that the sandbox does not support."""

    def __init__(self, operation_id: str) -> None:
        alternatives = security_of(operation_id)
        names = [name for alternative in alternatives for name in alternative]
        schemes = document()["components"]["securitySchemes"]
        self.is_optional: bool = len(names) < len(alternatives) or not names
        self._accepted = [schemes[name] for name in names]
        self._others = [scheme for name, scheme in schemes.items() if name not in names]
        for scheme in self._accepted:
            _is_bearer(scheme)

    def bearer_token(self, request: Request) -> str:
        """Return the access token of a request, empty without one or where the operation does not accept any."""
        return _first_secret(request, [scheme for scheme in self._accepted if _is_bearer(scheme)])

    def developer_key(self, request: Request) -> str:
        """Return the developer key of a request, empty without one or where the operation does not accept any."""
        return _first_secret(request, [scheme for scheme in self._accepted if not _is_bearer(scheme)])

    def has_unaccepted_secret(self, request: Request) -> bool:
        """Return whether a request has a secret for other operations."""
        return bool(_first_secret(request, self._others))


class Authenticator:
    """Finds the account of a request. Without accounts every token and every developer key is an account of its own.

    Tokens that the sandbox issued expire in either case.
    """

    def __init__(self, accounts: Sequence[Account], issued: AccessTokens, clock: Clock) -> None:
        self._accounts = {account.name: account for account in accounts}
        self._issued = issued
        self._clock = clock

    def authenticate(self, request: Request, schemes: SecuritySchemes) -> Caller:
        """Return the caller of a request. Raises ServiceError (401) without valid credentials."""
        if token := schemes.bearer_token(request):
            return self._by_issued_token(token) if token.startswith(PREFIX) else self._by_secret("access_token", token)
        if key := schemes.developer_key(request):
            return self._by_secret("developer_key", key)
        if schemes.is_optional:
            return Caller(anonymous_name("nobody", ""))
        hint = "; a developer key manages templates only" if schemes.has_unaccepted_secret(request) else ""
        raise _unauthenticated(f"The request has no bearer token{hint}")

    def _by_issued_token(self, token: str) -> Caller:
        issued = self._issued.find(token)
        if issued is None:  # from before a reset
            raise _unauthenticated("The access token is not known")
        if issued.expires_at <= self._clock.timestamp():
            raise expired_token("The OAuth token used to make this call has expired.", issued.expires_at)
        if not self._accounts:
            return Caller(issued.account)
        account = self._accounts.get(issued.account)  # missing if another sandbox on the same file issued the token
        return _caller(account) if account else self._anonymous(token)

    def _by_secret(self, field: str, secret: str) -> Caller:
        account = next((each for each in self._accounts.values() if getattr(each, field) == secret), None)
        return _caller(account) if account else self._anonymous(secret)

    def _anonymous(self, secret: str) -> Caller:
        if self._accounts:
            raise _unauthenticated("The access token is not one of the sandbox's accounts")
        return Caller(anonymous_name("token", secret))


def anonymous_name(kind: str, secret: str) -> str:
    """Return a name for an unknown account that is unique to its secret and does not reveal it."""
    return f"{kind} {sha256(secret.encode(errors='surrogateescape')).hexdigest()[:8]}"


def require_scope(caller: Caller, scope: str) -> None:
    """Raise ServiceError (403) if the caller lacks a scope."""
    if scope not in caller.scopes:
        raise missing_scope(scope)


def _caller(account: Account) -> Caller:
    return Caller(account.name, account.app, account.scopes)


def _unauthenticated(message: str) -> ServiceError:
    return ServiceError(401, message, "INVALID_AUTHENTICATION")


def _is_bearer(scheme: Mapping[str, Any]) -> bool:
    match scheme:
        case {"type": "http", "scheme": "bearer"}:
            return True
        case {"type": "apiKey", "in": "query"}:
            return False
    raise NotImplementedError(f"the sandbox does not support the security scheme {dict(scheme)}")


def _first_secret(request: Request, schemes: Sequence[Mapping[str, Any]]) -> str:
    return next(filter(None, (_secret(request, scheme) for scheme in schemes)), "")


def _secret(request: Request, scheme: Mapping[str, Any]) -> str:
    if not _is_bearer(scheme):
        return request.query_params.get(scheme["name"], "")
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
