"""What an operation is given, and what it gives back."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from attrs import define, field, frozen

from hubspot_timeline_testing.sandbox.auth.accounts import Caller
from hubspot_timeline_testing.sandbox.clock import Clock
from hubspot_timeline_testing.sandbox.faults.injector import FaultSwitch
from hubspot_timeline_testing.sandbox.settings import SandboxSettings
from hubspot_timeline_testing.sandbox.storage.store import Store


@define
class Generation:
    """Counts how often everything was forgotten: what began before that must not end after it."""

    number: int = 0


@frozen
class World:
    """What all operations of one sandbox share."""

    store: Store
    settings: SandboxSettings
    clock: Clock
    faults: FaultSwitch
    generation: Generation = field(factory=Generation)


@frozen
class Call:
    """One request that was let in: its number, who sent it, the values in its path, its query, its body."""

    number: int
    caller: Caller
    path: Mapping[str, str] = field(factory=dict)
    query: Mapping[str, str] = field(factory=dict)
    raw: bytes = b""


@frozen
class Answer:
    """What is sent back. `events`: how many events the request was about, for the log."""

    status: int
    body: str = ""
    media_type: str = "application/json"
    events: int = 0


Work: TypeAlias = Callable[[World, Call], Answer]
"""An operation: changes the store and answers, or raises RefusedError with nothing changed. It never waits."""
