"""Reads templates from a file: JSON as the service lists them, a list of templates, or one."""

import shlex
from typing import Any

from hubspot_timeline.errors import EventError, OptionError
from hubspot_timeline.files.json_text import JsonError, parse_json
from hubspot_timeline.files.sources import FileError, display_name, open_bytes
from hubspot_timeline.templates.validation import TemplateRules
from hubspot_timeline_api.models import TimelineEventTemplateCreate

_REQUEST_FIELDS = ("name", "objectType", "headerTemplate", "detailTemplate")


def read_templates(name: str) -> TemplateRules:
    """Return the rules of the templates in a file, or in standard input for `-`.

    Raises FileError that names the file, and in it the line of what is not JSON, or the field that is wrong.
    """
    templates, path = _templates_and_path(name)
    try:
        return TemplateRules.of(templates, path)
    except OptionError as error:
        raise FileError(f"{display_name(name)}: {error}") from error


def read_template_list(name: str) -> list[Any]:
    """Return the templates in a file as they are, at least one. Raises FileError if the file is not JSON, or has none.

    Whether they are templates is not checked.
    """
    return _templates_and_path(name)[0]


def read_new_template(name: str) -> TimelineEventTemplateCreate:
    """Return the template to create that a file holds; the label of a token is its name by default.

    Fields that only the service sets, such as an id, are left out. Raises FileError as `read_templates` does.
    """
    template, file = read_json(name), display_name(name)
    is_listed = isinstance(template, dict) and "results" in template
    if is_listed or (isinstance(template, list) and template):
        first = f"jq '{'.results' if is_listed else '.'}[0]' {shlex.quote(file)}"
        raise FileError(f"{file} holds a list, and one template is expected, such as its first: {first}")
    if not isinstance(template, dict):
        raise FileError(f"{file} holds no template; give one, with name, objectType and tokens")
    try:
        TemplateRules.of([{**template, "id": "new"}], "")
        for field in _REQUEST_FIELDS:
            value = template.get(field, "-")
            if not isinstance(value, str) or (field in ("name", "objectType") and not value):
                raise FileError(f"{file}: {field}: is {value!r}; it must be text, and not empty")
        tokens = [{"label": token["name"], "options": [], **token} for token in template["tokens"]]
        fields = {field: template[field] for field in _REQUEST_FIELDS if field in template}
        return TimelineEventTemplateCreate.from_dict({**fields, "tokens": tokens})
    except OptionError as error:
        raise FileError(f"{file}: {error}") from error
    except KeyError as error:
        raise FileError(f"{file}: {error.args[0]}: is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise FileError(f"{file}: a field has the wrong type ({error})") from error


def _templates_and_path(name: str) -> tuple[list[Any], str]:
    """Return the templates in a file, and the path of one with a number in errors."""
    content = read_json(name)
    path = "[{}]"
    if isinstance(content, dict) and "results" in content:
        path, content = "results[{}]", content["results"]
    elif isinstance(content, dict):
        path, content = "", [content]
    if not isinstance(content, list):
        raise FileError(f"{display_name(name)} holds no templates; give what the service lists, a list, or one")
    if not content:
        raise FileError(f"{display_name(name)} holds no template")
    return content, path


def read_json(name: str) -> Any:
    """Return the JSON value in a file, or in standard input for `-`. Raises FileError."""
    with open_bytes(name) as stream:
        content = stream.read()
    try:
        return parse_json(content)
    except JsonError as error:
        raise FileError(f"{display_name(name)}:{error.line}: {error}") from error
    except EventError as error:
        raise FileError(f"{display_name(name)}: {error}") from error
