"""Who sends a request, and whether it may do what it asks for."""

from collections.abc import Sequence

from starlette.requests import Request

from hubspot_timeline_testing.sandbox.auth.accounts import Account, Caller, anonymous
from hubspot_timeline_testing.sandbox.auth.credentials import Doors
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.errors import RefusedError, missing_scope
from hubspot_timeline_testing.sandbox.storage.access_tokens import PREFIX, AccessTokens


class Gatekeeper:
    """Knows the accounts. Without any it lets in every token and every developer key, each as an account of its own.

    Tokens that the sandbox issued expire in either case.
    """

    def __init__(self, accounts: Sequence[Account], issued: AccessTokens, clock: Clock) -> None:
        self._accounts = {account.name: account for account in accounts}
        self._issued = issued
        self._clock = clock

    def identify(self, request: Request, doors: Doors) -> Caller:
        """Return who sends a request. Raises RefusedError with 401 for nobody known."""
        shown = doors.shown(request)
        if shown:
            return self._by_token(shown.secret) if shown.kind == "token" else self._by_developer_key(shown.secret)
        if doors.is_open:
            return Caller(anonymous("nobody", ""))
        in_vain = "; a developer key manages templates only" if doors.is_shown_in_vain(request) else ""
        raise _unknown(f"The request holds no bearer token{in_vain}")

    def _by_token(self, token: str) -> Caller:
        issued = self._issued.find(token)
        if issued:
            if issued.expires_at <= self._clock.text():
                raise _expired(issued.expires_at)
            return self._issued_to(issued.account, token)
        if token.startswith(PREFIX):  # issued before everything was forgotten
            raise _unknown("The access token is none that is known")
        for account in self._accounts.values():
            if account.access_token == token:
                return self._caller(account.name)
        return self._stranger(token)

    def _issued_to(self, name: str, token: str) -> Caller:
        """Return the account of a token; one that there is no more, of another sandbox on the same file, is nobody."""
        return self._stranger(token) if self._accounts and name not in self._accounts else self._caller(name)

    def _by_developer_key(self, key: str) -> Caller:
        for account in self._accounts.values():
            if account.developer_key == key:
                return self._caller(account.name)
        return self._stranger(key)

    def _caller(self, name: str) -> Caller:
        account = self._accounts.get(name)
        return Caller(name, account.app, account.scopes) if account else Caller(name)

    def _stranger(self, secret: str) -> Caller:
        if self._accounts:
            raise _unknown("The access token is not one of the sandbox's accounts")
        return Caller(anonymous("token", secret))


def require_scope(caller: Caller, scope: str) -> None:
    """Raise RefusedError with 403, in the service's shape, if a caller may not do what needs that scope."""
    if scope not in caller.scopes:
        raise missing_scope(scope)


def _expired(expires_at: str) -> RefusedError:
    message = "The OAuth token used to make this call has expired."
    return RefusedError(401, message, "EXPIRED_AUTHENTICATION", {"expire time": [expires_at]})


def _unknown(message: str) -> RefusedError:
    return RefusedError(401, message, "INVALID_AUTHENTICATION")
