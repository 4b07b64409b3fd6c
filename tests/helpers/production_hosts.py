"""Spellings of production hosts, none of which may be used, and tests without a network."""

import socket
from collections.abc import Callable

import pytest

SPELLINGS = (
    "https://api.hubapi.com",
    "https://api.hubapi.com/",
    "https://API.HubAPI.com",
    "https://api.hubapi.com.",
    "https://api.hubapi.com..",
    "https://api.hubapi.com:443/integrators",
    "https://hubapi.com",
    "https://api.hubspot.com",
    "https://app.eu1.hubspot.com",
    "http://api.hubapi.com",
    "https://user:secret@api.hubapi.com",
    "https://127.0.0.1@api.hubapi.com",
    "https://api.hubapi.com\\@127.0.0.1",
    "https://api.hubapi\u3002com",
    "https://api.hubapi\uff0ecom",
    "https://\uff41\uff50\uff49.\uff48\uff55\uff42\uff41\uff50\uff49.\uff43\uff4f\uff4d",
    "https://api.hub\u00adapi.com",
    "https://api.hub\u200bapi.com",
    "https://api.hubapi.com\u200b",
    "https://api.\u210eubapi.com",
    "https://api.hub\u017fpot.com",
    "https://api.hubapi%2ecom",
    "https://api.hubapi.com%00.example.com",
    " https://api.hubapi.com",
    "https://api.hub\tapi.com",
    "https://api.hubapi.com\n",
    "HTTPS://api.hubapi.com",
    "//api.hubapi.com",
    "api.hubapi.com",
)


def forbid_network(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Fail at every resolution of a name and every connection; return what fails."""

    def fail(*args: object, **more: object) -> None:
        raise AssertionError(f"something was used: {args} {more}")

    for name in ("getaddrinfo", "gethostbyname", "create_connection", "socket"):
        monkeypatch.setattr(socket, name, fail)
    return fail
