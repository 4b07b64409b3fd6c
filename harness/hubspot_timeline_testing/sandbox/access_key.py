"""The access key of a sandbox, which its admin API and its page require where others than this machine reach it."""

import os
import re
from ipaddress import ip_address
from pathlib import Path

VARIABLE = "HUBSPOT_TIMELINE_SANDBOX_KEY"
"""The environment variable of the command."""

_KEY = re.compile(r"[!-~]{16,}")


def read_access_key(path: Path | None) -> str:
    """Return the key in a file, by default that in the environment, empty without one. Raises ValueError."""
    if path is None:
        return os.environ.get(VARIABLE, "").strip()
    try:
        key = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 at byte {error.start}") from error
    if not key:
        raise ValueError(f"{path} is empty; write an access key to it, such as one of `openssl rand -hex 16`")
    return key


def require_access_key(key: str, host: str) -> None:
    """Raise ValueError for an invalid key, and without one for a host that others than this machine can reach."""
    if key and not _KEY.fullmatch(key):
        raise ValueError("the access key must have 16 or more visible ASCII characters, and no spaces")
    if not key and not is_loopback(host):
        raise ValueError(
            f"other machines reach {host or 'all addresses'}, so that the page and /_sandbox need an access key: "
            f"set {VARIABLE}, or name a file with it (--access-key-file)"
        )


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches a host name or address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
