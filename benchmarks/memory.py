"""How much memory grows with the number of events: a generator through `send`, against a transport in this process.

Each number is a process of its own, whose peak of resident memory is what the operating system says.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator

import httpx

from hubspot_timeline import TimelineClient, TimelineEvent, event

COUNTS = (10_000, 1_000_000)
MAX_GROWTH = 20.0  # megabytes
TIMESTAMPS = {"startedAt": "2026-03-10T23:04:41.164Z", "completedAt": "2026-03-10T23:04:41.198Z"}


def created(request: httpx.Request) -> httpx.Response:
    """Respond that every event was created."""
    results = [each | {"objectType": "CONTACT"} for each in json.loads(request.content)["inputs"]]
    return httpx.Response(201, json={"status": "COMPLETE", "results": results} | TIMESTAMPS)


def events(count: int) -> Iterator[TimelineEvent]:
    """Yield events as a program makes them, none of which it keeps."""
    for number in range(count):
        yield event(1_000_123, {"seats": number}, email=f"u{number}@example.com")


def send(count: int) -> None:
    """Send so many events and print the peak of this process in megabytes."""
    args = {"transport": httpx.MockTransport(created)}
    with TimelineClient("t", httpx_args=args, rate_limit=None) as timeline:
        report = timeline.send(events(count))
    assert report.created == count
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> int:
    """Measure all numbers, print them, and return 1 if memory grows by too much."""
    peaks = []
    for count in COUNTS:
        done = subprocess.run([sys.executable, __file__, str(count)], capture_output=True, text=True, check=True)
        peaks.append(float(done.stdout))
        print(f"{count:>9,} events: {peaks[-1]:.1f} MB at its peak", flush=True)
    print(f"growth: {peaks[-1] - peaks[0]:.1f} MB, of {MAX_GROWTH:g} allowed")
    return int(peaks[-1] - peaks[0] > MAX_GROWTH)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        send(int(sys.argv[1]))
    else:
        sys.exit(main())
