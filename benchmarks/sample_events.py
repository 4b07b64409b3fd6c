"""The events that all senders send: the project's samples, over and over, each with an id of its own."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from hubspot_timeline.errors import EventError
from hubspot_timeline.events.payload import prepare_event
from hubspot_timeline.files import read_file

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples" / "events.jsonl"
BUILD = ROOT / "build" / "bench"


def sendable() -> Iterator[dict[str, Any]]:
    """Yield the samples in the form in which they are sent, but for the few that cannot be, on purpose."""
    for row in read_file(str(SAMPLES)):
        with suppress(EventError):
            yield json.loads(prepare_event(row).body)


def events_file(count: int) -> Path:
    """Return a file of so many events as JSON Lines, which is made where it is not there yet."""
    path = BUILD / f"events-{count}.jsonl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", encoding="utf-8") as file:
            for number, event in enumerate(islice(cycle(sendable()), count)):
                file.write(json.dumps(event | {"id": f"{event['id']}#{number}"}, ensure_ascii=False) + "\n")
        unfinished.replace(path)
    return path
