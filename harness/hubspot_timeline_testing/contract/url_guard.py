"""Checks of a base URL before any request: production hosts need a confirmation, plain http needs loopback.

Nothing here resolves a name or opens a connection.
"""

import re
import unicodedata
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from hubspot_timeline_testing.contract.settings import ContractUsageError

PRODUCTION_DOMAINS = ("hubapi.com", "hubspot.com")
"""The domains of the vendor; a host at or below one of them is a production host."""

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?")
_DOTS = str.maketrans("\u3002\uff0e\uff61\u2024", "....")  # characters that resolve as a dot


def check_url(url: str, *, production: bool = False, confirm_host: str | None = None) -> str:
    """Return the base URL without a slash at its end. Raises ContractUsageError for a URL that must not be used.

    A production host needs `production` and its full name as `confirm_host`.
    """
    host = _host(url)
    if is_production(host):
        _require_confirmation(host, production, confirm_host)
    elif production or confirm_host is not None:
        raise ContractUsageError(f"{host} is not a production host; omit --production and --confirm-production")
    if urlsplit(url).scheme == "http" and not is_loopback(host):
        raise ContractUsageError("an access token is sent over https, or to this machine only; use a URL with https://")
    return url.rstrip("/")


def is_production(host: str) -> bool:
    """Return whether a host is the vendor's, in any spelling: capitals, dots at its end, look-alike characters."""
    folded = unicodedata.normalize("NFKC", host.translate(_DOTS)).casefold().translate(_DOTS)
    plain = "".join(sign for sign in folded if unicodedata.category(sign) not in ("Cf", "Mn")).rstrip(".")
    return any(plain == domain or plain.endswith(f".{domain}") for domain in PRODUCTION_DOMAINS)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, or an empty string."""
    with suppress(ValueError):
        parts = urlsplit(url)
        return (parts.hostname or "") if parts.port != 0 else ""
    return ""


def _host(url: str) -> str:
    host = host_of(url)
    if not url.isprintable() or any(sign in url for sign in "@\\?# "):  # not quoted: it may contain a password
        raise ContractUsageError("the URL contains a user, a query, a fragment or blanks; use scheme, host and path")
    if not host or urlsplit(url).scheme not in ("http", "https") or not _is_sent_to(url, host):
        raise ContractUsageError(f"{url!r} is not a base URL; use scheme and host, such as http://127.0.0.1:8080")
    if is_production(host):
        return host.rstrip(".") if host.isascii() else host
    if not (_HOST.fullmatch(host) or _is_address(host)):
        raise ContractUsageError("the host is not plain ASCII; write an international name in its form with xn--")
    return host


def _is_sent_to(url: str, host: str) -> bool:
    """Return whether httpx reads the host as urlsplit does, which drops what follows an address in brackets."""
    try:
        sent_to = httpx.URL(url).host
    except httpx.InvalidURL:
        return not host.isascii()  # said more clearly below
    return not (host.isascii() and sent_to.isascii()) or sent_to == host


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        return bool(ip_address(host))
    return False


def _require_confirmation(host: str, production: bool, confirm_host: str | None) -> None:
    if not production or confirm_host is None:
        raise ContractUsageError(
            f"{host} is a production host of the vendor, where requests would create real events and templates; "
            "nothing was sent. To use it, add --production and --confirm-production with the full name of the host"
        )
    if confirm_host != host or not host.isascii():
        raise ContractUsageError(f"--confirm-production is {confirm_host!r}, the host is {host!a}; nothing was sent")
