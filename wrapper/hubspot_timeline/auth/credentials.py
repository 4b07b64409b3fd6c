"""The credentials of a client: an access token, a function that returns one, or OAuth credentials."""

import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

from hubspot_timeline.auth.oauth import OAuthRefresh, OnRenewal, RefreshedTokens
from hubspot_timeline.auth.secret import Secret, bearer, hidden
from hubspot_timeline.auth.sources import FixedToken, TokenFunction, TokenSource
from hubspot_timeline.errors import OptionError

TOKEN_VARIABLE = "HUBSPOT_TIMELINE_TOKEN"  # noqa: S105 - the name of the variable, not a token
OAUTH_VARIABLES = ("HUBSPOT_TIMELINE_CLIENT_ID", "HUBSPOT_TIMELINE_CLIENT_SECRET", "HUBSPOT_TIMELINE_REFRESH_TOKEN")

AccessTokenLike: TypeAlias = str | OAuthRefresh | Callable[[], str | Awaitable[str]]
"""What the `token` of a client may be: an access token, an OAuthRefresh, or a function that returns an access token.

The function is called before each request, from several threads, and caches its tokens itself; the asynchronous client
also accepts a coroutine function, and calls any other function in a thread.
"""


def credentials_from_environment() -> str | OAuthRefresh:
    """Return the access token of the environment, else its OAuth credentials. Raises OptionError without either."""
    if token := Secret(os.environ.get(TOKEN_VARIABLE, "").strip()):
        return token
    values = {name: Secret(os.environ.get(name, "").strip()) for name in OAUTH_VARIABLES}
    if not any(values.values()):
        is_blank = TOKEN_VARIABLE in os.environ
        problem = (
            f"{TOKEN_VARIABLE} is blank; set it" if is_blank else f"the access token is missing; set {TOKEN_VARIABLE}"
        )
        raise OptionError(f"{problem}, or to refresh tokens {', '.join(OAUTH_VARIABLES)}")
    if missing := [name for name, value in values.items() if not value]:
        raise OptionError(f"the access token is missing; to refresh one, set {' and '.join(missing)} too")
    client_id, client_secret, refresh_token = values.values()
    return OAuthRefresh(client_id, client_secret, refresh_token)


def token_from_file(path: Path) -> Secret:
    """Return the access token that a file holds. Raises OptionError, without the token in it."""
    try:
        token = Secret(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise OptionError(f"the token file {path} cannot be read: {reason}") from None  # its frames have the content
    if not token:
        raise OptionError(f"the token file {path} holds no token")
    return token


def token_source(
    token: AccessTokenLike, clock: Callable[[], float] | None = None, on_renewal: OnRenewal | None = None
) -> TokenSource:
    """Return the source of access tokens for the `token` of a client. Raises OptionError."""
    token = hidden(token)
    if isinstance(token, OAuthRefresh):
        return RefreshedTokens(token, clock or time.monotonic, on_renewal)
    return TokenFunction(token) if callable(token) else FixedToken(bearer(token))
