"""Secret text: access tokens and other credentials, which no repr shows."""

from hubspot_timeline.errors import OptionError


class Secret(str):
    """A string whose repr hides it, also in tracebacks and logs that show the repr."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def bearer(token: str) -> Secret:
    """Return the Authorization header for an access token. Raises OptionError, which does not quote the token."""
    if problem := _problem(token):
        raise OptionError(f"the access token {problem}")
    return Secret(f"Bearer {token}")


def _problem(token: object) -> str | None:  # callers without a type checker may pass anything
    if not isinstance(token, str):
        return f"is a {type(token).__name__}, not text"
    if not token.strip():
        return "is blank" if token else "is empty"
    if token.split()[0].lower() == "bearer":
        return "begins with Bearer; give it without the word Bearer"
    if token != token.strip():
        return "begins or ends with a space or line end; remove it"
    if not token.isascii() or not token.isprintable() or " " in token:
        return "contains a space, a control character or one outside ASCII; copy it again"
    return None
