"""Where a verification may send to. Nothing here looks up a name or opens a connection."""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import urlsplit

from hubspot_timeline_testing.contract.errors import ContractUsageError

PRODUCTION = ("hubapi.com", "hubspot.com")
"""The vendor's domains; a host at or below one of them is production."""

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?")
_DOTS = str.maketrans("\u3002\uff0e\uff61\u2024", "....")  # what looks up as a dot


def checked_url(url: str, *, production: bool = False, host_again: str | None = None) -> str:
    """Return the base URL without a slash at its end. Raises ContractUsageError for one that nothing is sent to.

    The vendor's hosts are taken only with `production` and with the host's name, typed in full, as `host_again`.
    """
    host = _host(url)
    if is_production(host):
        _ask_twice(host, production, host_again)
    elif production or host_again is not None:
        raise ContractUsageError(f"{host} is no production host; leave out production and its confirmation")
    if urlsplit(url).scheme == "http" and not is_loopback(host):
        raise ContractUsageError("a token goes over https, or to this machine only; give a URL with https://")
    return url.rstrip("/")


def is_production(host: str) -> bool:
    """Tell whether a host is the vendor's, however it is spelled: capitals, dots at its end, look-alike characters."""
    folded = unicodedata.normalize("NFKC", host.translate(_DOTS)).casefold().translate(_DOTS)
    plain = "".join(sign for sign in folded if unicodedata.category(sign) not in ("Cf", "Mn")).rstrip(".")
    return any(plain == domain or plain.endswith(f".{domain}") for domain in PRODUCTION)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Return the host of a URL in small letters, and nothing where it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _host(url: str) -> str:
    host = host_of(url)
    if is_production(host) and any(sign in url for sign in "@\\"):
        raise ContractUsageError("the URL leads to the vendor's production host, and hides a user in it")
    if not url.isprintable() or any(sign in url for sign in "@\\?# "):  # not quoted: it may hold a password
        raise ContractUsageError("the URL holds a user, a query, a fragment or blanks; give scheme, host and path only")
    if urlsplit(url).scheme not in ("http", "https") or not host or not _has_port(url):
        raise ContractUsageError(f"{url!r} is no base URL; give scheme and host, such as http://127.0.0.1:8080")
    if is_production(host):
        return host.rstrip(".") if host.isascii() else host
    if not (_HOST.fullmatch(host) or _is_address(host)):
        raise ContractUsageError("the host is not plain ASCII; give an international name in its form with xn--")
    return host


def _has_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _ask_twice(host: str, production: bool, host_again: str | None) -> None:
    if not production or host_again is None:
        raise ContractUsageError(
            f"{host} is the vendor's production host, where requests would create real events and templates; nothing "
            "was sent. To mean it, give --production and --yes-i-mean with the host's name in full"
        )
    if host_again != host:
        raise ContractUsageError(f"--yes-i-mean is {host_again!r}, the host is {host}; nothing was sent")
    if not host.isascii():
        raise ContractUsageError("the production host is spelled with look-alike characters; nothing was sent")
