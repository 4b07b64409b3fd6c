"""How the cost of an event grows with their number, and what requests in flight bring: `make bench-scaling`.

Events come from a generator, as a program makes them; each number is a process of its own. The time of an event is
what it takes beyond the set-up of a client, which a run of none shows. Writes JSON to benchmarks/results/.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from compare import RESULTS, echo
from machine import machine
from senders import TOKEN, measured

COUNTS = (1_000, 10_000, 100_000, 1_000_000)
IN_FLIGHT = (1, 2, 4, 8, 16, 32, 64)
LATENCY = 50
BATCHES_OF_ONE = 40  # for each request that may be in flight


def generated(count: int) -> Iterator[Any]:
    """Yield events, none of which is kept."""
    from hubspot_timeline import event

    for number in range(count):
        yield event(
            1_000_123, {"webinarName": "Launch day", "seats": number}, id=f"e{number}", email=f"u{number}@example.com"
        )


def send(url: str, count: int, in_flight: int, times: int) -> dict[str, float]:
    """Send so many events, so many times, and return what it took."""
    from hubspot_timeline import TimelineClient

    def run() -> int:
        with TimelineClient(TOKEN, base_url=url, max_in_flight=in_flight, rate_limit=None) as timeline:
            timeline.send(generated(100))  # the set-up of connections
            return sum(timeline.send(generated(count), max_failures=0).created for _ in range(times))

    return measured(run)


def in_a_process(url: str, count: int, in_flight: int, times: int = 1) -> dict[str, float]:
    """Measure in a process of its own."""
    line = [sys.executable, __file__, url, str(count), str(in_flight), str(times)]
    found: dict[str, float] = json.loads(subprocess.run(line, capture_output=True, text=True, check=True).stdout)
    return found


def by_number(turns: int) -> list[dict[str, float]]:
    """Return the cost of an event by how many there are."""
    runs: dict[int, list[tuple[float, float, float]]] = {count: [] for count in COUNTS}
    with echo(0) as url:
        for _ in range(turns):
            for count in COUNTS:
                times = max(1, 100_000 // count)  # with few events the noise of the machine would prevail
                baseline, total = in_a_process(url, 0, 4), in_a_process(url, count, 4, times)
                wall, cpu = ((total[what] - baseline[what]) / (count * times) * 1e6 for what in ("wall", "cpu"))
                runs[count].append((wall, cpu, total["peak"]))
    rows = []
    for count, figures in runs.items():
        wall, cpu, peak = (round(statistics.median(column), 1) for column in zip(*figures, strict=True))
        rows.append({"events": count, "wall_us_per_event": wall, "cpu_us_per_event": cpu, "peak_mb": peak})
        print(
            f"{count:>9,} events: {wall:5.1f} µs, {cpu:5.1f} µs of CPU for each; {peak:.0f} MB at the peak", flush=True
        )
    return rows


def by_requests_in_flight() -> list[dict[str, float]]:
    """Return the events a second by how many requests may be in flight."""
    rows: list[dict[str, float]] = []
    with echo(LATENCY) as url:
        for in_flight in IN_FLIGHT:
            count = BATCHES_OF_ONE * 100 * in_flight
            found = in_a_process(url, count, in_flight)
            rate = round(count / found["wall"])
            ideal = in_flight * 100 * 1000 / LATENCY
            rows.append({"in_flight": in_flight, "events_per_second": rate, "of_ideal": round(rate / ideal, 3)})
            print(
                f"{in_flight:>3} in flight: {rate:>7,} events a second, {rate / ideal:.0%} of {ideal:,.0f}", flush=True
            )
    return rows


def main() -> None:
    """Measure both, print the figures and keep them."""
    turns = 3
    found = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "turns": turns}
    kept = found | {"by_number": by_number(turns), "by_requests_in_flight": by_requests_in_flight()}
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    (RESULTS / f"{found['date']}-scaling.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        count, in_flight, times = map(int, sys.argv[2:])
        print(json.dumps(send(sys.argv[1], count, in_flight, times)))
    else:
        main()
