"""The settings of a sandbox that behaves as a calibration has found."""

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from attrs import evolve, frozen

from hubspot_timeline_testing.calibration.assumptions import api_kind, assumptions
from hubspot_timeline_testing.calibration.results import Calibration, Fact
from hubspot_timeline_testing.contract.documents import V3
from hubspot_timeline_testing.sandbox.settings_json import settings_from_json


@frozen
class Rule:
    """How a setting follows: from facts of an experiment, with v3, with app events, or with both.

    `values`: the value of the setting by that of the fact; others cannot be set. None: it is that of the fact.
    """

    experiment: str
    facts: tuple[str, ...]
    values: Mapping[Any, Any] | None = None
    apis: str = "both"


def _same(*values: Any) -> Mapping[Any, Any]:
    return {value: value for value in values}


_RESPONSE = "_response"
_ERROR_KINDS = frozenset(
    {"duplicate", "repeated", "no_identity", "too_many", "unknown_type", "unknown_object", "unknown_value"}
)
_BOOLEANS = _same(True, False)

RULES: Mapping[str, Rule] = {
    "duplicates": Rule("duplicates", ("duplicates",), _same("conflict", "in-use", "last-wins"), "v3"),
    "max_events": Rule("largest-batch", ("largest_batch",)),
    "invalid_events": Rule("invalid-events", ("invalid_events",), _same("partial", "refuse-batch"), "v3"),
    "error_names": Rule("invalid-events", ("error_names",), _same("context", "id", "message", "nothing")),
    "template_checks": Rule("unknown-type", ("unknown_type",), {"accepted": "lenient", "refused": "strict"}),
    "records": Rule("unknown-object", ("unknown_object",), {"accepted": "create", "refused": "must-exist"}),
    "types": Rule("numbers", ("numbers", "booleans", "epoch_timestamps"), {"accepted": "lenient", "refused": "strict"}),
    "limit.requests": Rule("rate-limit", ("limit_requests",)),
    "limit.seconds": Rule("rate-limit", ("limit_seconds",)),
    "limit.retry_after": Rule("exhausted-limit", ("retry_after",), _BOOLEANS),
    "daily.requests": Rule("rate-limit", ("daily_requests",)),
    "app_events.invalid_events": Rule(
        "invalid-events", ("invalid_events",), _same("partial", "refuse-batch"), "app events"
    ),
    "app_events.invalid_names": Rule("invalid-events", ("invalid_names",), _BOOLEANS, "app events"),
    "app_events.conflict_names": Rule(
        "duplicates", ("duplicate_named_in",), {"context": True, "nothing": False}, "app events"
    ),
    "app_events.repeated_ids": Rule("repeated-ids", ("repeated_ids",), _same("conflict", "invalid"), "app events"),
    "app_events.single_response": Rule("control", ("single_response",), _same("created", "accepted"), "app events"),
    "app_events.contacts_need_object_id": Rule("control", ("contacts_need_object_id",), _BOOLEANS, "app events"),
    "app_events.v3_ids_are_taken": Rule("v3-ids", ("v3_ids_are_taken",), _BOOLEANS, "app events"),
}
"""By the path of the setting."""

UNDECIDABLE: Mapping[str, str] = {
    "max_body_bytes": "It protects the sandbox's memory; bodies of many megabytes are not sent to a service as a test.",
    "accounts": "They are the secrets that a test chooses.",
    "templates": "They are the user's data.",
    "app": "It is the number of the user's app.",
    "faults": "They are what a test plans; a run repeats its requests until passing faults have passed.",
    "migrated_after": "It is the date of an account, not a behaviour: a run sees only whether version 3 responds now.",
    "daily.time_zone": "No response states it; it is in the settings of the account.",
    "read_delay": "It is what a test plans; a run reads its events some time after it has created them.",
    "errors": "No single experiment decides them: every refusal that a run gets is one of them.",
    "app_events.versions": "A version that is missing responds as one that is broken.",
    "app_events.event_types": "They are the user's data.",
    "app_events.project": "It is the name of the user's project.",
}
"""The settings that no experiment can decide, and why."""


def decided_settings(calibration: Calibration) -> dict[str, Fact]:
    """Return each setting by its path, decided or with the reason why it is not."""
    facts = calibration.facts
    return {path: _decided(path, facts, calibration) for path in RULES}


def sandbox_settings(calibration: Calibration) -> dict[str, Any]:
    """Return the decided settings as JSON for a sandbox. A limit is set only if all that it needs is known."""
    settings: dict[str, Any] = {}
    for path, fact in decided_settings(calibration).items():
        group, _, name = path.rpartition(".")
        if fact.is_decided:
            (settings.setdefault(group, {}) if group else settings)[name] = fact.value
    if not {"requests", "seconds"} <= settings.get("limit", {}).keys():
        settings.pop("limit", None)
    return settings | {
        "errors": {kind: fact.value for kind, fact in _error_texts(calibration).items() if fact.is_decided}
    }


def left_out(calibration: Calibration) -> dict[str, str]:
    """Return the settings that do not follow although something was measured, by their paths, and why."""
    measured = [key for key, fact in calibration.facts.items() if fact.is_decided]
    settings = decided_settings(calibration)
    settings = {path: settings[path] for path in RULES if any(_is_about(path, key) for key in measured)}
    settings |= {f"errors.{kind}": fact for kind, fact in _error_texts(calibration).items()}
    return {path: fact.reason for path, fact in settings.items() if not fact.is_decided}


def _error_texts(calibration: Calibration) -> dict[str, Fact]:
    """Return the refusals that the sandbox words differently by their kind: status, category and message."""
    refusals: dict[str, dict[str, Fact]] = defaultdict(dict)
    for key, fact in calibration.facts.items():
        name = key.rpartition(".")[2]
        kind = name.removesuffix(_RESPONSE)
        is_assumed = fact.is_decided and fact.value == assumptions()[api_kind(key)].get(name)
        if kind != name and kind in _ERROR_KINDS and fact.sure != "not decided" and not is_assumed:
            refusals[f"{api_kind(key)}.{kind}"][key] = fact
    return {kind: _agreed(f"errors.{kind}", facts) for kind, facts in refusals.items()}


def _decided(path: str, facts: Mapping[str, Fact], calibration: Calibration) -> Fact:
    rule = RULES[path]
    facts = {key: fact for key, fact in facts.items() if _is_about(path, key)}
    if not any(fact.is_decided for fact in facts.values()):
        problems = [step.problem for key, step in calibration.steps.items() if key.endswith(f" {rule.experiment}")]
        return _undecided(next(filter(None, [*_reasons(facts), *problems]), "no experiment was made"))
    values = {key: fact.value for key, fact in facts.items() if fact.is_decided}
    if rule.values is not None:
        if strange := [key for key, value in values.items() if value not in rule.values]:
            return _undecided(f"the sandbox has no such behaviour: {strange[0]} is {json.dumps(values[strange[0]])}")
        facts |= {key: evolve(facts[key], value=rule.values[value]) for key, value in values.items()}
    return _agreed(path, facts)


def _reasons(facts: Mapping[str, Fact]) -> list[str]:
    return [fact.reason for fact in facts.values()]


def _agreed(path: str, facts: Mapping[str, Fact]) -> Fact:
    """Return the value of a setting, if all facts agree on it and the sandbox accepts it."""
    if reasons := [f"{key}: {fact.reason}" for key, fact in facts.items() if fact.sure == "contradictory"]:
        return _undecided(f"contradictory: {reasons[0]}")
    decided = {key: fact for key, fact in facts.items() if fact.is_decided}
    value = next(iter(decided.values())).value
    if any(fact.value != value for fact in decided.values()):
        values = json.dumps({key: fact.value for key, fact in decided.items()})
        return _undecided(f"the sandbox has one setting for different facts: {values}")
    if refusal := _refusal(path, json.dumps(value)):
        return _undecided(f"the sandbox refuses it: {refusal}")
    return Fact(value, "repeated" if all(fact.sure == "repeated" for fact in decided.values()) else "once")


@lru_cache(maxsize=1024)  # asked for each value after each experiment
def _refusal(path: str, value: str) -> str:
    """Return why the sandbox refuses a value of a setting, given as JSON; empty if it accepts it."""
    group, _, name = path.partition(".")
    setting = json.loads(value)
    try:
        settings_from_json({group: {name: setting} if name else setting})
    except ValueError as error:
        return str(error)
    return ""


@lru_cache(maxsize=8192)
def _is_about(path: str, key: str) -> bool:
    rule, (api, _, name) = RULES[path], key.rpartition(".")
    return name in rule.facts and rule.apis in ("both", "v3" if api == V3 else "app events")


def _undecided(reason: str) -> Fact:
    return Fact(None, "not decided", reason)
