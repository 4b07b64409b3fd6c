"""Settings of a client: base URL, app id and rate limit store, validated or read from the environment."""

import os
from ipaddress import ip_address
from urllib.parse import urlsplit

from hubspot_timeline.errors import OptionError

BASE_URL_VARIABLE = "HUBSPOT_TIMELINE_BASE_URL"
API_VARIABLE = "HUBSPOT_TIMELINE_API"
APP_ID_VARIABLE = "HUBSPOT_TIMELINE_APP_ID"
ACCOUNTS_VARIABLE = "HUBSPOT_TIMELINE_ACCOUNTS"
RATE_LIMIT_STORE_VARIABLE = "HUBSPOT_TIMELINE_RATE_LIMIT_STORE"

BASE_URL = "https://api.hubapi.com"
"""The vendor's production host."""

_MAX_HOST_LENGTH = 253
_INT32 = 2**31
_APP_ID_RANGE = f"it must be a whole number from 1 to {_INT32 - 1}"


def base_url_from_environment() -> str:
    """Return the URL in HUBSPOT_TIMELINE_BASE_URL, if it is not set the vendor's host. Raises OptionError if empty.

    A script whose sandbox has not started must not send to production instead.
    """
    url = os.environ.get(BASE_URL_VARIABLE, BASE_URL).strip()
    if not url:
        raise OptionError(f"{BASE_URL_VARIABLE} is empty; set it to a URL, or unset it to use {BASE_URL}")
    return url


def api_from_environment() -> str:
    """Return the version of the API in HUBSPOT_TIMELINE_API, by default v3."""
    return os.environ.get(API_VARIABLE, "").strip() or "v3"


def rate_limit_store_from_environment() -> str:
    """Return the store in HUBSPOT_TIMELINE_RATE_LIMIT_STORE, by default the memory of this process."""
    return os.environ.get(RATE_LIMIT_STORE_VARIABLE, "").strip() or "memory:"


def app_id_from_environment() -> int | None:
    """Return the id in HUBSPOT_TIMELINE_APP_ID, or None. Raises OptionError for an invalid one."""
    text = os.environ.get(APP_ID_VARIABLE, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 10:
        raise OptionError(f"{APP_ID_VARIABLE} is {text!r}; {_APP_ID_RANGE}")
    return validated_app_id(int(text))


def validated_app_id(app_id: object) -> int | None:
    """Return the id of an app, None for None. Raises OptionError for an invalid one."""
    if app_id is None:
        return None
    if not isinstance(app_id, int) or isinstance(app_id, bool) or not 0 < app_id < _INT32:
        raise OptionError(f"app_id is {app_id!r}; {_APP_ID_RANGE}")
    return app_id


def required_app_id(app_id: int | None) -> int:
    """Return the id of an app. Raises OptionError with where to set it if it is None."""
    if app_id is None:
        raise OptionError(
            f"app_id is not set, and templates belong to an app; set {APP_ID_VARIABLE}, or pass app_id= to the client, "
            "--app-id to the command"
        )
    return app_id


def validated_base_url(url: str) -> str:
    """Return the URL without a trailing slash. Raises OptionError where an access token must not be sent."""
    value: object = url  # callers without a type checker may pass anything
    if not isinstance(value, str) or not value.isprintable():
        raise OptionError("base_url is not a URL; use scheme and host, such as https://api.hubapi.com")
    if any(character in url for character in "@?#"):  # not quoted, since it may hold a password
        raise OptionError("base_url contains a user, a query or a fragment; use scheme, host and path only")
    scheme, host = _scheme_and_host(url)
    if scheme not in ("http", "https") or not host or not _is_host_name(host):
        raise OptionError(f"base_url is {url!r}; use scheme and host, such as https://api.hubapi.com")
    if scheme == "http" and not is_loopback(url):
        raise OptionError(f"base_url is {url!r}; use https: plain http is allowed for this machine only")
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Return whether the host of a URL is this machine."""
    _, host = _scheme_and_host(url)
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _is_host_name(host: str) -> bool:
    try:
        return len(host.encode("idna")) <= _MAX_HOST_LENGTH  # raises for an empty label, or one of more than 63 letters
    except UnicodeError:
        return False


def _scheme_and_host(url: str) -> tuple[str, str | None]:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError for a port that is not a number
    except ValueError:
        return "", None
    return parts.scheme, parts.hostname
