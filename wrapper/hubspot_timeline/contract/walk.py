"""The natural order of the operations: each once, with what the ones before it answered, so that each can succeed."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

_TOKEN = {"name": "seats", "label": "Seats", "type": "number", "options": []}
_FURTHER = {"name": "plan", "label": "Plan", "type": "enumeration", "options": [{"value": "pro", "label": "Pro"}]}

State: TypeAlias = Mapping[str, Any]
"""What is known so far: appId, seed, and of the answers eventTemplateId and eventId."""

Answer: TypeAlias = Callable[[str, Mapping[str, Any], Any], Any]
"""Sends an operation with the values of its path and a body; gives what a success said as JSON, else None."""


@frozen
class Step:
    """One operation: what is sent, and what is to be known of the answer, by the name of its field."""

    operation: str
    body: Callable[[State], Any] = field(default=lambda _: None)
    learns: Mapping[str, str] = field(factory=dict)


def _event(number: int) -> Callable[[State], Any]:
    def event(state: State) -> Any:
        return {
            "eventTemplateId": state["eventTemplateId"],
            "id": f"contract-{state['seed']}-{number}",
            "email": "ada@example.com",
            "tokens": {"seats": "2"},
            "timestamp": "2026-03-10T23:04:41.164Z",
        }

    return event


STEPS = (
    Step(
        "create_template",
        lambda state: {
            "name": f"Contract {state['seed']}",
            "objectType": "contacts",
            "headerTemplate": "{{seats}}",
            "detailTemplate": "{{seats}}",
            "tokens": [_TOKEN],
        },
        {"eventTemplateId": "id"},
    ),
    Step("list_templates"),
    Step("get_template"),
    Step("update_template", lambda state: {"id": state["eventTemplateId"], "name": "Contract", "tokens": [_TOKEN]}),
    Step("create_token", lambda _: _FURTHER),
    Step("update_token", lambda _: {"label": "Which plan", "options": _FURTHER["options"]}),
    Step("delete_token"),
    Step("create_event", _event(1), {"eventId": "id"}),
    Step("create_events", lambda state: {"inputs": [_event(2)(state), _event(3)(state)]}),
    Step("get_event"),
    Step("get_event_detail"),
    Step("render_event"),
    Step("delete_template"),
)


def walk(state: State, wanted: tuple[str, ...], send: Answer) -> None:
    """Send the wanted operations, and those before them, in their order; a step that lacks a value is left out."""
    known = {"tokenName": _FURTHER["name"], **state}
    for step in _as_far_as(wanted):
        try:
            said = send(step.operation, known, step.body(known))
        except KeyError:  # of an answer that did not come
            continue
        for name, of_answer in step.learns.items():
            if isinstance(said, dict) and isinstance(said.get(of_answer), str):
                known[name] = said[of_answer]


def _as_far_as(wanted: tuple[str, ...]) -> Iterator[Step]:
    last = max(number for number, step in enumerate(STEPS) if step.operation in wanted)
    yield from (step for number, step in enumerate(STEPS) if number <= last or step.operation == "delete_template")
