"""Parses JSON text; its errors say where the text is wrong and what to do."""

import json
from collections import Counter
from typing import Any, NoReturn

from hubspot_timeline.errors import EventError

_PLAIN = {"Extra data": "there is more after the value"}
_TYPES = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}


class JsonError(EventError):
    """Text that is not JSON; `line` counts from 1, `is_cut_off` is whether the text ends within a value."""

    def __init__(self, reason: str, line: int = 1, *, is_cut_off: bool = False) -> None:
        super().__init__(reason)
        self.line = line
        self.is_cut_off = is_cut_off


def parse_json(content: bytes) -> Any:
    """Return the JSON value in UTF-8 text. Raises JsonError, and EventError for a name that appears twice."""
    text = ""
    try:
        text = content.decode()
        if text.startswith("\ufeff"):
            raise JsonError("begins with a byte order mark, as where files were joined; remove it")
        return _decode(text)
    except UnicodeDecodeError as error:
        line, start = content.count(b"\n", 0, error.start) + 1, content.rfind(b"\n", 0, error.start)
        reason = f"the byte 0x{content[error.start]:02x} in column {error.start - start} is not UTF-8"
        raise JsonError(f"{reason}; save the file as UTF-8", line) from error
    except json.JSONDecodeError as error:
        reason = _PLAIN.get(error.msg, error.msg.removesuffix(" at"))
        is_cut_off = error.msg.startswith("Unterminated") or error.pos >= len(text)
        raise JsonError(f"not JSON: {reason} in column {error.colno}", error.lineno, is_cut_off=is_cut_off) from error
    except RecursionError as error:
        raise JsonError("nested too deeply to be read") from error
    except EventError:
        raise
    except ValueError as error:  # the only one that is left of the standard library
        raise JsonError("has a whole number with thousands of digits; write it as a string") from error


def json_type(value: object) -> str:
    """Return what JSON calls a value, with its article."""
    return _TYPES.get(type(value), "null")


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        name = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise EventError("appears twice, so its value is ambiguous; remove one", name)
    return fields


def _refuse_constant(constant: str) -> NoReturn:
    raise JsonError(f"{constant} is not JSON; leave the value out or write it as a string")


_decode = json.JSONDecoder(parse_constant=_refuse_constant, object_pairs_hook=_unique_names).decode
