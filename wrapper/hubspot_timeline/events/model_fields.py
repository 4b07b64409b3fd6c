"""The fields of a generated model by their JSON names, without those that are absent."""

from collections.abc import Callable, Mapping, Set
from typing import Any

from hubspot_timeline_api.types import UNSET


def field_reader(json_names: Mapping[str, str], models: Set[type]) -> Callable[[Any], dict[str, Any]]:
    """Return a function that returns the fields of a model by JSON name, given those of its attributes.

    Values that are themselves one of `models` become dictionaries. The function is compiled from source, as attrs does
    with the methods of a class: a loop over the attributes takes longer than all that follows.
    """
    lines = ["def read(model):", "    fields = {}"]
    for attribute, json_name in json_names.items():
        lines += [
            f"    value = model.{attribute}",
            "    if value is not UNSET:",
            f"        fields[{json_name!r}] = value.to_dict() if type(value) in MODELS else value",
        ]
    namespace: dict[str, Any] = {"UNSET": UNSET, "MODELS": models}
    exec("\n".join([*lines, "    return fields"]), namespace)  # noqa: S102 - the names are those of our own class
    read: Callable[[Any], dict[str, Any]] = namespace["read"]
    return read
