"""Rules of the service that no schema states: for their sake it may refuse what the document allows."""

import re

from attrs import frozen


@frozen
class Rule:
    """A rule: its name, the reason why no schema has it, and the words by which a refusal is told to be about it."""

    name: str
    reason: str
    words: re.Pattern[str]


def _rule(name: str, reason: str, words: str) -> Rule:
    return Rule(name, reason, re.compile(words, re.IGNORECASE))


RULES = (
    _rule(
        "record",
        "an event needs an objectId, a utk or an email, none of which the captured page requires; whether it lands on "
        "a contact, or needs an objectId, hangs on its template; and which records there are is state",
        r"\brecords?\b|\bobjectId\b",
    ),
    _rule(
        "template",
        "which templates there are is state, and the id in the body of an update is the one in the path",
        r"\btemplates?\b",
    ),
    _rule(
        "token",
        "which tokens an event may have, and of what type, is in its template, which is state; the names of a "
        "template's tokens differ, while schemas compare whole items only",
        r"\btokens?\b",
    ),
    _rule("duplicate", "which ids there are is state", r"\b(already|duplicate|in use|twice)\b"),
    _rule(
        "size",
        "the limits of sizes are in the document's words: bytes of an id, a token, an event; events of a batch",
        r"\bbytes\b|\bat most\b|\btoo (long|large|many)\b",
    ),
)
"""All of them. A refusal counts as one only with the status 400, 413 or 422."""

_STATUSES = (400, 413, 422)


_OF_OTHERS = re.compile(
    r"\b(access|auth\w*|bearer|expired|oauth|refresh) token\b"
    r"|\b(bad|invalid|unexpected|wrong) token\W*$"
    r"|\btoken\b.{0,20}\bin JSON\b|\btoken at (line|position|column|offset)\b",
    re.IGNORECASE,
)
"""Tokens that are none of an event's: those that let in, and those of a text that is parsed."""


def rule_behind(status: int, message: str) -> Rule | None:
    """Return the rule that a refusal is about, told by its status and its message, if it is about one."""
    if status not in _STATUSES:
        return None
    told = _OF_OTHERS.sub("", message)
    return next((rule for rule in RULES if rule.words.search(told)), None)
