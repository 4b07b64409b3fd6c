"""The scenario: all operations of an API in their natural order, with evidence of each change.

In v3 a read-back shows a change; app events cannot be read, so that the 409 for an id is the evidence that it exists.
"""

from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any, TypeAlias

from attrs import field, frozen

from hubspot_timeline_testing.contract.documents import V3
from hubspot_timeline_testing.contract.settings import ContractSettings

State: TypeAlias = Mapping[str, Any]
"""Values that later steps need: the run, the appId, the event type, and ids from responses."""

_TITLE = "Launch day"
_TOKENS = [
    {"name": "seats", "label": "Seats", "type": "number", "options": []},
    {"name": "title", "label": "Title", "type": "string", "options": []},
]
_NEW_TOKEN = {"name": "plan", "label": "Plan", "type": "enumeration", "options": [{"value": "pro", "label": "Pro"}]}
_NEW_LABEL = "Which plan"
_TEMPLATE = {"tokens": _TOKENS, "headerTemplate": "{{title}}", "detailTemplate": "{{title}}"}
_BATCH = (2, 3, 4)
"""The numbers of the events in the batch; three, so that losing the first, the last or all but one is seen."""


@frozen
class Step:
    """One request, and for a read-back the operation that `changed` something and whether a response shows it.

    `saves`: names in the state, by the field of the response that has the value. `event`: the number of the event in
    the path, where that is not the one of create_event. Without `is_shown` of a read-back there must be no success.
    `is_conflict`: the rejection has to be a 409. `name`: that of a batch that may be refused. `refused`: the name of
    one that was, so that it must not have created the events of this step.
    """

    operation: str
    body: Callable[[State], Any] = field(default=lambda _: None)
    saves: Mapping[str, str] = field(factory=dict)
    changed: str | None = None
    is_shown: Callable[[State, Any], bool] | None = None
    event: int | None = None
    is_conflict: bool = False
    name: str = ""
    refused: str | None = None

    def path_values(self, state: State) -> State:
        """Return where the path parameters take their values from."""
        return state if self.event is None else {**state, "eventId": _event_id(state, self.event)}

    @property
    def expects_absence(self) -> bool:
        """Whether it reads something that was deleted."""
        return self.changed is not None and self.is_shown is None


SendStep: TypeAlias = Callable[[Step, State], Any]
"""Sends a step; returns the parsed body of a success, or else its text, and None without a success."""


def _event_id(state: State, number: int) -> str:
    return f"contract-{state['run']}-{number}"


def _event(state: State, number: int) -> Any:
    return {
        "eventTemplateId": state["eventTemplateId"],
        "id": _event_id(state, number),
        "email": "ada@example.com",
        "tokens": {"seats": "2", "title": _TITLE},
        "timestamp": "2026-03-10T23:04:41.164Z",
    }


def _first_name(state: State) -> str:
    return f"Contract {state['run']}"


def _second_name(state: State) -> str:
    return f"Contract {state['run']}, updated"


def _entries(response: Any, name: str) -> list[dict[str, Any]]:
    entries = response.get(name) if isinstance(response, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _is_listed(state: State, response: Any) -> bool:
    return state["eventTemplateId"] in [entry.get("id") for entry in _entries(response, "results")]


def _has_name(name: Callable[[State], str]) -> Callable[[State, Any], bool]:
    return lambda state, response: isinstance(response, dict) and response.get("name") == name(state)


def _has_labels(*labels: str) -> Callable[[State, Any], bool]:
    """Return whether the tokens with the name of the new one have exactly these labels."""
    return lambda state, response: (
        [token.get("label") for token in _entries(response, "tokens") if token.get("name") == state["tokenName"]]
        == list(labels)
    )


def _has_title(_: State, response: Any) -> bool:
    tokens = response.get("tokens") if isinstance(response, dict) else None
    return isinstance(tokens, dict) and tokens.get("title") == _TITLE


def _renders_title(_: State, response: Any) -> bool:
    return _TITLE in " ".join(unescape(str(response)).replace("\x00", "").split())  # white space of HTML is free


STEPS = (
    Step(
        "create_template",
        lambda state: {"name": _first_name(state), "objectType": "contacts", **_TEMPLATE},
        {"eventTemplateId": "id"},
    ),
    Step("list_templates", changed="create_template", is_shown=_is_listed),
    Step("get_template", changed="create_template", is_shown=_has_name(_first_name)),
    Step(
        "update_template",
        lambda state: {"id": state["eventTemplateId"], "name": _second_name(state), **_TEMPLATE},
    ),
    Step("get_template", changed="update_template", is_shown=_has_name(_second_name)),
    Step("create_token", lambda _: _NEW_TOKEN),
    Step("get_template", changed="create_token", is_shown=_has_labels("Plan")),
    Step("update_token", lambda _: {"label": _NEW_LABEL, "options": _NEW_TOKEN["options"]}),
    Step("get_template", changed="update_token", is_shown=_has_labels(_NEW_LABEL)),
    Step("delete_token"),
    Step("get_template", changed="delete_token", is_shown=_has_labels()),
    Step("create_event", lambda state: _event(state, 1), {"eventId": "id"}),
    Step("create_events", lambda state: {"inputs": [_event(state, number) for number in _BATCH]}),
    Step("get_event", changed="create_event", is_shown=_has_title),
    *(Step("get_event", changed="create_events", is_shown=_has_title, event=number) for number in _BATCH),
    Step("get_event_detail", changed="create_event", is_shown=_renders_title),
    Step("render_event", changed="create_event", is_shown=_renders_title),
    Step("delete_template"),
    Step("get_template", changed="delete_template"),
    Step("list_templates", changed="delete_template", is_shown=lambda *response: not _is_listed(*response)),
)


def _app_event(state: State, number: int) -> Any:
    return {
        "eventTypeName": state["eventTypeName"],
        "id": _event_id(state, number),
        "email": "ada@example.com",
        "properties": {},  # which properties a type has is unknown
        "timestamp": "2026-03-10T23:04:41.164Z",
    }


def _app_events(*numbers: int) -> Callable[[State], Any]:
    return lambda state: {"inputs": [_app_event(state, number) for number in numbers]}


def _with_invalid_event(state: State) -> Any:
    """Return a batch with an event in the middle whose id is too long, which only words of the document exclude."""
    first, last = _app_event(state, 7), _app_event(state, 8)
    return {"inputs": [first, {**first, "id": "x" * 501}, last]}


def _conflict(operation: str, body: Callable[[State], Any], changed: str, *, name: str = "") -> Step:
    return Step(operation, body, changed=changed, is_conflict=True, name=name)


APP_EVENT_STEPS = (
    Step(
        "resolve_event_type",
        lambda state: {"projectName": state["projectName"], "developerSymbol": state["eventTypeName"]},
    ),
    Step("create_app_event", lambda state: _app_event(state, 1)),
    _conflict("create_app_event", lambda state: _app_event(state, 1), "create_app_event"),
    Step("create_app_events", _app_events(*_BATCH)),
    *(_conflict("create_app_events", _app_events(number), "create_app_events") for number in _BATCH),
    _conflict("create_app_events", _app_events(5, 2, 6), "create_app_events", name="batch with an existing id"),
    *(Step("create_app_events", _app_events(n), refused="batch with an existing id") for n in (5, 6)),
    Step("create_app_events", _with_invalid_event, name="batch with an invalid event"),
    *(Step("create_app_events", _app_events(n), refused="batch with an invalid event") for n in (7, 8)),
)


def play(settings: ContractSettings, send: SendStep) -> None:
    """Send the requested operations, and those that they depend on; skip a step that lacks a value for its path."""
    values: dict[str, Any] = {
        "tokenName": _NEW_TOKEN["name"],
        "run": settings.run,
        "appId": settings.app_id or 1,
        "eventTypeName": settings.event_type,
        "projectName": settings.project,
    }
    for step in _required_steps(STEPS if settings.api == V3 else APP_EVENT_STEPS, settings.operations):
        try:
            response = send(step, values)
        except KeyError:  # an earlier step failed
            continue
        for name, source in step.saves.items():
            if isinstance(response, dict) and isinstance(response.get(source), str):
                values[name] = response[source]


def _required_steps(steps: tuple[Step, ...], operations: tuple[str, ...]) -> Iterator[Step]:
    last = max(number for number, step in enumerate(steps) if step.operation in operations)
    for number, step in enumerate(steps):
        is_dependency = step.changed is None and (number <= last or step.operation == "delete_template")
        if is_dependency or step.operation in operations:
            yield step
