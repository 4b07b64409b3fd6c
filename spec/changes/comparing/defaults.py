"""What holds where a key is left out: to say it, or to say it no more, changes nothing."""

from typing import Any

from changes.change import Change, Place
from changes.change_kinds import Kind
from changes.compare import MISSING, same, turned
from changes.formatting import code

_IMPLIED: dict[str, tuple[Any, ...]] = {
    "additionalProperties": (True, {}),
    "allowEmptyValue": (False,),
    "allowReserved": (False,),
    "content": ({},),
    "deprecated": (False,),
    "headers": ({},),
    "items": (True, {}),
    "minItems": (0,),
    "minLength": (0,),
    "minProperties": (0,),
    "nullable": (False,),
    "parameters": ([],),
    "properties": ({},),
    "propertyNames": (True, {}),
    "readOnly": (False,),
    "required": (False, []),  # of a parameter or a body, and of a schema
    "tags": ([],),
    "uniqueItems": (False,),
    "writeOnly": (False,),
}


def implied(place: Place, key: str, old: Any, new: Any) -> Change | None:
    """Return the note that two values say what the key's absence says; None where one says more."""
    if not (_says_nothing(key, old) and _says_nothing(key, new)):
        return None
    fact = f"has {code(key)} {turned(old, new)}, which is what holds without it"
    return place.below(key).change(Kind.NOTE, fact, removed=new is MISSING)


def _says_nothing(key: str, value: Any) -> bool:
    return value is MISSING or any(same(value, each) for each in _IMPLIED.get(key, ()))
