"""Authentication of requests, by the security schemes of the documents."""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import chain
from typing import Any

from starlette.requests import Request

from hubspot_timeline_testing.openapi import OperationObject, document
from hubspot_timeline_testing.sandbox.apis import APIS
from hubspot_timeline_testing.sandbox.auth.accounts import Account
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.errors import ServiceError, expired_token
from hubspot_timeline_testing.sandbox.storage.access_tokens import PREFIX, AccessTokens

_BEARER = re.compile(r"Bearer (\S+)")  # as the service: not another case, and one space
_TOKEN = "access_token"  # noqa: S105 - the name of a field
_KEY = "developer_key"


class Authenticator:
    """Finds the account of a request. Without accounts every token and every developer key is an account of its own.

    Tokens that the sandbox issued expire in either case. Raises NotImplementedError if the document has a security
    scheme other than bearer tokens and keys in the query.
    """

    def __init__(self, accounts: Sequence[Account], issued: AccessTokens, clock: Clock) -> None:
        self._accounts = {account.name: account for account in accounts}
        secrets = [(field, account) for field in (_TOKEN, _KEY) for account in reversed(accounts)]
        self._by_secret = {(field, getattr(account, field)): account for field, account in secrets}
        self._issued = issued
        self._clock = clock
        schemes = [each for api in APIS for each in document(api)["components"]["securitySchemes"].items()]
        self._schemes: Mapping[str, Mapping[str, Any]] = dict(schemes)
        self._fields = {name: _account_field(scheme) for name, scheme in schemes}

    def authenticate(self, request: Request, operation: OperationObject) -> Account:
        """Return the sender of a request to an operation. Raises ServiceError (401) without valid credentials."""
        secrets = {name: secret for name in self._schemes if (secret := self._secret(request, name))}
        alternatives = operation.security
        for name in chain.from_iterable(alternatives):
            if name in secrets:
                return self._account(self._fields[name], secrets[name])
        if not all(alternatives) or not alternatives:
            return Account(name="anonymous")
        hint = "; a developer key manages templates only" if secrets else ""
        raise _unauthenticated(f"The request has no bearer token{hint}")

    def _secret(self, request: Request, scheme_name: str) -> str:
        """Return the secret of a request by a security scheme, empty without one."""
        if self._fields[scheme_name] == _KEY:
            return request.query_params.get(self._schemes[scheme_name]["name"], "")
        match = _BEARER.fullmatch(request.headers.get("authorization", ""))
        return match[1] if match else ""

    def _account(self, field: str, secret: str) -> Account:
        if field == _TOKEN and secret.startswith(PREFIX):
            return self._by_issued_token(secret)
        return self._by_secret.get((field, secret)) or self._anonymous(secret)

    def _by_issued_token(self, token: str) -> Account:
        issued = self._issued.find(token)
        if issued is None:
            raise _unauthenticated("The sandbox did not issue this access token, or was reset since; get a new one")
        if issued.expires_at <= self._clock.timestamp():
            raise expired_token("The OAuth token used to make this call has expired.", issued.expires_at)
        if not self._accounts:
            return Account(name=issued.account)
        # It is missing if another sandbox on the same file issued the token.
        return self._accounts.get(issued.account) or self._anonymous(token)

    def _anonymous(self, secret: str) -> Account:
        if self._accounts:
            raise _unauthenticated("The access token is not one of the sandbox's accounts")
        return Account(name=anonymous_name("token", secret))


def anonymous_name(kind: str, secret: str) -> str:
    """Return a name for an unknown account that is unique to its secret and does not reveal it."""
    return f"{kind} {sha256(secret.encode(errors='surrogateescape')).hexdigest()[:8]}"


def _account_field(scheme: Mapping[str, Any]) -> str:
    """Return the field of Account with the secret of a security scheme."""
    match scheme:
        case {"type": "http", "scheme": "bearer"}:
            return _TOKEN
        case {"type": "apiKey", "in": "query"}:
            return _KEY
    raise NotImplementedError(f"the sandbox does not support the security scheme {dict(scheme)}")


def _unauthenticated(message: str) -> ServiceError:
    return ServiceError(401, message, "INVALID_AUTHENTICATION")
