"""JSON files: settings, plans of faults, templates, event types; errors name the file and the line."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def read_json_file(path: Path) -> Any:
    """Return the JSON value in a file, without repeated keys. Raises ValueError with the file and what is wrong."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_unique_keys)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}:{error.lineno}: not valid JSON: {error.msg} (column {error.colno})") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise ValueError(f"{path}: nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def read_templates(path: Path) -> tuple[dict[str, Any], ...]:
    """Return the templates in a file: a list, {"results": […]} as the service lists them, or a single one.

    Raises ValueError, which names the file.
    """
    value = read_json_file(path)
    templates = value.get("results", [value]) if isinstance(value, dict) else value
    if not isinstance(templates, list) or not all(isinstance(template, dict) for template in templates):
        raise ValueError(f'{path}: not a list of templates, such as {{"results": []}}')
    return tuple(templates)


def read_event_types(paths: Iterable[Path]) -> tuple[dict[str, Any], ...]:
    """Return the event types in files, and in all `*-hsmeta.json` files within folders, such as that of a project.

    The map `event-types.json` that `migrate` writes stands for its folder. In a folder, files for anything but
    event types are ignored. Raises ValueError, which names the file.
    """
    folders = (path.parent if path.name == "event-types.json" else path for path in paths)
    return tuple(each for path in folders for each in (_types_within(path) if path.is_dir() else [_event_type(path)]))


def _types_within(folder: Path) -> list[dict[str, Any]]:
    types = [_event_type(path) for path in sorted(folder.rglob("*-hsmeta.json"))]
    types = [each for each in types if each.get("type") == "app-event"]
    if not types:
        raise ValueError(f"{folder}: no event types in files such as name-hsmeta.json")
    return types


def _event_type(path: Path) -> dict[str, Any]:
    value = read_json_file(path)
    if not isinstance(value, dict):
        raise ValueError(f"{path}: not an object")  # noqa: TRY004 - an error in a file, not in a call
    if "uid" not in value:
        raise ValueError(f"{path}: not an event type, which has a uid; name a *-hsmeta.json file, or its folder")
    return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {repeated!r} occurs twice in one object")
    return value
