"""Mappings in JSON field names with the values that are sent: texts of event tokens, timestamps, ids."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hubspot_timeline.events.ids import fixed_id, new_id
from hubspot_timeline.events.json_values import plain_json
from hubspot_timeline.events.timestamps import parse_timestamp
from hubspot_timeline.events.token_values import token_texts
from hubspot_timeline.events.validation import unknown_field


def normalized(fields: Mapping[str, Any], known: Sequence[str], values_field: str) -> dict[str, Any]:
    """Return the fields of an event with the values that are sent. Raises EventError, also for a name not `known`.

    `values_field` is the one with the values of the template or event type.
    """
    if unknown := fields.keys() - set(known):
        raise unknown_field(next(name for name in fields if name in unknown), known)
    values = dict(fields)
    if isinstance(values.get(values_field), Mapping):
        values[values_field] = token_texts(values[values_field], values_field)
    if "timestamp" in values:
        values["timestamp"] = parse_timestamp(values["timestamp"])
    if isinstance(values.get("extraData"), Mapping):
        values["extraData"] = plain_json(values["extraData"], "extraData")
    return values


def fix_id(fields: dict[str, Any], new: Callable[[], str] = new_id) -> None:
    """Give an event an id that the service will not change; validation refuses one of another type."""
    fields["id"] = fixed_id(fields.setdefault("id"), new)
