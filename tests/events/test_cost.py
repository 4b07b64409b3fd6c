"""The way of an event stays as short as it is, in bytecode instructions of this project, which no clock changes.

What counts is how many each further event takes, the requests around it included, from `send` to its report. The
bounds are a quarter above what it was when they were set.
"""

import asyncio
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import pytest

from hubspot_timeline import AsyncTimelineClient, TimelineClient, TimelineIFrame, event
from hubspot_timeline.files import read_file
from tests.helpers.document import ROOT
from tests.helpers.scripted_http import created

OWN = (str(ROOT / "wrapper"), str(ROOT / "generated"))
EVENTS = 1000


@contextmanager
def instructions(found: list[int]) -> Iterator[None]:
    """Put the number of instructions of own code into the list, whatever threads they run in."""
    ticks, before = count(), sys.gettrace()

    def trace(frame: FrameType, what: str, _: object) -> Any:
        if what == "call":
            if not frame.f_code.co_filename.startswith(OWN):
                return None
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif what == "opcode":
            next(ticks)
        return trace

    threading.settrace(trace)
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
        threading.settrace(before)
        found.append(next(ticks))


def wire(number: int) -> dict[str, Any]:
    return {
        "eventTemplateId": "1000123",
        "id": f"e{number}",
        "email": f"u{number}@example.com",
        "timestamp": "2026-03-10T23:04:41.164Z",
        "tokens": {"webinarName": "Launch day", "seats": str(number)},
        "extraData": {"rooms": [number, None]},
        "timelineIFrame": {"linkLabel": "a", "headerLabel": "b", "url": "c", "width": 800, "height": 600},
    }


def model(number: int) -> object:
    one = wire(number)
    return event(
        one["eventTemplateId"], one["tokens"], id=one["id"], email=one["email"], timestamp=one["timestamp"],
        extra_data=one["extraData"], iframe=TimelineIFrame.from_dict(one["timelineIFrame"]),
    )  # fmt: skip


def sent_by_threads(events: Any) -> int:
    with TimelineClient("t" * 20, httpx_args={"transport": httpx.MockTransport(created)}, rate_limit=None) as timeline:
        return timeline.send(events).created


def sent_by_coroutines(events: Any) -> int:
    async def send() -> int:
        args = {"transport": httpx.MockTransport(created)}
        async with AsyncTimelineClient("t" * 20, httpx_args=args, rate_limit=None) as timeline:
            return (await timeline.send(events)).created

    return asyncio.run(send())


def cost(send: Any, events: Sequence[object]) -> float:
    """Return the instructions for each further event."""
    found: list[int] = []
    for number in (EVENTS, EVENTS, 2 * EVENTS):  # what the first run sees for the first time is not an event's cost
        with instructions(found):
            assert send(events[:number]) == number
    assert found[1] > EVENTS, "nothing was counted"
    return (found[2] - found[1]) / EVENTS


@pytest.mark.parametrize("send", [sent_by_threads, sent_by_coroutines])
@pytest.mark.parametrize(("make", "bound"), [(model, 850), (wire, 970)])
def test_an_event_is_sent_in_so_many_instructions(send: Any, make: Any, bound: float) -> None:
    """As event() makes it, and as a mapping."""
    assert cost(send, [make(number) for number in range(2 * EVENTS)]) < bound


def test_a_row_is_read_and_sent_in_so_many_instructions(tmp_path: Path) -> None:
    """A line of JSON, as the command line sends it."""
    rows = [json.dumps(wire(number)) + "\n" for number in range(2 * EVENTS)]

    def send(some: Sequence[Any]) -> int:
        path = tmp_path / "rows.jsonl"
        path.write_text("".join(some), encoding="utf-8")
        return sent_by_threads(row.given for row in read_file(str(path)))

    assert cost(send, rows) < 840
