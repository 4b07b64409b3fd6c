"""The natural order of the operations, with what the ones before each answered, so that each can succeed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from hubspot_timeline_testing.contract import persistence_checks as lasting
from hubspot_timeline_testing.contract.persistence_checks import Mark, State

_TOKENS = [
    {"name": "seats", "label": "Seats", "type": "number", "options": []},
    {"name": "title", "label": "Title", "type": "string", "options": []},
]
_FURTHER = {"name": "plan", "label": "Plan", "type": "enumeration", "options": [{"value": "pro", "label": "Pro"}]}
_TEXTS = {"headerTemplate": "{{title}}", "detailTemplate": "{{title}}"}


@frozen
class Step:
    """One request: what is sent, what is to be known of the answer by the name of its field, what that has to show.

    `event`: the number of the event that it is about, where that is not the one of create_event.
    """

    operation: str
    body: Callable[[State], Any] = field(default=lambda _: None)
    learns: Mapping[str, str] = field(factory=dict)
    mark: Mark | None = None
    event: int | None = None

    def values(self, state: State) -> State:
        """Return what its path takes its values from."""
        return state if self.event is None else {**state, "eventId": _id(state, self.event)}


Send: TypeAlias = Callable[[Step, State], Any]
"""Sends a step with what is known; gives what a success said, as JSON or else as text, and None without one."""


def _id(state: State, number: int) -> str:
    return f"contract-{state['seed']}-{number}"


def _event(number: int) -> Callable[[State], Any]:
    def event(state: State) -> Any:
        return {
            "eventTemplateId": state["eventTemplateId"],
            "id": _id(state, number),
            "email": "ada@example.com",
            "tokens": {"seats": "2", "title": lasting.TITLE},
            "timestamp": "2026-03-10T23:04:41.164Z",
        }

    return event


def _template(state: State) -> Any:
    return {"name": lasting.first_name(state), "objectType": "contacts", "tokens": _TOKENS, **_TEXTS}


def _update(state: State) -> Any:
    return {"id": state["eventTemplateId"], "name": lasting.second_name(state), "tokens": _TOKENS, **_TEXTS}


STEPS = (
    Step("create_template", _template, {"eventTemplateId": "id"}),
    Step("list_templates", mark=lasting.TEMPLATE_IS_LISTED),
    Step("get_template", mark=lasting.TEMPLATE_IS_THERE),
    Step("update_template", _update),
    Step("get_template", mark=lasting.TEMPLATE_IS_UPDATED),
    Step("create_token", lambda _: _FURTHER),
    Step("get_template", mark=lasting.TOKEN_IS_THERE),
    Step("update_token", lambda _: {"label": "Which plan", "options": _FURTHER["options"]}),
    Step("get_template", mark=lasting.TOKEN_IS_UPDATED),
    Step("delete_token"),
    Step("get_template", mark=lasting.TOKEN_IS_GONE),
    Step("create_event", _event(1), {"eventId": "id"}),
    Step("create_events", lambda state: {"inputs": [_event(2)(state), _event(3)(state)]}),
    Step("get_event", mark=lasting.EVENT_IS_THERE),
    Step("get_event", mark=lasting.EVENT_OF_BATCH_IS_THERE, event=2),
    Step("get_event", mark=lasting.EVENT_OF_BATCH_IS_THERE, event=3),
    Step("get_event_detail", mark=lasting.EVENT_IS_SHOWN),
    Step("render_event", mark=lasting.EVENT_IS_SHOWN),
    Step("delete_template"),
    Step("get_template", mark=lasting.TEMPLATE_IS_GONE),
    Step("list_templates", mark=lasting.TEMPLATE_IS_UNLISTED),
)


def walk(state: State, wanted: tuple[str, ...], send: Send) -> None:
    """Send the wanted operations, and those that they need, in their order; a step that lacks a value is left out."""
    known = {"tokenName": _FURTHER["name"], **state}
    for step in _as_far_as(wanted):
        try:
            said = send(step, known)
        except KeyError:  # of an answer that did not come
            continue
        for name, of_answer in step.learns.items():
            if isinstance(said, dict) and isinstance(said.get(of_answer), str):
                known[name] = said[of_answer]


def _as_far_as(wanted: tuple[str, ...]) -> Iterator[Step]:
    last = max(number for number, step in enumerate(STEPS) if step.operation in wanted)
    for number, step in enumerate(STEPS):
        is_needed = step.mark is None and (number <= last or step.operation == "delete_template")
        if is_needed or step.operation in wanted:
            yield step
