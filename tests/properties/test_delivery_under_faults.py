"""Whatever goes wrong in whatever order, over several runs, with threads and coroutines alike (G1 to G4, G6, G9)."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, closing
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from attrs import define, field
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hubspot_timeline import (
    BatchLimits,
    Created,
    Outcome,
    Rejected,
    RetryPolicy,
    TimelineEvent,
    Unconfirmed,
    Unsent,
    event,
)
from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.examples import examples
from tests.helpers.fake_time import FakeTime
from tests.helpers.model_service import Duplicates, Fault, ModelService, Refusal

FAULTS = st.lists(st.sampled_from(Fault), max_size=6)


class Side:
    """A client of one kind with a service of its own; no time passes but by waiting."""

    def __init__(self, service: ModelService, folder: str, **options: Any) -> None:
        self.service = service
        self.folder = Path(folder)
        self.time = FakeTime()
        transport = httpx.MockTransport(service.respond)
        self.options = options | {"httpx_args": {"transport": transport}, "clock": self.time.clock, "max_in_flight": 1}

    def run(self, events: Sequence[TimelineEvent], journal: str | None, most: int | None) -> list[Outcome]:
        """Send events and return their outcomes; with `most`, take no more of them than that, as a crash would."""
        raise NotImplementedError

    def _path(self, journal: str | None) -> Path | None:
        return self.folder / journal if journal else None


class Threads(Side):
    """A TimelineClient."""

    def __init__(self, *words: Any, **options: Any) -> None:
        super().__init__(*words, **options)
        self.timeline = TimelineClient(token, sleep=self.time.sleep, **self.options)

    def run(self, events: Sequence[TimelineEvent], journal: str | None, most: int | None) -> list[Outcome]:
        """Send events."""
        outcomes: list[Outcome] = []
        if most is None:
            report = self.timeline.send(events, on_outcome=outcomes.append, journal=self._path(journal))
            assert report.created + report.rejected + report.unconfirmed + report.unsent == len(events) == report.total
            return outcomes
        with closing(self.timeline.stream(events, journal=self._path(journal))) as stream:  # type: ignore[type-var]
            return list(islice(stream, most))

    def close(self) -> None:
        """Let go of the connections."""
        self.timeline.close()


class Coroutines(Side):
    """An AsyncTimelineClient in a loop of its own."""

    def __init__(self, *words: Any, **options: Any) -> None:
        super().__init__(*words, **options)
        self.runner = asyncio.Runner()
        self.timeline = AsyncTimelineClient(token, sleep=self.time.async_sleep, **self.options)

    def run(self, events: Sequence[TimelineEvent], journal: str | None, most: int | None) -> list[Outcome]:
        """Send events."""
        return self.runner.run(self._run(events, journal, most))

    async def _run(self, events: Sequence[TimelineEvent], journal: str | None, most: int | None) -> list[Outcome]:
        outcomes: list[Outcome] = []
        if most is None:
            report = await self.timeline.send(events, on_outcome=outcomes.append, journal=self._path(journal))
            assert report.created + report.rejected + report.unconfirmed + report.unsent == len(events) == report.total
            return outcomes
        async with aclosing(self.timeline.stream(events, journal=self._path(journal))) as stream:
            async for outcome in stream:
                outcomes.append(outcome)
                if len(outcomes) >= most:
                    break
        return outcomes

    def close(self) -> None:
        """Let go of the connections and the loop."""
        self.runner.run(self.timeline.close())
        self.runner.close()


def token() -> str:
    """Return a token, so that a refused one may be renewed."""
    return "token-of-the-function"


@define
class Input:
    """Events of one run or of several that share a journal; each has a number that no other has."""

    numbers: list[int]
    is_named: bool
    journal: str | None
    before: list[set[str]] = field(factory=list)  # the ids that each service held when the first run began

    def events(self) -> list[TimelineEvent]:
        """Make the events anew, as the program does in each of its runs; only named ones have the same ids again."""
        return [
            event(1, {"n": n}, email="ada@example.com", id=f"e{n}" if self.is_named else None) for n in self.numbers
        ]


class Runs(RuleBasedStateMachine):
    """Runs of both kinds of client against services that misbehave in the same way."""

    def __init__(self) -> None:
        super().__init__()
        self.folders = [TemporaryDirectory(), TemporaryDirectory()]
        self.sides: list[Any] = []
        self.numbers = count()
        self.open: Input | None = None  # an input with a journal that is not through
        self.left: list[int] = []  # the numbers of named events that were not settled

    @initialize(
        refusal=st.sampled_from(Refusal),
        duplicates=st.sampled_from(Duplicates),
        attempts=st.integers(1, 5),
        size=st.integers(1, 4),
    )
    def begin(self, refusal: Refusal, duplicates: Duplicates, attempts: int, size: int) -> None:
        """Choose how the services refuse and how patient the clients are."""
        options = {"retry": RetryPolicy(attempts=attempts, wait_total=10_000), "batch": BatchLimits(max_events=size)}
        for kind, folder in zip((Threads, Coroutines), self.folders, strict=True):
            service = ModelService(refusal=refusal, duplicates=duplicates)
            self.sides.append(kind(service, folder.name, chance=lambda: 0.5, **options))

    @rule(faults=FAULTS)
    def misbehave(self, faults: list[Fault]) -> None:
        """Let the next requests go wrong."""
        for side in self.sides:
            side.service.faults += faults

    @rule(
        size=st.integers(1, 7), bad=st.sets(st.integers(0, 6), max_size=3), taken=st.sets(st.integers(0, 6), max_size=2)
    )
    def send(self, size: int, bad: set[int], taken: set[int]) -> None:
        """Send new events, of which some are invalid, and some have an id that somebody else has used."""
        numbers = list(islice(self.numbers, size))
        for side in self.sides:
            side.service.bad |= {f"e{numbers[n]}" for n in bad if n < size}
            for n in taken & set(range(size)):
                side.service.created[f"e{numbers[n]}"] = {"tokens": {"n": f"somebody else's {numbers[n]}"}}
        self._run(Input(numbers, is_named=True, journal=None))

    @precondition(lambda self: self.left)
    @rule()
    def send_again(self) -> None:
        """Send what was not settled once more, with the same ids."""
        numbers, self.left = self.left, []
        self._run(Input(numbers, is_named=True, journal=None))

    @precondition(lambda self: self.open is None)
    @rule(size=st.integers(1, 9), is_named=st.booleans(), most=st.integers(1, 9))
    def crash(self, size: int, is_named: bool, most: int) -> None:
        """Begin to send new events with a journal, and end before all is done."""
        numbers = list(islice(self.numbers, size))
        self.open = Input(numbers, is_named, journal=f"{numbers[0]}.journal")
        self._run(self.open, most)

    @precondition(lambda self: self.open is not None)
    @rule(most=st.integers(1, 9))
    def crash_again(self, most: int) -> None:
        """Go on from the journal, and end again before all is done."""
        assert self.open
        self._run(self.open, most)

    @precondition(lambda self: self.open is not None)
    @rule()
    def resume(self) -> None:
        """Go on from the journal to the end."""
        assert self.open
        kinds = self._run(self.open)
        if set(kinds) <= {Created, Rejected}:
            self.open = None

    @invariant()
    def nothing_is_there_twice(self) -> None:
        """Not even under another id."""
        for side in self.sides:
            numbers = [one["tokens"]["n"] for one in side.service.created.values()]
            assert len(numbers) == len(set(numbers))

    def teardown(self) -> None:
        """Let go of everything."""
        for side in self.sides:
            side.close()
        for folder in self.folders:
            folder.cleanup()

    def _run(self, source: Input, most: int | None = None) -> list[type[Outcome]]:
        """Run on both sides, hold the outcomes to the truth and to each other, and return their kinds."""
        if not source.before:
            source.before = [set(side.service.created) for side in self.sides]
        told = []
        for side, before in zip(self.sides, source.before, strict=True):
            events = source.events()
            is_calm = not side.service.faults
            outcomes = side.run(events, source.journal, most)
            for outcome in outcomes:
                assert outcome.event is events[outcome.position]
                hold_to_the_truth(outcome, side.service, before)
            if is_calm and most is None:
                hold_to_the_best(outcomes, side.service)
            if most is None:
                assert sorted(outcome.position for outcome in outcomes) == list(range(len(events)))
            told.append([(o.position, type(o), o.attempts, str(getattr(o, "error", ""))) for o in outcomes])
        self._hold_to_each_other(told)
        if most is None and source.journal is None:
            self.left += [source.numbers[o[0]] for o in told[0] if o[1] in (Unconfirmed, Unsent)]
        return [outcome[1] for outcome in told[0]]

    def _hold_to_each_other(self, told: list[Any]) -> None:
        """Hold both clients to the same waits, requests and outcomes; only ids that were made up differ (G9)."""
        threads, coroutines = ([[one["tokens"] for one in events] for events in s.service.bodies] for s in self.sides)
        assert threads == coroutines
        assert told[0] == told[1]
        assert self.sides[0].time.waits == self.sides[1].time.waits


def hold_to_the_truth(outcome: Outcome, service: ModelService, before: set[str]) -> None:
    """Hold what is said of an event to what the service has (G2, G4)."""
    assert outcome.id is not None
    number = outcome.event.tokens["n"]  # type: ignore[attr-defined]
    match outcome:
        case Created(raw=None) if outcome.id in before:
            assert outcome.attempts > 1  # "exists already" after a lost answer, which may be about somebody else's
        case Created():
            assert service.created[outcome.id]["tokens"]["n"] == number
        case Rejected() if outcome.is_duplicate:
            assert outcome.id in before
        case Rejected() | Unsent():
            assert outcome.id not in service.created or outcome.id in before


def hold_to_the_best(outcomes: Sequence[Outcome], service: ModelService) -> None:
    """Hold a run in which nothing went wrong to having settled everything that a clear answer settles (G3)."""
    for outcome in outcomes:
        assert not isinstance(outcome, Unsent)
        assert not isinstance(outcome, Unconfirmed) or outcome.id in service.bad


Runs.TestCase.settings = settings(max_examples=examples(200, 2_000), stateful_step_count=15)
test_runs = Runs.TestCase
