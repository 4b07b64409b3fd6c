"""Access tokens that the sandbox issued, stored as digests: a database file does not give access to anything."""

from hashlib import sha256
from secrets import token_urlsafe

from attrs import frozen

from hubspot_timeline_testing.sandbox.storage.database import Database

PREFIX = "sandbox-"
"""The prefix of every issued token."""


@frozen
class IssuedToken:
    """The account of an access token, and when it expires (RFC 3339)."""

    account: str
    expires_at: str


class AccessTokens:
    """The access tokens of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, issued: IssuedToken) -> str:
        """Return a new token."""
        token = f"{PREFIX}{token_urlsafe(24)}"
        self._database.write(
            "INSERT INTO access_tokens VALUES (?, ?, ?)", _digest(token), issued.account, issued.expires_at
        )
        return token

    def find(self, token: str) -> IssuedToken | None:
        """Return the account and expiry of a token; None if it was not issued here."""
        row = self._database.row("SELECT account, expires_at FROM access_tokens WHERE digest = ?", _digest(token))
        return IssuedToken(*row) if row else None


def _digest(token: str) -> str:
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
