"""The requests of a calibration to one API, and what is known of it so far."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias
from urllib.parse import quote

from attrs import define, field

from hubspot_timeline_testing.calibration.messages import Exchange, Request
from hubspot_timeline_testing.calibration.sender import Sender, UndecidedError
from hubspot_timeline_testing.calibration.settings import CalibrationSettings
from hubspot_timeline_testing.contract.documents import V3, contract_operations

Event: TypeAlias = dict[str, Any]
VALUE_NAME = "calibration"
"""The event token, or property, that the template or the event type has to have."""


@define
class ApiSession:
    """Sends events of one API, of one template or event type, each with an id of its own from `numbers`.

    `known`: ids that exist. `identity`: the fields by which an event finds the contact. `room`: how many events a
    batch surely takes, 2 at most. `has_invalid`: whether an event that identifies no record is refused. `max_events`:
    None if unknown. `read_back`: the seconds until an event can be read. `taken_status`: of a single app event whose id
    exists.
    """

    api: str
    sender: Sender
    settings: CalibrationSettings
    type_name: str
    run: str
    numbers: Iterator[int]
    known: list[str] = field(factory=list)
    identity: Event = field(factory=dict)
    room: int = 1
    max_events: int | None = None
    read_back: float = 0.0
    taken_status: int = 0
    duplicate_shape: tuple[Any, ...] = ()
    has_invalid: bool = False

    def __attrs_post_init__(self) -> None:
        self.identity = self.identity or {"email": self.settings.email}

    @property
    def is_v3(self) -> bool:
        """Whether this is version 3, whose events can be read."""
        return self.api == V3

    @property
    def type_field(self) -> str:
        """The field with the template or the event type."""
        return "eventTemplateId" if self.is_v3 else "eventTypeName"

    @property
    def values_field(self) -> str:
        """The field with the event tokens or properties."""
        return "tokens" if self.is_v3 else "properties"

    def new_id(self) -> str:
        """Return an id that was never used, of a constant length."""
        return f"calibration-{self.run}-{next(self.numbers):05}"

    def event(self, **changes: Any) -> Event:
        """Return a new event with some fields changed; None removes one."""
        fields = {self.type_field: self.type_name, "id": self.new_id(), self.values_field: {}} | self.identity
        return {name: value for name, value in (fields | changes).items() if value is not None}

    def anonymous(self) -> Event:
        """Return a new event that identifies no record."""
        event = self.event()
        return {name: value for name, value in event.items() if name not in self.identity}

    def batch(self, build: Callable[[], list[Event]], *, creates: bool = True) -> Exchange:
        """Send a batch, built anew for each attempt; without `creates` the server is known to refuse its events."""
        return self.sender.send(lambda: self._request(True, {"inputs": build()}, creates=creates))

    def single(self, build: Callable[[], Event]) -> Exchange:
        """Send an event alone, built anew for each attempt."""
        return self.sender.send(lambda: self._request(False, build(), creates=True))

    def exists(self, event_id: str) -> bool:
        """Return whether an event was created. Of app events this creates it, and a refusal says that it exists."""
        if self.is_v3:
            exchange = self.read(event_id, patience=2)
            if exchange.status not in (200, 404):
                raise UndecidedError(f"an event cannot be read: {exchange}")
            return exchange.is_success
        exchange = self.single(lambda: self.event(id=event_id))
        if exchange.was_lost and not exchange.is_success:
            raise UndecidedError("a response was lost, so that the refusal of an id may be of our own making")
        return self.says_taken(exchange)

    def says_taken(self, exchange: Exchange) -> bool:
        """Return whether an app event was refused since its id exists. Raises UndecidedError for other refusals."""
        if not exchange.is_success and exchange.status != self.taken_status:
            raise UndecidedError(f"refused for another reason than its id: {exchange}")
        return not exchange.is_success

    def read(self, event_id: str, *, patience: int = 1, outdated: Any = None) -> Exchange:
        """Read an event of version 3, again while it is missing, or has this extraData."""
        _, path = contract_operations()["get_event"]
        names = {"{eventTemplateId}": self.type_name, "{eventId}": event_id}
        for name, value in names.items():
            path = path.replace(name, quote(value, safe=""))
        exchange = self.sender.send(lambda: Request("GET", path))
        for _ in range(patience - 1):
            if exchange.status != 404 and (outdated is None or exchange.value("extraData") != outdated):
                break
            self.sender.pause(max(1.0, 2 * self.read_back))
            exchange = self.sender.send(lambda: Request("GET", path))
        return exchange

    def path(self, *, is_batch: bool) -> str:
        """Return the path for a batch, or for a single event."""
        name = f"create{'' if self.is_v3 else '_app'}_event{'s' if is_batch else ''}"
        return contract_operations(self.api)[name][1]

    def _request(self, is_batch: bool, body: Any, *, creates: bool) -> Request:
        events: list[Event] = body["inputs"] if is_batch else [body]
        names = [f"{self.api} {event.get('id') or self.new_id()}" for event in events]
        return Request("POST", self.path(is_batch=is_batch), body, tuple(dict.fromkeys(names)) if creates else ())
