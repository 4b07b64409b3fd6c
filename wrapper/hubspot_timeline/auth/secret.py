"""The access token, and where it may go."""

import os
from ipaddress import ip_address
from urllib.parse import urlsplit

from hubspot_timeline.errors import OptionError

BASE_URL_VARIABLE = "HUBSPOT_TIMELINE_BASE_URL"

BASE_URL = "https://api.hubapi.com"
"""The vendor's production host."""


class Secret(str):
    """Text that shows itself only to whoever asks for it as text; reprs, and so tracebacks and logs, hide it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def bearer(token: str) -> Secret:
    """Return the Authorization header for a token. Raises OptionError, without quoting it, if it cannot be one."""
    given: object = token  # whatever a caller without a type checker gives
    if not isinstance(given, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise OptionError("the token is empty or holds blanks, line ends or characters outside ASCII")
    return Secret(f"Bearer {token}")


def base_url_from_environment() -> str:
    """Return the URL in HUBSPOT_TIMELINE_BASE_URL, else the vendor's host."""
    return os.environ.get(BASE_URL_VARIABLE, "").strip() or BASE_URL


def checked_base_url(url: str) -> str:
    """Return the URL without a slash at its end. Raises OptionError where a token must not go."""
    given: object = url  # whatever a caller without a type checker gives
    if not isinstance(given, str) or not given.isprintable():
        raise OptionError("base_url is no URL; give scheme and host, such as https://api.hubapi.com")
    if any(sign in url for sign in "@?#"):  # not quoted, since it may hold a password
        raise OptionError("base_url holds a user, a query or a fragment; give scheme, host and path only")
    scheme, host = _scheme_and_host(url)
    if scheme not in ("http", "https") or not host:
        raise OptionError(f"base_url is {url!r}; give scheme and host, such as https://api.hubapi.com")
    if scheme == "http" and not is_loopback(url):
        raise OptionError(f"base_url is {url!r}; a token goes over https, or to this machine only")
    return url.rstrip("/")


def _scheme_and_host(url: str) -> tuple[str, str | None]:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises if it is no number
    except ValueError:
        return "", None
    return parts.scheme, parts.hostname


def is_loopback(url: str) -> bool:
    """Tell whether a URL leads to this machine."""
    _, host = _scheme_and_host(url)
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False
