"""A plan survives as JSON, and what is wrong in one is told with its place, what was found and what is allowed."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_timeline_testing.sandbox import EventFault, Fault, FaultPlan, StatusFault
from hubspot_timeline_testing.sandbox.faults.plan_file import read_plan_file, read_plan_text
from hubspot_timeline_testing.sandbox.faults.plan_json import MOST_TIMES
from tests.sandbox.test_latency import DISTRIBUTIONS
from tests.sandbox.test_status_faults import STATUSES

FAULTS = st.sampled_from(Fault) | STATUSES
PLANS = st.builds(
    FaultPlan,
    script=st.lists(st.none() | FAULTS, max_size=5).map(lambda faults: faults + faults[-1:] * 2),
    rate=st.floats(0, 1),
    kinds=st.lists(FAULTS, min_size=1, max_size=5),
    seed=st.integers(),
    latency=st.floats(0, 100) | DISTRIBUTIONS,
    events=st.dictionaries(st.text(), FAULTS | st.sampled_from(EventFault), max_size=3),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
KEYS = ("script", "rate", "kinds", "seed", "latency", "events")


@given(plan=PLANS)
def test_a_plan_survives_as_json(plan: FaultPlan) -> None:
    """What is written is plain JSON, also as text, and gives an equal plan."""
    assert FaultPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_an_entry_can_be_repeated() -> None:
    """The next three requests meet it, or none; as JSON a run stays one entry."""
    script = [{"fault": "http-502-html", "times": 3}, None, {"fault": None, "times": 2}, {"fault": "locked"}]
    plan = FaultPlan.from_json({"script": script})
    page = StatusFault(502, is_html=True)
    assert plan.script == (page, page, page, None, None, None, Fault.LOCKED)
    assert plan.to_json()["script"] == [script[0], {"fault": None, "times": 3}, "locked"]


def test_a_long_run_is_read_again() -> None:
    """A run that is longer than an entry may be is written as several."""
    plan = FaultPlan(script=["locked"] * (MOST_TIMES + 1))
    assert plan.to_json()["script"] == [{"fault": "locked", "times": times} for times in (MOST_TIMES, 1)]
    assert FaultPlan.from_json(plan.to_json()) == plan


def test_what_is_left_out_is_as_ever() -> None:
    """An empty object is a plan of nothing."""
    assert FaultPlan.from_json({}) == FaultPlan()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ([], "the plan is []; it must be an object"),
        ({"rte": 1}, "the plan has the key 'rte'; did you mean rate? known are script, rate, kinds"),
        ({"script": "locked"}, "script is 'locked'; it must be a list"),
        ({"script": ["locked", "lokced"]}, "script[1]: 'lokced' is no fault; did you mean locked? known are"),
        ({"script": [["locked"]]}, "script[0]: ['locked'] is no fault"),
        ({"script": [True]}, "script[0]: True is no fault"),
        ({"script": [{"fault": "x"}]}, "script[0].fault: 'x' is no fault"),
        ({"script": [{"times": 2}]}, "script[0] is {'times': 2}; it lacks the key \"fault\""),
        ({"script": [{"fault": None, "time": 2}]}, "script[0] has the key 'time'; did you mean times?"),
        ({"script": [{"fault": None, "times": 0}]}, "script[0].times is 0; it must be a whole number from 1"),
        ({"script": [{"fault": None, "times": True}]}, "script[0].times is True"),
        ({"script": [{"fault": None, "times": 10**9}]}, "script[0].times is 1000000000; it must be"),
        ({"script": ["refuse"]}, "script[0]: 'refuse' is no fault"),
        ({"rate": 1.5}, "rate is 1.5; it must be a number from 0 to 1"),
        ({"rate": "1"}, "rate is '1'; it must be"),
        ({"rate": True}, "rate is True; it must be"),
        ({"kinds": []}, "kinds is []; it must name a fault"),
        ({"kinds": {}}, "kinds is {}; it must be a list"),
        ({"kinds": ["empty", None]}, "kinds[1]: None is no fault"),
        ({"seed": 1.0}, "seed is 1.0; it must be a whole number"),
        ({"latency": None}, "latency: None is no latency"),
        ({"latency": "uniform:1"}, "latency: uniform:1.0 is no latency: uniform takes 2 numbers"),
        ({"events": []}, "events is []; it must be an object"),
        ({"events": {"a*": "refuze"}}, "events['a*']: 'refuze' is no fault of an event; did you mean refuse?"),
    ],
    ids=repr,
)
def test_a_wrong_plan_says_where(wrong: Any, complaint: str) -> None:
    """The key or the position, what was found, and what may stand there."""
    with pytest.raises(ValueError, match=r".") as caught:
        FaultPlan.from_json(wrong)
    assert complaint in str(caught.value)


@given(value=JSON | st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_json_is_a_plan_or_a_clear_error(value: Any) -> None:
    """Nothing but a ValueError comes of what is no plan, and it stays readable."""
    try:
        plan = FaultPlan.from_json(value)
    except ValueError as error:
        assert 0 < len(str(error)) < 1_000  # noqa: PT017 - either is right
    else:
        assert FaultPlan.from_json(plan.to_json()) == plan


def test_a_file_holds_a_plan(tmp_path: Path) -> None:
    """UTF-8, with or without a mark at its beginning."""
    path = tmp_path / "faults.json"
    for encoding in ("utf-8", "utf-8-sig"):
        path.write_text('{"events": {"ä*": "refuse"}}', encoding=encoding)
        assert read_plan_file(path).refuses("äb")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b'{\n "rate": 0.1,\n5}', ", line 3, column 1: "),
        (b"", ", line 1, column 1: "),
        (b'{\n "rate": 2}', ": rate is 2; it must be a number from 0 to 1"),
        (b'{"rate": NaN}', ": rate is nan; it must be a number from 0 to 1"),
        (b'{"events": {"a": "refuse", "a": "locked"}}', ": the key 'a' stands twice in one object"),
        (b"[" * 100_000, ": it is nested too deeply"),
        (b'{"script": ["\xff"]}', " is no UTF-8 text"),
    ],
)
def test_a_bad_file_says_which_and_where(text: bytes, complaint: str, tmp_path: Path) -> None:
    """Errors begin with the file, and go on with the line of bad JSON or the key of a bad value."""
    path = tmp_path / "faults.json"
    path.write_bytes(text)
    with pytest.raises(ValueError, match=r".") as caught:
        read_plan_file(path)
    assert str(caught.value).startswith(f"{path}{complaint}")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The reason is the system's."""
    with pytest.raises(ValueError, match=r"none\.json cannot be read: No such file"):
        read_plan_file(tmp_path / "none.json")
    with pytest.raises(ValueError, match=r"^--faults-json, line 1"):
        read_plan_text("{", "--faults-json")
