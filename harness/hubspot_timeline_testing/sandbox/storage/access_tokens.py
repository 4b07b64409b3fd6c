"""The access tokens that the sandbox issued, by their digests: what is in a file opens nothing."""

from hashlib import sha256
from secrets import token_urlsafe

from attrs import frozen

from hubspot_timeline_testing.sandbox.storage.database import Database

PREFIX = "sandbox-"
"""How the tokens begin that are issued here."""


@frozen
class IssuedToken:
    """Whose an access token is, and until when it is good, RFC 3339."""

    account: str
    expires_at: str


class AccessTokens:
    """The access tokens of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, issued: IssuedToken) -> str:
        """Return a fresh token."""
        token = f"{PREFIX}{token_urlsafe(24)}"
        with self._database.transaction() as connection:
            row = (_digest(token), issued.account, issued.expires_at)
            connection.execute("INSERT INTO access_tokens VALUES (?, ?, ?)", row)
        return token

    def find(self, token: str) -> IssuedToken | None:
        """Return what is known of a token; None for one that was not issued here."""
        found = self._database.rows("SELECT account, expires_at FROM access_tokens WHERE digest = ?", _digest(token))
        return IssuedToken(*found[0]) if found else None


def _digest(token: str) -> str:
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
