"""The plan of faults: its draws, its JSON, its errors, and the injector that follows it in a running sandbox."""

import json
from collections import Counter
from itertools import islice
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import EventFault, Fault, FaultPlan, SandboxSettings, StatusFault
from hubspot_timeline_testing.sandbox.apis import operation_names
from hubspot_timeline_testing.sandbox.faults.injector import FaultInjector, draw_faults
from hubspot_timeline_testing.sandbox.faults.kinds import DRAWN, NAMED_ONLY, RequestFault
from hubspot_timeline_testing.sandbox.faults.plan import MAX_SCRIPT
from tests.sandbox.test_fault_effects import STATUSES
from tests.sandbox.test_latency import DISTRIBUTIONS

FAULTS = st.sampled_from(Fault) | STATUSES
PLANS = st.builds(
    FaultPlan,
    script=st.lists(st.none() | FAULTS, max_size=5).map(lambda faults: faults + faults[-1:] * 2),
    rate=st.floats(0, 1),
    kinds=st.lists(FAULTS, min_size=1, max_size=5),
    seed=st.integers(),
    latency=st.floats(0, 100) | DISTRIBUTIONS,
    events=st.dictionaries(st.text(), FAULTS | st.sampled_from(EventFault), max_size=3),
    operations=st.lists(st.sampled_from(operation_names()), max_size=2),
    accounts=st.lists(st.text(), max_size=2),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
KEYS = ("script", "rate", "kinds", "seed", "latency", "events", "operations", "accounts")


def first(plan: FaultPlan, count: int = 1000) -> list[RequestFault | None]:
    return list(islice(draw_faults(plan), count))


def test_by_default_there_are_no_faults() -> None:
    """Neither in a plan nor in a sandbox."""
    assert SandboxSettings().faults == FaultPlan() == FaultPlan.from_json({})
    assert FaultPlan().latency == 0
    assert set(first(FaultPlan())) == {None}


def test_the_script_precedes_the_rate() -> None:
    """Its entries can be words; None is no fault."""
    plan = FaultPlan(script=["locked", None], rate=1, kinds=["empty"])
    assert first(plan, 4) == [Fault.LOCKED, None, Fault.EMPTY, Fault.EMPTY]


@given(seed=st.integers(), rate=st.floats(0, 1), kinds=st.lists(st.sampled_from(Fault), min_size=1))
def test_a_seed_draws_the_same_faults(seed: int, rate: float, kinds: list[Fault]) -> None:
    """Of the kinds in the plan, for equal plans and for one plan twice."""
    plan = FaultPlan(rate=rate, kinds=kinds, seed=seed)
    faults = first(plan, 50)
    assert faults == first(plan, 50) == first(FaultPlan(rate=rate, kinds=kinds, seed=seed), 50)
    assert set(faults) <= {None, *kinds}


def test_another_seed_draws_other_faults() -> None:
    """The draws depend on the seed."""
    assert first(FaultPlan(rate=0.5, seed=1)) != first(FaultPlan(rate=0.5, seed=2))


def test_the_rate_is_the_share_of_faults() -> None:
    """Without kinds each fault occurs that does not have to be named."""
    faults = Counter(first(FaultPlan(rate=0.3, seed=7)))
    assert 600 < faults.pop(None) < 800
    assert set(faults) == set(DRAWN) == set(Fault) - NAMED_ONLY


def test_the_draws_of_a_seed_never_change() -> None:
    """Newer kinds are drawn only where they are named, and latencies have a stream of their own."""
    plan = FaultPlan(rate=0.5, seed=7, latency="uniform:0:1")
    faults = (
        "locked http-502 wrong-ids http-502 - http-503 http-503 wrong-ids limited - - - html-success http-520-after"
    )
    assert [str(fault or "-") for fault in first(plan, 14)] == faults.split()


@given(plan=PLANS)
def test_a_plan_survives_as_json(plan: FaultPlan) -> None:
    """Also as text."""
    assert FaultPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_an_entry_of_the_script_can_be_repeated() -> None:
    """As JSON, equal faults in a row are one entry; the whole script has a maximum."""
    script = [{"fault": "http-502-html", "times": 3}, None, {"fault": None, "times": 2}, {"fault": "locked"}]
    plan = FaultPlan.from_json({"script": script})
    page = StatusFault(502, is_html=True)
    assert plan.script == (page, page, page, None, None, None, Fault.LOCKED)
    assert plan.to_json()["script"] == [script[0], {"fault": None, "times": 3}, "locked"]
    with pytest.raises(ValueError, match="script is longer than 100000 requests with its entry 1"):
        FaultPlan(script=[{"fault": "locked", "times": MAX_SCRIPT}, "locked"])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "the plan is []; it must be an object"),
        ({"rte": 1}, "the plan has the key 'rte'; did you mean rate? known are script, rate, kinds"),
        ({"script": "locked"}, "script is 'locked'; it must be a list"),
        ({"script": ["locked", "lokced"]}, "script[1]: 'lokced' is not a fault; did you mean locked? known are"),
        ({"script": [["locked"]]}, "script[0]: ['locked'] is not a fault"),
        ({"script": [True]}, "script[0]: True is not a fault"),
        ({"script": [{"fault": "x"}]}, "script[0].fault: 'x' is not a fault"),
        ({"script": [{"times": 2}]}, "script[0] is {'times': 2}; it lacks the key \"fault\""),
        ({"script": [{"fault": None, "time": 2}]}, "script[0] has the key 'time'; did you mean times?"),
        ({"script": [{"fault": None, "times": 0}]}, "script[0].times is 0; it must be a whole number from 1"),
        ({"script": [{"fault": None, "times": True}]}, "script[0].times is True"),
        ({"script": [{"fault": None, "times": 10**9}]}, "script[0].times is 1000000000; it must be"),
        ({"script": ["refuse"]}, "script[0]: 'refuse' is not a fault"),
        ({"script": [99]}, "script[0]: 99 is not a fault"), ({"script": ["none"]}, "script[0]: 'none' is not a fault"),
        ({"rate": 1.5}, "rate is 1.5; it must be a number from 0 to 1"), ({"rate": "1"}, "rate is '1'; it must be"),
        ({"rate": -0.1}, "rate is -0.1; it must be"), ({"rate": nan}, "rate is nan; it must be"),
        ({"kinds": ["http-600"]}, "kinds[0]: 'http-600' is not a fault"),
        ({"kinds": [True]}, "kinds[0]: True is not a fault"),
        ({"latency": -1}, "latency: -1 is not a latency"), ({"latency": inf}, "latency: inf is not a latency"),
        ({"rate": True}, "rate is True; it must be"), ({"kinds": []}, "kinds is []; it must name a fault"),
        ({"kinds": {}}, "kinds is {}; it must be a list"),
        ({"kinds": ["empty", None]}, "kinds[1]: None is not a fault"),
        ({"seed": 1.0}, "seed is 1.0; it must be a whole number"),
        ({"latency": None}, "latency: None is not a latency"),
        ({"latency": "uniform:1"}, "latency: 'uniform:1' is not a latency: uniform has 2 numbers"),
        ({"events": []}, "events is []; it must be an object"),
        ({"operations": ["create_event_s"]}, "operations[0]: 'create_event_s' is unknown; did you mean create_events?"),
        ({"operations": "create_events"}, "operations is 'create_events'; it must be a list"),
        ({"operations": [5]}, "operations[0]: 5 is unknown; known are create_events"),
        ({"accounts": ["a", 5]}, "accounts[1] is 5; it must be a name"), ({"accounts": 5}, "accounts is 5; it must be"),
        ({"events": {"a*": "refuze"}}, "events['a*']: 'refuze' is not a fault of an event; did you mean refuse?"),
    ],
    ids=repr,
)  # fmt: skip
def test_an_error_of_a_plan_has_its_position(value: Any, message: str) -> None:
    """In JSON as in Python: the key or the position, the value there, and what is allowed."""
    with pytest.raises(ValueError, match=r".") as caught:
        FaultPlan.from_json(value)
    assert message in str(caught.value)


@given(value=JSON | st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_json_is_a_plan_or_a_short_error(value: Any) -> None:
    """Nothing but a ValueError is raised."""
    try:
        plan = FaultPlan.from_json(value)
    except ValueError as error:
        assert 0 < len(str(error)) < 1_000  # noqa: PT017 - either is right
    else:
        assert FaultPlan.from_json(plan.to_json()) == plan


def test_a_plan_starts_when_it_is_set() -> None:
    """Its script and its latencies start anew, also for the same plan again."""
    plan = FaultPlan(script=["locked", "empty"], latency="uniform:1:2")
    injector = FaultInjector(plan)
    latency = injector.next_latency()
    assert (injector.next_fault(), injector.next_latency() != latency) == ("locked", True)
    injector.set(plan)
    assert [injector.next_fault() for _ in range(3)] == ["locked", "empty", None]
    assert (injector.plan is plan, injector.next_latency()) == (True, latency)
    injector.set(FaultPlan(latency=5))
    assert injector.next_latency() == 5


def test_faults_are_counted_by_their_words() -> None:
    """A new plan keeps the counts."""
    injector = FaultInjector(FaultPlan(script=["locked", None, 404, "locked"]))
    for _ in range(5):
        injector.next_fault()
    injector.set(FaultPlan(script=["http-404"], events={"a": "refuse", "b": "http-524-html"}))
    injector.next_fault()
    injector.fault_for_events(b'{"inputs": [{"id": "b"}, {"id": "a"}]}')
    assert [injector.refuses(name) for name in ("a", "b", "a")] == [True, False, True]
    assert injector.counts == {"locked": 2, "http-404": 2, "http-524-html": 1, "refuse": 2}
