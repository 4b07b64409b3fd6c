"""How much of a rate limit is used, and whether it is ever overrun, on a sandbox that enforces it for 60 seconds.

Each store of the rate limit has a sandbox of its own: memory with one process, SQLite and Redis with three that share
the limit. All run at the same time, since they wait for most of it. Redis is measured where redis-server is installed.
"""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from attrs import frozen

from hubspot_timeline_testing.sandbox import RequestLimit, SandboxProcess, SandboxSettings

SECONDS = 60
LIMIT = RequestLimit(110, 10)
ALLOWED = LIMIT.requests * SECONDS // 10  # full windows from the first request on

SENDER = """
import sys
from threading import Timer
from hubspot_timeline import BatchLimits, TimelineClient, event
def endless():
    while not stopped:
        yield event(1, email="ada@example.com")
url, store, seconds, stopped = sys.argv[1], sys.argv[2], float(sys.argv[3]), []
with TimelineClient("t", base_url=url, rate_limit_store=store, batch=BatchLimits(max_events=1)) as timeline:
    Timer(seconds, lambda: (stopped.append(1), timeline.stop("the time is over"))).start()
    timeline.send(endless(), max_failures=0)
"""


@frozen
class Case:
    """A store of the rate limit, the processes that share it, and the share of the limit that it is to use at least."""

    name: str
    store: str
    processes: int
    min_share: float


def main() -> int:
    """Measure all stores, print a table, and return 1 if one of them uses too little or too much."""
    with ExitStack() as stack:
        cases = [
            Case("memory, 1 process", "memory:", 1, 0.99),
            Case("SQLite, 3 processes", f"sqlite:{stack.enter_context(TemporaryDirectory())}/rate.db", 3, 0.99),
        ]
        if shutil.which("redis-server"):
            cases.append(Case("Redis, 3 processes", stack.enter_context(redis_server()), 3, 0.99))
        else:
            print("redis-server is missing: Redis is not measured.")
        sandboxes = [stack.enter_context(SandboxProcess(settings=SandboxSettings(limit=LIMIT))) for _ in cases]
        senders = [start(case, box) for case, box in zip(cases, sandboxes, strict=True) for _ in range(case.processes)]
        for sender in senders:
            sender.wait()
        return max(print_result(case, box) for case, box in zip(cases, sandboxes, strict=True))


def start(case: Case, sandbox: SandboxProcess) -> "subprocess.Popen[bytes]":
    """Start one process that sends as much as it may."""
    return subprocess.Popen([sys.executable, "-c", SENDER, sandbox.url, case.store, str(SECONDS)])


def print_result(case: Case, sandbox: SandboxProcess) -> int:
    """Print the result of a case and return 1 if it is not good enough."""
    counts = httpx.get(f"{sandbox.url}/_sandbox/counts", trust_env=False).json()
    accepted = counts["requests"] - counts["limited"]
    is_good = accepted >= case.min_share * ALLOWED and not counts["limited"]
    share = f"{accepted} of {ALLOWED} allowed requests in {SECONDS} s = {accepted / ALLOWED:.1%}"
    print(f"{case.name:20} {share}, {counts['limited']} answered 429{'' if is_good else '  NOT GOOD ENOUGH'}")
    return int(not is_good)


@contextmanager
def redis_server() -> Iterator[str]:
    """Run a Redis server that keeps nothing, on a free port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(command, cwd=Path(folder), stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout
        assert any("Ready to accept connections" in line for line in server.stdout)
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
