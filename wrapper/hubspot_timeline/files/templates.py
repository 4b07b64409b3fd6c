"""Templates from a file: JSON as the service lists them, a list of templates, or one."""

import json
from typing import Any

from hubspot_timeline.errors import OptionError
from hubspot_timeline.files.sources import STANDARD_INPUT, FileError, open_bytes
from hubspot_timeline.templates.validation import TemplateRules
from hubspot_timeline_api.models import TimelineEventTemplateCreate

_OF_CALLER = ("name", "objectType", "headerTemplate", "detailTemplate")


def read_templates(name: str) -> TemplateRules:
    """Return the rules of the templates in a file, or in standard input for `-`.

    Raises FileError that names the file, and in it the line, where it is no JSON, or the field that is wrong.
    """
    shown, found = _read(name)
    path = "[{}]"
    if isinstance(found, dict) and "results" in found:
        path, found = "results[{}]", found["results"]
    elif isinstance(found, dict):
        path, found = "", [found]
    if not isinstance(found, list):
        raise FileError(f"{shown} holds no templates; give what the service lists, a list of templates, or one")
    if not found:
        raise FileError(f"{shown} holds no template")
    try:
        return TemplateRules.of(found, path)
    except OptionError as error:
        raise FileError(f"{shown}: {error}") from error


def read_new_template(name: str) -> TimelineEventTemplateCreate:
    """Return the template to create that a file holds; a token without a label has its name for one.

    What only the service gives, such as an id, is left out. Raises FileError as `read_templates` does.
    """
    shown, found = _read(name)
    if not isinstance(found, dict):
        raise FileError(f"{shown} holds no template; give one, with name, objectType and tokens")
    try:
        TemplateRules.of([{**found, "id": "new"}], "")
        tokens = [{"label": token["name"], "options": [], **token} for token in found["tokens"]]
        wanted = {field: found[field] for field in _OF_CALLER if field in found}
        return TimelineEventTemplateCreate.from_dict({**wanted, "tokens": tokens})
    except OptionError as error:
        raise FileError(f"{shown}: {error}") from error
    except KeyError as error:
        raise FileError(f"{shown}: {error.args[0]}: is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise FileError(f"{shown}: a field has the wrong type ({error})") from error


def _read(name: str) -> tuple[str, Any]:
    """Return what a file is called in messages, and what it holds."""
    shown = "standard input" if name == STANDARD_INPUT else name
    with open_bytes(name) as stream:
        return shown, _json(stream.read(), shown)


def _json(data: bytes, file: str) -> Any:
    try:
        return json.loads(data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(f"{file}:{line}: the byte 0x{data[error.start]:02x} is no UTF-8") from error
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        raise FileError(f"{file}:{error.lineno}: no JSON: {what} in column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # a number with thousands of digits, or a nest that is too deep
        raise FileError(f"{file}: no JSON that can be read: {error}") from error
