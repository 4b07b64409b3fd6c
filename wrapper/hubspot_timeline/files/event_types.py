"""Reads event-types.json, the map from the template ids of v3 to the event types of app events."""

from pathlib import Path

from hubspot_timeline.files.json_text import json_type
from hubspot_timeline.files.sources import FileError, display_name
from hubspot_timeline.files.templates import read_json

EVENT_TYPES = "event-types.json"
_EXAMPLE = '{"1000123": "webinar_registration"}'
_ADVICE = f"give {EVENT_TYPES}, which migrate writes, or its folder"


def read_event_types(path: str) -> dict[str, str]:
    """Return the event type for each template id in a JSON object, without those that are empty: not mapped yet.

    `path`: the file, or the folder that `migrate` wrote it to.
    Raises FileError that names the file, and in it the line of what is not JSON, or the template id.
    """
    if Path(path).is_dir():
        path = str(Path(path) / EVENT_TYPES)
    content, file = read_json(path), display_name(path)
    if not isinstance(content, dict):
        raise FileError(f"{file} is {json_type(content)}, not an object such as {_EXAMPLE}; {_ADVICE}")
    for template_id, name in content.items():
        if not isinstance(name, str) and template_id and not template_id.isdecimal():
            raise FileError(f"{file} has {template_id!r}, which is not a template id; {_ADVICE}")
        if not isinstance(name, str):
            advice = 'give the name of its event type, or "" while it has none'
            raise FileError(
                f"{file}: {template_id or 'an empty template id'}: is {json_type(name)}, not a string; {advice}"
            )
    return {template_id: name for template_id, name in content.items() if name.strip()}
