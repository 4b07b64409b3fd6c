"""Secret text: access tokens and other credentials, which no repr shows."""

from hubspot_timeline.errors import OptionError


class Secret(str):
    """A string whose repr hides it, also in tracebacks and logs that show the repr."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def bearer(token: str) -> Secret:
    """Return the Authorization header for an access token. Raises OptionError, which does not quote the token."""
    value: object = token  # callers without a type checker may pass anything
    if not isinstance(value, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise OptionError("the access token is empty or contains spaces, line ends or characters outside ASCII")
    return Secret(f"Bearer {token}")
