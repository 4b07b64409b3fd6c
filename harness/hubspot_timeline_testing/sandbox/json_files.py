"""Templates in a JSON file, for a sandbox to hold from its beginning."""

import json
from pathlib import Path
from typing import Any

from hubspot_timeline_testing.sandbox.validation.json_positions import place


def read_templates(path: Path) -> tuple[dict[str, Any], ...]:
    """Return the templates of a file: a list of them, {"results": […]} as the service lists them, or one.

    Raises ValueError, which names the file.
    """
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: no JSON on {place(error.doc, error.pos)}: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: no JSON: {error}") from error
    listed = found.get("results", [found]) if isinstance(found, dict) else found
    if not isinstance(listed, list) or not all(isinstance(body, dict) for body in listed):
        raise ValueError(f'{path}: holds no list of templates, such as {{"results": []}}')
    return tuple(listed)
