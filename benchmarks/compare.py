"""What each sender takes, side by side: `make bench` prints a table and writes JSON and a plot to benchmarks/results/.

All send the same events to the same echo server in another process, in turn, so that what the machine does besides
falls on all of them. Each run is a process of its own; the ratios are of runs of one turn, and the medians of those.
`python benchmarks/compare.py [TURNS]`.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import httpx
from attrs import frozen
from machine import machine
from plot import plot
from sample_events import events_file

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PEERS_PYTHON = Path(sys.prefix) / "peers" / "bin" / "python"
PEERS = ("api-client", "sdk")
SENDERS = (
    "bare",
    "generated",
    *PEERS,
    "sync",
    "sync-one",
    "sync-pyqwest",
    "sync-one-pyqwest",
    "sync-mappings",
    "async",
    "async-pyqwest",
    "async-mappings",
    "command",
)

Run: TypeAlias = dict[str, float]


@frozen
class Case:
    """One comparison: milliseconds of latency, events in all and in a batch, requests in flight where they can be."""

    latency: int
    events: int
    batch: int
    in_flight: int

    def __str__(self) -> str:
        return (
            f"{self.latency} ms of latency, batches of {self.batch}, {self.in_flight} in flight, {self.events:,} events"
        )


CASES = (Case(0, 100_000, 100, 4), Case(0, 100_000, 500, 4), Case(50, 20_000, 100, 8), Case(50, 100_000, 500, 8))


@contextmanager
def echo(latency: int, *limit: int) -> Iterator[str]:
    """Run an echo server with so many milliseconds of latency and perhaps a limit for each token, and yield its URL."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, HERE / "echo.py", *map(str, (latency, *limit))], **pipes) as server:
        assert server.stdin
        assert server.stdout
        yield server.stdout.readline().strip()
        server.stdin.close()


def measured(sender: str, url: str, case: Case) -> Run:
    """Run a sender once and return what it took, with the share of the time that the server was busy."""
    python = PEERS_PYTHON if sender in PEERS else Path(sys.executable)
    file = events_file(case.events)
    numbers = [str(case.batch), str(case.in_flight)]
    before = server_cpu(url)
    done = subprocess.run(
        [python, HERE / "senders.py", sender, url, file, *numbers], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{sender} failed:\n{done.stderr}")
    run: Run = json.loads(done.stdout)
    assert run["created"] == case.events, f"{sender} created {run['created']} of {case.events}"
    run["server_busy"] = (server_cpu(url) - before) / run["wall"]
    return run


def server_cpu(url: str) -> float:
    """Return the seconds for which the processor has worked for the server."""
    return float(httpx.post(f"{url}/cpu", trust_env=False).text)


def compared(case: Case, turns: int) -> dict[str, dict[str, float]]:
    """Return the figures of all senders in one case."""
    runs: dict[str, list[Run]] = {sender: [] for sender in SENDERS}
    with echo(case.latency) as url:
        for _ in range(turns):
            for sender in SENDERS:
                runs[sender].append(measured(sender, url, case))
    return {sender: figures(runs[sender], runs["bare"], case.events) for sender in SENDERS}


def figures(own: list[Run], bare: list[Run], events: int) -> dict[str, float]:
    """Return medians, and the medians of the ratios to the bare loop's run of the same turn."""
    pairs = list(zip(own, bare, strict=True))
    found = {
        "events_per_second": statistics.median(events / run["wall"] for run in own),
        "cpu_us_per_event": statistics.median(run["cpu"] / events * 1e6 for run in own),
        "peak_mb": statistics.median(run["peak"] for run in own),
        "growth_mb": statistics.median(run["growth"] for run in own),
        "server_busy": statistics.median(run["server_busy"] for run in own),
        "throughput_to_bare": statistics.median(loop["wall"] / run["wall"] for run, loop in pairs),
        "cpu_to_bare": statistics.median(run["cpu"] / loop["cpu"] for run, loop in pairs),
    }
    return {name: round(value, 3) for name, value in found.items()}


def table(case: Case, found: dict[str, dict[str, float]]) -> str:
    """Return the figures as text."""
    lines = [
        "",
        str(case),
        f"{'':16}{'events/s':>11}{'to bare':>9}{'CPU µs/event':>14}{'to bare':>9}{'peak MB':>9}{'grown MB':>10}"
        f"{'server':>8}",
    ]
    lines += [
        f"{sender:16}{one['events_per_second']:>11,.0f}{one['throughput_to_bare']:>9.2f}{one['cpu_us_per_event']:>14.1f}"
        f"{one['cpu_to_bare']:>9.2f}{one['peak_mb']:>9.0f}{one['growth_mb']:>10.0f}{one['server_busy']:>8.0%}"
        for sender, one in found.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Compare in all cases, print the tables and keep the figures."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    kept = []
    for case in CASES:
        found = compared(case, turns)
        print(table(case, found), flush=True)
        kept.append({"case": str(case), "turns": turns, "senders": found})
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"date": day, "machine": machine(), "comparisons": kept}, indent=1, ensure_ascii=False)
    (RESULTS / f"{day}-compare.json").write_text(text + "\n", encoding="utf-8")
    plot(kept, RESULTS / f"{day}-compare.svg")


if __name__ == "__main__":
    main()
