"""Reads the access token of each account: from a JSON object, or from a folder with one file for each account."""

import os
from pathlib import Path
from typing import Any

from hubspot_timeline.auth.credentials import AccessTokenLike, token_from_file
from hubspot_timeline.auth.oauth import OAuthRefresh
from hubspot_timeline.auth.secret import bearer, hidden
from hubspot_timeline.config import ACCOUNTS_VARIABLE
from hubspot_timeline.errors import OptionError
from hubspot_timeline.files.json_text import json_type
from hubspot_timeline.files.sources import FileError, display_name
from hubspot_timeline.files.templates import read_json

_OAUTH = ("client_id", "client_secret", "refresh_token")
_ADVICE = f"give a token, an object with {', '.join(_OAUTH)}, or one with token_file"


def read_accounts(path: str) -> dict[str, AccessTokenLike]:
    """Return the access token, or the OAuth credentials, of each account.

    `path`: a JSON object by account, whose values are a token, `{"client_id": …, "client_secret": …, "refresh_token":
    …}` or `{"token_file": …}`, relative to its folder; or a folder of files that are named for their account and hold
    its token. Those whose name begins with a dot are not read.
    Raises FileError that names the file, and in it the account; it quotes no token.
    """
    folder = Path(path)
    if folder.is_dir():
        files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
        content: Any = {file.name: {"token_file": file.name} for file in files}
    else:
        folder, content = folder.parent, _json(path)
    if not isinstance(content, dict):
        example = '{"12345": "TOKEN"}'
        raise FileError(f"{display_name(path)} is {json_type(content)}, not an object such as {example}")
    if not content:
        raise FileError(f"{display_name(path)} holds no account; add at least one")
    return {account: _credentials(path, account, value, folder) for account, value in content.items()}


def _json(path: str) -> Any:
    try:
        return hidden(read_json(path))
    except FileError as error:
        raise FileError(str(error)) from None  # its frames have the content


def accounts_from_environment() -> dict[str, AccessTokenLike]:
    """Return those of the file or folder that HUBSPOT_TIMELINE_ACCOUNTS names. Raises OptionError without one."""
    if path := os.environ.get(ACCOUNTS_VARIABLE, "").strip():
        return read_accounts(path)
    raise OptionError(f"the accounts are missing; set {ACCOUNTS_VARIABLE} to a file or folder with their access tokens")


def _credentials(path: str, account: str, value: Any, folder: Path) -> AccessTokenLike:
    value = hidden(value)
    place = f"{display_name(path)}: account {account!r}"
    try:
        if isinstance(value, dict) and value.keys() == set(_OAUTH):
            return OAuthRefresh(**value)
        if isinstance(value, dict) and value.keys() == {"token_file"} and isinstance(value["token_file"], str):
            value = token_from_file(folder / value["token_file"])
        if not isinstance(value, str):
            found = f"has {', '.join(value) or 'nothing'}" if isinstance(value, dict) else f"is {json_type(value)}"
            raise FileError(f"{place} {found}; {_ADVICE}")
        bearer(value)
    except OptionError as error:
        raise FileError(f"{place}: {error}") from error
    return value
