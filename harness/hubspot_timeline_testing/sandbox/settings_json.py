"""The settings of a sandbox as JSON, in the names of SandboxSettings: for files, and for the way to another process."""

import json
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from attrs import has as is_attrs
from cattrs import ClassValidationError, Converter, transform_error
from cattrs.errors import ForbiddenExtraKeysError

from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.validation.json_positions import place


def settings_to_json(settings: SandboxSettings) -> dict[str, Any]:
    """Return settings as JSON. They hold the secrets of their accounts."""
    found: dict[str, Any] = _CONVERTER.unstructure(settings)
    return found


def settings_from_json(value: Any) -> SandboxSettings:
    """Return the settings that a JSON value names. Raises ValueError, which says where it is wrong and how."""
    if not isinstance(value, dict):
        raise ValueError("settings must be an object, such as {}")  # noqa: TRY004 - of the file, not of a caller
    try:
        return _CONVERTER.structure(value, SandboxSettings)
    except (ClassValidationError, ForbiddenExtraKeysError) as error:
        found = transform_error(error, path="settings", format_exception=_said)
        raise ValueError("; ".join(_place_first(text) for text in found)) from error


def read_settings(path: Path) -> SandboxSettings:
    """Return the settings in a JSON file. Raises ValueError, which names the file, and OSError."""
    try:
        return settings_from_json(json.loads(path.read_bytes()))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: no JSON on {place(error.doc, error.pos)}: {error.msg}") from error
    except RecursionError as error:
        raise ValueError(f"{path}: is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: no UTF-8 at byte {error.start}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _said(error: BaseException, kind: type | None) -> str:
    match error:
        case ForbiddenExtraKeysError():
            return f"has no {', '.join(sorted(error.extra_fields))}; there are {', '.join(_names(error.cl))}"
        case KeyError():
            return f"{error.args[0]} is missing"
        case TypeError():
            return "must be an object" if kind and is_attrs(kind) else "is of a wrong type"
    return str(error.args[0]) if error.args else str(error)  # attrs puts more behind its first argument


def _place_first(text: str) -> str:
    said, _, where = text.rpartition(" @ ")
    return f"{where}: {said}"


def _names(settings: Any) -> list[str]:
    return [field.name for field in settings.__attrs_attrs__]


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook_func(_is_literal, _one_of)
    for kind in (str, bool, int):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(FaultPlan, lambda value, _: FaultPlan.from_json(value))
    converter.register_unstructure_hook(FaultPlan, lambda plan: plan.to_json())
    return converter


def _exactly(value: Any, kind: type) -> Any:
    """Take a value of a type as it is; JSON needs no conversion, and a number in quotes is a mistake."""
    if type(value) is not kind:
        raise ValueError(f"is {value!r:.100}; it must be {_WORDS[kind]}")
    return value


def _is_literal(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _one_of(value: Any, words: Any) -> Any:
    if value not in get_args(words):
        raise ValueError(f"is {value!r:.100}; it must be one of {', '.join(get_args(words))}")
    return value


def _number(value: Any, _: type) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"is {value!r:.100}; it must be a number")  # noqa: TRY004 - of the file, not of a caller
    return float(value)


_WORDS = {str: "a string", bool: "true or false", int: "a whole number"}
_CONVERTER = _converter()
