"""The events that all senders send: the project's samples, over and over, each with an id of its own."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from hubspot_timeline.errors import EventError
from hubspot_timeline.files import read_file
from hubspot_timeline.intake import prepare

SAMPLES = Path(__file__).parent.parent / "samples" / "events.jsonl"


def sendable() -> Iterator[dict[str, Any]]:
    """Yield the samples in the form in which they are sent, but for the few that cannot be, on purpose."""
    for row in read_file(str(SAMPLES)):
        with suppress(EventError):
            yield json.loads(prepare(0, row.event).body)


def write(path: Path, count: int) -> None:
    """Write so many events as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for number, event in enumerate(islice(cycle(sendable()), count)):
            file.write(json.dumps(event | {"id": f"{event['id']}#{number}"}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
