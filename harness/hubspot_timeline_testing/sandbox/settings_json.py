"""The settings of a sandbox as JSON, with the field names of SandboxSettings: for files and for a child process."""

from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

from cattrs import ClassValidationError, Converter, transform_error
from cattrs.errors import ForbiddenExtraKeysError

from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.json_files import read_json_file
from hubspot_timeline_testing.sandbox.settings import SandboxSettings

T = TypeVar("T")


def settings_to_json(settings: SandboxSettings) -> dict[str, Any]:
    """Return settings as JSON, including the secrets of their accounts."""
    value: dict[str, Any] = _CONVERTER.unstructure(settings)
    return value


def settings_from_json(value: Any, name: str = "settings") -> SandboxSettings:
    """Return the settings in a JSON value. Raises ValueError with the position, from `name` on, and each reason."""
    if not isinstance(value, dict):
        raise ValueError("settings must be an object, such as {}")  # noqa: TRY004 - an error in a file, not in a call
    return structured(value, SandboxSettings, name)


def structured(value: dict[str, Any], kind: type[T], name: str) -> T:
    """Return an attrs class of a JSON object. Raises ValueError with the position and the reason of each error."""
    try:
        return _CONVERTER.structure(value, kind)
    except (ClassValidationError, ForbiddenExtraKeysError) as error:
        errors = transform_error(error, path=name, format_exception=_message)
        raise ValueError("; ".join(_position_first(text) for text in errors)) from error


def read_settings(path: Path) -> SandboxSettings:
    """Return the settings in a JSON file. Raises ValueError, which names the file."""
    value = read_json_file(path)
    try:
        return settings_from_json(value)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def with_changes(settings: SandboxSettings, changes: dict[str, Any]) -> SandboxSettings:
    """Return settings with those of a JSON object in their place, object by object. Raises ValueError."""
    return settings_from_json(_merged(settings_to_json(settings), changes))


def _merged(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    pairs = ((name, values.get(name), change) for name, change in changes.items())
    return values | {
        name: _merged(value, change) if isinstance(value, dict) and isinstance(change, dict) else change
        for name, value, change in pairs
    }


def _message(error: BaseException, kind: type | None) -> str:
    match error:
        case ForbiddenExtraKeysError():
            known = [field.name for field in error.cl.__attrs_attrs__]  # type: ignore[attr-defined] # an attrs class
            return f"has no {', '.join(sorted(error.extra_fields))}; known are {', '.join(known)}"
        case KeyError():
            return f"{error.args[0]} is missing"
        case TypeError() | AttributeError():
            return "must be a list" if get_origin(kind) is tuple else "must be an object"
    return str(error.args[0]) if error.args else str(error)  # attrs adds more arguments after the message


def _position_first(text: str) -> str:
    message, _, position = text.rpartition(" @ ")
    return f"{position}: {message}"


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
    """Return a value of exactly this type: JSON needs no conversion, and a number in quotes is a mistake."""
    if type(value) is not kind:
        raise ValueError(f"is {value!r:.100}; it must be {_TYPE_NAMES[kind]}")
    return value


def _is_literal(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _one_of(value: Any, literal: Any) -> Any:
    if value not in get_args(literal):
        raise ValueError(f"is {value!r:.100}; it must be one of {', '.join(get_args(literal))}")
    return value


def _number(value: Any, _: type) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"is {value!r:.100}; it must be a number")  # noqa: TRY004 - an error in a file, not in a call
    return float(value)


_TYPE_NAMES = {str: "a string", bool: "true or false", int: "a whole number"}
_CONVERTER = _converter()
