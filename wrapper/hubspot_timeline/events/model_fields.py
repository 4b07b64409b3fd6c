"""The fields of a generated model by their JSON names, without those that are absent."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs


def field_reader(
    model: type, json_names: Mapping[str, str], nested: tuple[type, ...], unset: object
) -> Callable[[Any], dict[str, Any]]:
    """Return a function that returns the fields of a model by JSON name, given the names of its attributes.

    Attributes that are declared as one of the models in `nested` become dictionaries; `unset` is what absent ones
    hold. The function is compiled from source, as attrs does with the methods of a class: a loop over the attributes
    takes longer than all that follows.
    """
    lines = ["def read(model):", "    fields = {}"]
    declared = attrs.fields_dict(model)
    for attribute, json_name in json_names.items():
        is_nested = any(each.__name__ in str(declared[attribute].type) for each in nested)
        value = "value.to_dict() if isinstance(value, NESTED) else value" if is_nested else "value"
        lines += [f"    value = model.{attribute}", f"    if value is not UNSET: fields[{json_name!r}] = {value}"]
    namespace: dict[str, Any] = {"UNSET": unset, "NESTED": nested}
    exec("\n".join([*lines, "    return fields"]), namespace)  # noqa: S102 - the names are those of our own class
    read: Callable[[Any], dict[str, Any]] = namespace["read"]
    return read
