"""Accounts: who has installed the app, and what its tokens may do."""

from collections.abc import Iterable
from hashlib import sha256

from attrs import field, frozen
from attrs.validators import deep_iterable, in_, min_len

EVENTS = "timeline"
READ_TEMPLATES = "developers-read"
WRITE_TEMPLATES = "developers-write"
SCOPES = (EVENTS, READ_TEMPLATES, WRITE_TEMPLATES)
"""All scopes that the operations ask for; that the last two are asked for here is documented, where is assumed."""


def _scopes(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(given)


@frozen(kw_only=True)
class Account:
    """One account that has installed the app. A sandbox that has accounts lets in nobody else.

    `refresh_token`, with `client_id` and `client_secret`, gets access tokens from the token endpoint; `access_token` is
    one that never expires; `developer_key` manages templates. What is empty opens nothing. `app`: whose templates its
    events use; None for any. `scopes`: what its tokens may do. Raises ValueError for values that cannot be meant.
    """

    name: str = field(validator=min_len(1))
    app: int | None = None
    scopes: tuple[str, ...] = field(default=SCOPES, converter=_scopes, validator=deep_iterable(in_(SCOPES)))
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    developer_key: str = field(default="", repr=False)


@frozen
class Caller:
    """Who sends a request: the name of the account, its app where that is known, and what it may do."""

    account: str
    app: int | None = None
    scopes: tuple[str, ...] = SCOPES


def anonymous(kind: str, secret: str) -> str:
    """Return a name for somebody of whom only a secret is known, which tells them apart and does not give it away."""
    return f"{kind} {sha256(secret.encode(errors='surrogateescape')).hexdigest()[:8]}"
