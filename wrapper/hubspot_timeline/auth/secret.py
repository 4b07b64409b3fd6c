"""Secret text: access tokens and other credentials, which no repr shows."""

from typing import Any, SupportsIndex

from hubspot_timeline.errors import OptionError, type_of


class Secret(str):
    """A string whose repr hides it, also in tracebacks and logs that show the repr."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __getitem__(self, key: SupportsIndex | slice) -> "Secret":
        """Return a part, hidden as well: rich shortens a long string before it shows the repr."""
        return Secret(super().__getitem__(key))


def hidden(value: Any) -> Any:
    """Return a string as a Secret, a dict or list with its strings as Secrets, and anything else as it is.

    A function replaces its own arguments with it first, since a traceback may show the local variables of each frame.
    """
    if isinstance(value, dict):
        return {name: hidden(each) for name, each in value.items()}
    if isinstance(value, list):
        return [hidden(each) for each in value]
    return Secret(value) if isinstance(value, str) else value


def bearer(token: str) -> Secret:
    """Return the Authorization header for an access token. Raises OptionError, which does not quote the token."""
    token = hidden(token)
    if problem := _problem(token):
        raise OptionError(f"the access token {problem}")
    return Secret(f"Bearer {token}")


def _problem(token: object) -> str | None:  # callers without a type checker may pass anything
    if not isinstance(token, str):
        return f"is {type_of(token)}, not text"
    if not token.strip():
        return "is blank" if token else "is empty"
    if token.split()[0].lower() == "bearer":
        return "begins with Bearer; give it without the word Bearer"
    if token != token.strip():
        return "begins or ends with a space or line end; remove it"
    if not token.isascii() or not token.isprintable() or " " in token:
        return "contains a space, a control character or one outside ASCII; copy it again"
    return None
