"""The id of the app whose templates are asked for."""

import os

from hubspot_timeline.errors import OptionError

APP_ID_VARIABLE = "HUBSPOT_TIMELINE_APP_ID"

_INT32 = 2**31


def checked_app_id(given: object) -> int | None:
    """Return the id of an app, or None where none is given. Raises OptionError for what cannot be one."""
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < _INT32:
        raise OptionError(f"app_id is {given!r}; it is a whole number from 1 to {_INT32 - 1}")
    return given


def app_id_from_environment() -> int | None:
    """Return the id in HUBSPOT_TIMELINE_APP_ID, None where that is not set. Raises OptionError."""
    text = os.environ.get(APP_ID_VARIABLE, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 10:
        raise OptionError(f"{APP_ID_VARIABLE} is {text!r}; it is a whole number from 1 to {_INT32 - 1}")
    return checked_app_id(int(text))


def required_app_id(app_id: int | None) -> int:
    """Return the id of an app. Raises OptionError, which says where to give it, where there is none."""
    if app_id is None:
        raise OptionError(
            f"app_id is not given, and templates belong to an app; set {APP_ID_VARIABLE}, or give it: app_id= to the "
            "client, --app-id to the command"
        )
    return app_id
