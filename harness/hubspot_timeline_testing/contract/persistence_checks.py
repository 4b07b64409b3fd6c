"""What the walk's answers have to show of the operations before them: what was made is there, what was deleted not."""

from collections.abc import Callable, Mapping
from html import unescape
from typing import Any, TypeAlias

from attrs import frozen
from schemathesis.core.failures import Failure

from hubspot_timeline_testing.contract.redaction import shown

State: TypeAlias = Mapping[str, Any]

CHECK = "changes_last"
"""The check, by its name."""

TITLE = "Launch day"
"""The value of the token `title` in the walk's events, which its templates show."""


@frozen
class Mark:
    """What an operation leaves behind. `absent` says how an answer, as JSON or as text, lacks it, or None.

    `is_gone`: that there is an answer at all is what is wrong.
    """

    since: str
    absent: Callable[[State, Any], str | None]
    is_gone: bool = False


class NotShown(Failure):
    """An answer does not show what an operation before it did. `earlier`: a line that repeats that operation."""

    checks = (CHECK,)

    def __init__(self, *, operation: str, message: str, earlier: str) -> None:
        super().__init__(operation=operation, title="A change did not last", message=message)
        self.earlier = earlier


def _listed(state: State, said: Any) -> str | None:
    ids = [entry.get("id") for entry in _entries(said, "results")]
    return None if state["eventTemplateId"] in ids else "without the template that create_template made"


def _unlisted(state: State, said: Any) -> str | None:
    return None if _listed(state, said) else "with the template that delete_template deleted"


def _named(since: str, name: Callable[[State], str]) -> Mark:
    def absent(state: State, said: Any) -> str | None:
        found = said.get("name") if isinstance(said, dict) else None
        return None if found == name(state) else f"with the name {shown(str(found), 80)!r}, which {since} made another"

    return Mark(since, absent)


def _labelled(since: str, label: str) -> Mark:
    def absent(state: State, said: Any) -> str | None:
        labels = [token.get("label") for token in _tokens(said, state["tokenName"])]
        return None if labels == [label] else f"without the token {state['tokenName']} as {since} left it"

    return Mark(since, absent)


def _untokened(state: State, said: Any) -> str | None:
    return (
        f"with the token {state['tokenName']}, which delete_token deleted"
        if _tokens(said, state["tokenName"])
        else None
    )


def _as_sent(since: str) -> Mark:
    def absent(_: State, said: Any) -> str | None:
        tokens = said.get("tokens") if isinstance(said, dict) else None
        title = tokens.get("title") if isinstance(tokens, dict) else None
        return None if title == TITLE else f"without the tokens of the event that {since} sent"

    return Mark(since, absent)


def _shows_title(_: State, said: Any) -> str | None:
    text = " ".join(unescape(str(said)).replace("\x00", "").split())  # HTML writes blanks as it likes
    return None if TITLE in text else "without the values of the event that create_event sent"


def _entries(said: Any, name: str) -> list[dict[str, Any]]:
    entries = said.get(name) if isinstance(said, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _tokens(said: Any, name: str) -> list[dict[str, Any]]:
    return [token for token in _entries(said, "tokens") if token.get("name") == name]


def first_name(state: State) -> str:
    """Return the name that the walk's template is made with."""
    return f"Contract {state['seed']}"


def second_name(state: State) -> str:
    """Return the name that the walk's template is given later."""
    return f"Contract {state['seed']}, updated"


TEMPLATE_IS_LISTED = Mark("create_template", _listed)
TEMPLATE_IS_THERE = _named("create_template", first_name)
TEMPLATE_IS_UPDATED = _named("update_template", second_name)
TOKEN_IS_THERE = _labelled("create_token", "Plan")
TOKEN_IS_UPDATED = _labelled("update_token", "Which plan")
TOKEN_IS_GONE = Mark("delete_token", _untokened)
EVENT_IS_THERE = _as_sent("create_event")
EVENT_OF_BATCH_IS_THERE = _as_sent("create_events")
EVENT_IS_SHOWN = Mark("create_event", _shows_title)
TEMPLATE_IS_GONE = Mark("delete_template", lambda *_: "for a template that delete_template deleted", is_gone=True)
TEMPLATE_IS_UNLISTED = Mark("delete_template", _unlisted)
