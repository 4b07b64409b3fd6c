"""Rejections that are not failures: rules that no schema states, and statuses that are not about the request."""

import re
from collections.abc import Mapping

from hubspot_timeline_testing.contract.documents import V3

INCONCLUSIVE = frozenset({401, 403, 423, 429, 477})
"""Statuses that do not depend on the content of a request: no access, or not now."""

RULES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "record": r"\brecords?\b|\bobjectId\b",
        "template": r"\btemplates?\b",
        "token": r"\btokens?\b",
        "event type": r"\bevent ?types?|\bobject ?type|\bcustom objects?\b",
        "validation": r"\bfailed with validation error",
        "property": r"(?<!additional )(?<!required )\bpropert(y|ies)\b",
        "duplicate": r"\b(already|duplicate|in use|twice)\b",
        "size": r"\bbytes\b|\bat most\b|\btoo (long|large|many)\b",
    }.items()
}
"""Rules that are not in a schema, because they depend on state or on bytes; by name, the messages about them."""

_RULES_OF_OTHERS = {True: ("event type", "property", "validation"), False: ("template", "token")}
"""The rules that an API does not have, by whether it is v3."""

_STATUSES = (400, 413, 422)

_OTHER_TOKENS = re.compile(
    r"\b(access|auth\w*|bearer|expired|oauth|refresh) token\b"
    r"|\b(bad|invalid|unexpected|wrong) token\W*$"
    r"|\btoken\b.{0,20}\bin JSON\b|\btoken at (line|position|column|offset)\b",
    re.IGNORECASE,
)
"""Tokens that are not event tokens: access tokens, and tokens of a parser."""


def matching_rule(status: int, message: str, api: str = V3) -> str | None:
    """Return the name of the rule of an API that a rejection is about, by its status and message, or None."""
    if status not in _STATUSES:
        return None
    text = _OTHER_TOKENS.sub("", message)
    rules = {name: pattern for name, pattern in RULES.items() if name not in _RULES_OF_OTHERS[api == V3]}
    return next((name for name, pattern in rules.items() if pattern.search(text)), None)
