"""Templates from a file: JSON as the service lists them, a list of templates, or one."""

import json
from typing import Any

from hubspot_timeline.errors import OptionError
from hubspot_timeline.files.sources import STANDARD_INPUT, FileError, open_bytes
from hubspot_timeline.template_rules import TemplateRules


def read_templates(name: str) -> TemplateRules:
    """Return the rules of the templates in a file, or in standard input for `-`.

    Raises FileError that names the file, and in it the line, where it is no JSON, or the field that is wrong.
    """
    shown = "standard input" if name == STANDARD_INPUT else name
    with open_bytes(name) as stream:
        found = _json(stream.read(), shown)
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
