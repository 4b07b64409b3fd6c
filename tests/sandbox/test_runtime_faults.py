"""The plan of a running sandbox can be replaced, begins from its beginning, and what was met is counted."""

from hubspot_timeline_testing.sandbox import FaultPlan, SandboxSettings
from hubspot_timeline_testing.sandbox.app import create_app
from hubspot_timeline_testing.sandbox.faults.injector import FaultSwitch
from hubspot_timeline_testing.sandbox.storage.store import Store
from tests.helpers.fake_time import FakeTime
from tests.helpers.sandbox_calls import NOW, Sandbox, event


def test_a_plan_begins_when_it_is_set() -> None:
    """The script of a new plan, or of the same one again, starts with its first entry."""
    plan = FaultPlan(script=["locked", "empty"])
    switch = FaultSwitch(plan)
    assert switch.next_fault() == "locked"
    switch.set(plan)
    assert [switch.next_fault() for _ in range(3)] == ["locked", "empty", None]
    assert switch.plan is plan


def test_latency_begins_anew_as_well() -> None:
    """The same plan, set again, draws the same waits; another one has its own."""
    plan = FaultPlan(latency="uniform:1:2")
    switch = FaultSwitch(plan)
    first = switch.next_wait()
    assert switch.next_wait() != first
    switch.set(plan)
    assert switch.next_wait() == first
    switch.set(FaultPlan(latency=5))
    assert switch.next_wait() == 5


def test_faults_are_counted_by_their_words() -> None:
    """Requests that meet none count for nothing; a new plan keeps the counts, which nobody can change from outside."""
    switch = FaultSwitch(FaultPlan(script=["locked", None, 404, "locked"]))
    for _ in range(5):
        switch.next_fault()
    switch.set(FaultPlan(script=["http-404"], events={"a": "refuse", "b": "http-524-html"}))
    switch.next_fault()
    switch.fault_of_events(b'{"inputs": [{"id": "b"}, {"id": "a"}]}')
    assert [switch.refuses(name) for name in ("a", "b", "a")] == [True, False, True]
    switch.met.clear()
    assert switch.met == {"locked": 2, "http-404": 2, "http-524-html": 1, "refuse": 2}


def test_a_running_sandbox_follows_the_switch() -> None:
    """What is set between two requests holds for the second: faults, latency and events."""
    time = FakeTime()
    with Store() as store:
        settings = SandboxSettings(faults=FaultPlan(rate=1, kinds=["http-503"]))
        app = create_app(store, settings=settings, now=lambda: NOW, clock=time.clock, sleep=time.async_sleep)
        sandbox, faults = Sandbox(app, store), app.state.controls.world.faults
        found = [sandbox.post(event("a")).status_code]
        faults.set(FaultPlan(latency=3, events={"b": "refuse"}))
        found += [sandbox.post(event(name)).status_code for name in ("a", "b")]
        faults.set(FaultPlan())
        found.append(sandbox.post(event("b")).status_code)
    assert found == [503, 201, 207, 201]
    assert time.waits == [0, 3, 3, 0]
    assert faults.met == {"http-503": 1, "refuse": 1}
