"""The requests and the responses of a calibration, and what can be read from an error body."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from attrs import field, frozen

from hubspot_timeline_testing.calibration.response_body import parsed
from hubspot_timeline_testing.contract.redaction import printable

UNKNOWN_OBJECT, UNKNOWN_VALUE = "999999999999999", "calibration-unknown"
"""What does not exist: the id of a record, and the name of an event token or property."""

_TYPE_FIELDS = ("eventTemplateId", "eventTypeName")
_SUBJECTS = ((UNKNOWN_OBJECT, "{subject}"), (UNKNOWN_VALUE, "{subject}"))
_LONG_NUMBER = re.compile(r"\b[0-9a-f-]*[0-9][0-9a-f-]{7,}\b")
_MAX_MESSAGE, _MAX_TEXT = 300, 500
_MIN_NAME = 3  # a shorter name of a type is also found inside of ordinary words


@frozen
class Request:
    """One request. `creates`: what it may leave behind, each with a name of its own, usually the ids of events.

    `authorization`: None for that of the run. `is_about_access`: a 401 or 403 is a result, not the end of the run.
    """

    method: str
    path: str
    body: Any = None
    creates: tuple[str, ...] = ()
    authorization: str | None = None
    accept: str = "application/json"
    is_about_access: bool = False


@frozen
class Exchange:
    """A request with its complete response. `was_lost`: an earlier attempt had none, and may have been executed.

    `shown`: the body without secrets, of which all texts are made; to compare ids needs the body itself.
    """

    request: Request
    status: int
    headers: Mapping[str, str] = field(factory=dict)
    body: Any = None  # parsed JSON, or text
    shown: Any = None
    was_lost: bool = False

    @classmethod
    def of(
        cls, request: Request, response: httpx.Response, mask: Callable[[Any], Any], *, was_lost: bool
    ) -> "Exchange":
        """Return the exchange with a response of httpx. `mask` removes the secrets from its body."""
        body = parsed(response.content)
        shown = mask(body)
        shown = shown[:_MAX_TEXT] if isinstance(shown, str) else shown
        return cls(request, response.status_code, dict(response.headers), body, shown, was_lost)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def sent(self) -> list[dict[str, Any]]:
        """The events of the request."""
        body = self.request.body
        return list(body["inputs"]) if "inputs" in body else [body]

    def value(self, name: str, default: Any = None) -> Any:
        """Return a field of the body, the default without one."""
        return self.body.get(name, default) if isinstance(self.body, dict) else default

    def text(self, name: str, default: Any = None) -> Any:
        """Return a field of the body without secrets, the default without one."""
        return self.shown.get(name, default) if isinstance(self.shown, dict) else default

    def objects(self, name: str) -> list[dict[str, Any]]:
        """Return the objects in a list of the body, such as `results` and `errors`."""
        values = self.value(name)
        return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []

    @property
    def has_errors(self) -> bool:
        """Whether a success says that some events were not created."""
        return self.status == 207 or bool(self.objects("errors"))

    @property
    def message(self) -> str:
        """The message with {id} and {type} of an event, {count} of them, {subject} for what is unknown, else {n}.

        So it can be compared with that of another request, and a sandbox can give it to other events.
        """
        text = str(self.text("message", self.shown))
        events = self.sent if isinstance(self.request.body, dict) else []
        ids = [(str(event.get("id", "")), "{id}") for event in events]
        types = [(str(event.get(name, "")), "{type}") for name in _TYPE_FIELDS for event in events]
        # A type may have a name that each id and each subject begins with.
        for name, placeholder in (*ids, *_SUBJECTS, *types):
            text = text.replace(name, placeholder) if len(name) >= _MIN_NAME else text
        if len(events) > 1:
            text = re.sub(rf"\b{len(events)}\b", "{count}", text)
        return _LONG_NUMBER.sub("{n}", text)[:_MAX_MESSAGE]

    @property
    def shape(self) -> tuple[Any, ...]:
        """What equal refusals, or equal successes, have in common."""
        if self.is_success:
            return (self.status, self.has_errors)
        return (self.status, self.text("category"), self.message.partition("{id}")[0])  # it may name each event

    def __str__(self) -> str:
        return f"{self.status} {printable(str(self.text('message', '')), 200)}".strip()
