"""A state machine: over runs, crashes and resumptions both clients are true to the service (G1 to G4, G6, G9)."""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx
from attrs import define, evolve, field
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hubspot_timeline import (
    BatchLimits,
    Created,
    Outcome,
    Rejected,
    RetryPolicy,
    Unconfirmed,
    Unsent,
    app_event,
    event,
)
from tests.helpers.both_clients import AsyncRunner, Call, ClientRunner, SyncRunner
from tests.helpers.examples import examples
from tests.helpers.fake_time import FakeTime
from tests.helpers.model_service import Duplicates, Fault, ModelService, Refusal
from tests.helpers.storing_server import StoringServer, Turn, http
from tests.helpers.streams import take
from tests.helpers.true_outcomes import Result, require_true, values_of

T = TypeVar("T")

MEMORY = Path("/dev/shm")  # noqa: S108 - where a journal waits for no disk; only the process crashes here


class ClientOfModel:
    """A client with a service, a clock and a folder of its own; each run opens it anew."""

    def __init__(self, runner: ClientRunner, service: ModelService, **options: Any) -> None:
        self.runner = runner
        self.service = service
        self.time = FakeTime()
        self.folder = TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.options = options

    def run(self, events: Sequence[Any], source: "Input", max_outcomes: int | None) -> list[Outcome]:
        """Send events and return their outcomes; with `max_outcomes`, end after that many, as a crash would."""
        options: dict[str, Any] = {"journal": Path(self.folder.name, source.journal) if source.journal else None}
        rows: Sequence[Any] = events
        if source.has_rows:
            rows, options["make"] = range(len(events)), events.__getitem__
        if max_outcomes is not None:
            outcomes: list[Outcome] = self._run(lambda t: take(t.stream(rows, **options), max_outcomes))
            return outcomes
        outcomes = []
        report = self._run(lambda timeline: timeline.send(rows, on_outcome=outcomes.append, **options))
        assert report.created + report.rejected + report.unconfirmed + report.unsent == report.total == len(events)
        return outcomes

    def _run(self, call: Call) -> Any:
        return self.runner.run(self.service.respond, call, self.time, token=access_token, **self.options)


def access_token() -> str:
    """Return an access token; a function is called again after a token was refused."""
    return "token-of-the-function"


@define
class Input:
    """Events of one run, or of several runs with one journal; each event has a number that no other has."""

    numbers: list[int]
    has_ids: bool = True
    has_rows: bool = False  # the client gets the positions of the events, and a function that makes events of them
    journal: str | None = None
    existing: list[set[str]] = field(factory=list)  # the ids that each service had when the first run began
    settled: dict[int, tuple[type[Outcome], bool]] = field(factory=dict)  # numbers that earlier runs settled, and how

    def events(self, build: Callable[..., T]) -> list[T]:
        """Build the events anew, as the program does in each of its runs; generated ids differ each time."""
        return [
            build("1", {"n": n}, email="ada@example.com", id=f"e{n}" if self.has_ids else None) for n in self.numbers
        ]


class ClientsUnderFaults(RuleBasedStateMachine):
    """Runs of both clients against services that fail in the same way."""

    build_event: Callable[..., Any] = staticmethod(event)
    result_of: Callable[[Outcome], Result] = staticmethod(Result.of)

    def __init__(self) -> None:
        super().__init__()
        self.clients: list[ClientOfModel] = []
        self.numbers = count()
        self.crashed: Input | None = None  # an input with a journal that is not completed
        self.unsettled: list[int] = []  # the numbers of events with ids that are Unconfirmed or Unsent

    @initialize(
        refusal=st.sampled_from(Refusal),
        duplicates=st.sampled_from(Duplicates),
        option=st.sampled_from(["ok", "reject"]),
        attempts=st.integers(1, 5),
        max_events=st.integers(1, 4),
    )
    def open_clients(
        self, refusal: Refusal, duplicates: Duplicates, option: str, attempts: int, max_events: int
    ) -> None:
        """Choose how the services refuse events, and how the clients retry, batch and take events that exist."""
        self._open(attempts, max_events, option, refusal=refusal, duplicates=duplicates)

    def _open(self, attempts: int, max_events: int, option: str, *, api: str = "v3", **service: Any) -> None:
        self.duplicates = option
        options: dict[str, Any] = {
            "api": api,
            "retry": RetryPolicy(attempts=attempts, wait_total=10_000),
            "batch": BatchLimits(max_events=max_events),
            "max_in_flight": 1,
            "duplicates": option,
        }
        for runner in (SyncRunner(), AsyncRunner()):
            self.clients.append(ClientOfModel(runner, ModelService(**service), **options))

    @rule(faults=st.lists(st.sampled_from(Fault), max_size=6))
    def fail(self, faults: list[Fault]) -> None:
        """Let the next requests fail."""
        for client in self.clients:
            client.service.faults += faults

    @rule(
        size=st.integers(1, 7),
        invalid=st.sets(st.integers(0, 6), max_size=3),
        existing=st.sets(st.integers(0, 6), max_size=2),
        has_rows=st.booleans(),
    )
    def send(self, size: int, invalid: set[int], existing: set[int], has_rows: bool) -> None:
        """Send new events, some of which are invalid or have the id of an event of another sender."""
        numbers = list(islice(self.numbers, size))
        for client in self.clients:
            client.service.invalid |= {f"e{numbers[n]}" for n in invalid if n < size}
        self._create_by_another_sender({numbers[n] for n in existing if n < size})
        self._run(Input(numbers, has_rows=has_rows))

    @precondition(lambda self: self.unsettled)
    @rule()
    def send_again(self) -> None:
        """Send the unsettled events again, with the same ids."""
        numbers, self.unsettled = self.unsettled, []
        self._run(Input(numbers))

    @precondition(lambda self: self.crashed is None)
    @rule(
        size=st.integers(1, 9),
        has_ids=st.booleans(),
        has_rows=st.booleans(),
        existing=st.sets(st.integers(0, 8), max_size=2),
        max_outcomes=st.integers(1, 9),
    )
    def crash(self, size: int, has_ids: bool, has_rows: bool, existing: set[int], max_outcomes: int) -> None:
        """Send new events with a journal, and end before all have an outcome."""
        numbers = list(islice(self.numbers, size))
        self._create_by_another_sender({numbers[n] for n in existing if n < size})
        self.crashed = Input(numbers, has_ids, has_rows, f"{numbers[0]}.journal")
        self._run(self.crashed, max_outcomes)

    @precondition(lambda self: self.crashed is not None)
    @rule(max_outcomes=st.integers(1, 9))
    def crash_again(self, max_outcomes: int) -> None:
        """Resume from the journal, and end early again."""
        assert self.crashed
        self._run(self.crashed, max_outcomes)

    @precondition(lambda self: self.crashed is not None)
    @rule()
    def resume(self) -> None:
        """Resume from the journal, and complete the input if every event can be settled."""
        assert self.crashed
        if {result.kind for result in self._run(self.crashed)} <= {Created, Rejected}:
            self.crashed = None

    @invariant()
    def no_event_exists_twice(self) -> None:
        """Not even under two ids."""
        for client in self.clients:
            numbers = [values_of(event)["n"] for event in client.service.created.values()]
            assert len(numbers) == len(set(numbers))

    def teardown(self) -> None:
        """Remove the folders."""
        for client in self.clients:
            client.folder.cleanup()

    def _create_by_another_sender(self, numbers: set[int]) -> None:
        for client in self.clients:
            client.service.created |= {f"e{n}": {"tokens": {"n": f"{n} of another sender"}} for n in numbers}

    def _run(self, source: Input, max_outcomes: int | None = None) -> list[Result]:
        """Run both clients, compare their outcomes with the service and with each other, and return the results."""
        is_resumed = bool(source.existing)
        source.existing = source.existing or [set(client.service.created) for client in self.clients]
        results = []
        for client, existing in zip(self.clients, source.existing, strict=True):
            has_faults, events, requests = (
                bool(client.service.faults),
                source.events(self.build_event),
                len(client.service.requests),
            )
            outcomes = client.run(events, source, max_outcomes)
            for outcome in outcomes:
                assert outcome.event is events[outcome.position]
                assert outcome.source is (outcome.position if source.has_rows else outcome.event)
                require_true(outcome, client.service, existing, self.duplicates, is_resumed=is_resumed)
            if max_outcomes is None:
                assert sorted(outcome.position for outcome in outcomes) == list(range(len(events)))
                for outcome in outcomes if not has_faults else ():
                    assert is_settled(outcome, client.service)
                    # A fault of an earlier run may have rejected a valid event, which the journal keeps.
                    assert is_resumed or is_right(outcome, client.service, existing, self.duplicates)
            sent = {int(values_of(event)["n"]) for each in client.service.requests[requests:] for event in each}
            assert not sent & source.settled.keys()
            results.append([self.result_of(outcome) for outcome in outcomes])
        assert results[0] == results[1]
        self._require_equal_requests()
        for result in results[0]:
            if issubclass(result.kind, Created | Rejected):
                settled = result.kind, result.existed
                assert source.settled.setdefault(source.numbers[result.position], settled) == settled
        if max_outcomes is None and source.journal is None:
            unsettled = [result for result in results[0] if issubclass(result.kind, Unconfirmed | Unsent)]
            self.unsettled += [source.numbers[result.position] for result in unsettled]
        return results[0]

    def _require_equal_requests(self) -> None:
        first, second = self.clients
        tokens = [[list(map(values_of, events)) for events in client.service.requests] for client in (first, second)]
        assert tokens[0] == tokens[1]
        assert first.time.waits == second.time.waits


def is_settled(outcome: Outcome, service: ModelService) -> bool:
    """Return whether an outcome is as certain as it can be without faults (G3)."""
    return isinstance(outcome, Created | Rejected) or (
        isinstance(outcome, Unconfirmed) and outcome.id in service.invalid
    )


def is_right(outcome: Outcome, service: ModelService, existing: set[str], duplicates: str) -> bool:
    """Return whether an event that no fault has met is Created, unless it is invalid or a duplicate to reject (G3)."""
    is_duplicate = duplicates == "reject" and outcome.id in existing
    return isinstance(outcome, Created) or outcome.id in service.invalid or is_duplicate


class AppEventsUnderFaults(ClientsUnderFaults):
    """The same for app events, whose service creates a batch as a whole or not at all, and cannot be read."""

    build_event = staticmethod(app_event)

    @initialize(
        names_duplicates=st.booleans(),
        option=st.sampled_from(["ok", "reject"]),
        attempts=st.integers(1, 5),
        max_events=st.integers(1, 4),
    )
    def open_clients(self, names_duplicates: bool, option: str, attempts: int, max_events: int) -> None:
        """Choose how the clients retry, batch and take events that exist, and what a 409 names."""
        refusals: Any = {"refusal": Refusal.WHOLE_BATCH, "duplicates": Duplicates.CONFLICT}
        self._open(attempts, max_events, option, api="2026-09", names_duplicates=names_duplicates, **refusals)


OF_CONNECTIONS = [
    *(Fault.NONE, Fault.RESET_BEFORE_CREATION, Fault.RESET_AFTER_CREATION, Fault.TRUNCATED, Fault.NO_BODY),
    *(Fault.UNREADABLE_BODY, Fault.JSON_503, Fault.UNAUTHORIZED, Fault.REDIRECTED),
]


class ClientsOverSockets(ClientsUnderFaults):
    """The same through each transport; what breaks a connection is a reset, which does not tell if the events exist."""

    def __init__(self) -> None:
        super().__init__()
        self.servers = ExitStack()

    @initialize(
        transport=st.sampled_from(["httpx", "pyqwest"]),
        api=st.sampled_from(["v3", "2026-09"]),
        option=st.sampled_from(["ok", "reject"]),
        attempts=st.integers(1, 5),
        faults=st.lists(st.sampled_from(OF_CONNECTIONS), min_size=2, max_size=12),
    )
    def open_clients(self, transport: str, api: str, option: str, attempts: int, faults: list[Fault]) -> None:
        """Choose the transport, the first faults, and how the clients retry and take events that exist."""
        self.build_event = event if api == "v3" else app_event
        self.result_of = lambda outcome: evolve(Result.of(outcome), error="")  # it has the port of the server
        self._open(attempts, 3, option, api=api, refusal=Refusal.WHOLE_BATCH)
        for client in self.clients:
            server = self.servers.enter_context(StoringServer(partial(respond, client.service)))
            client.options |= {"base_url": server.url, "httpx_args": {}, "transport": transport}
        self.fail(faults)

    def teardown(self) -> None:
        """Stop the servers and remove the folders."""
        self.servers.close()
        super().teardown()


def respond(service: ModelService, turn: Turn) -> None:
    """Send what a service responds to a request."""
    response = service.process(turn.events, sum(len(json.dumps(event)) for event in turn.events))
    if response.error:
        turn.send(b"HTTP/1.1 201" if response.error is httpx.RemoteProtocolError else b"")
        turn.reset()
    else:
        headers = [f"{name}: {value}".encode() for name, value in response.headers.items()]
        turn.send(http(response.status, response.content, *headers))


ClientsUnderFaults.TestCase.settings = settings(max_examples=examples(50, 2_000), stateful_step_count=15)
test_both_clients_are_true_to_the_service = ClientsUnderFaults.TestCase

AppEventsUnderFaults.TestCase.settings = settings(max_examples=examples(50, 2_000), stateful_step_count=15)
test_both_clients_are_true_to_the_service_of_app_events = AppEventsUnderFaults.TestCase

ClientsOverSockets.TestCase.settings = settings(max_examples=examples(10, 500), stateful_step_count=10, deadline=None)
test_both_clients_are_true_to_the_service_through_each_transport = ClientsOverSockets.TestCase
