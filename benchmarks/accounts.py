"""How many accounts one process serves at their full rate, against a server that enforces the limit of each.

50 accounts with batches of 20; the same with one account that is always answered 503 and one that is always answered
403; then batches of 100 and more and more accounts, as long as 95 % of all windows are used. Sender and server share
the cores of this machine; the server has 50 ms of latency.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from threading import Timer
from typing import cast, get_args

import httpx
from compare import echo

from hubspot_timeline import AccountPool, BatchLimits
from hubspot_timeline.http.connection import TransportName

LIMIT = 110  # requests in 10 seconds
LATENCY = 50  # milliseconds
ENOUGH = 0.98
STEPS = (20, 30, 40, 50, 60, 80, 100)
FEW = 0.95


def accounts(number: int, *, faulty: bool) -> list[str]:
    """Return the names of accounts, which are their access tokens as well."""
    names = [f"account-{index}" for index in range(number)]
    return ["403", "503", *names[2:]] if faulty else names


def rows(names: list[str], stopped: list[object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield events of the accounts in turn until something is in `stopped`; making them costs next to nothing."""
    for number in count():
        if stopped:
            return
        fields = {"eventTemplateId": "1000123", "email": "ada@example.com", "tokens": {"seats": "3"}, "id": str(number)}
        for name in names:
            yield name, fields


def send(url: str, names: list[str], batch: int, seconds: float, transport: TransportName) -> None:
    """Send for so many seconds, and print CPU in seconds, memory in megabytes and the number of requests."""
    stopped: list[object] = []

    def stop() -> None:
        stopped.append(1)
        pool.stop("the time is over")

    limits = BatchLimits(max_events=batch)
    with AccountPool(lambda name: name, base_url=url, batch=limits, transport=transport) as pool:
        began = time.process_time()
        Timer(seconds, stop).start()
        report = pool.send(rows(names, stopped), account=lambda row: row[0], make=lambda row: row[1], max_failures=0)
        cpu = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu": cpu, "peak": peak, "requests": report.requests}))


def measured(
    number: int, batch: int, seconds: int, *, faulty: bool = False, transport: TransportName = "httpx"
) -> float:
    """Measure one case, print it, and return the share of all windows that was used."""
    names = accounts(number, faulty=faulty)
    with echo(LATENCY, LIMIT) as url:
        command = [sys.executable, str(Path(__file__)), url, json.dumps(names), str(batch), str(seconds), transport]
        run = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        counts: dict[str, dict[str, int]] = httpx.post(f"{url}/counts", trust_env=False).json()
    healthy = [counts[name] for name in names if name in counts and name not in {"403", "503"}]
    allowed = LIMIT * seconds // 10
    shares = [each.get("201", 0) / allowed for each in healthy]
    share = sum(shares) / (number - 2 * faulty)
    limited = sum(each.get("429", 0) for each in counts.values())
    faults = ", one 503 and one 403" if faulty else ""
    print(
        f"{transport:7} {number:4} accounts, batches of {batch:3}, {seconds} s{faults:22}: "
        f"{share:.1%} of all windows (the least {min(shares):.1%}), {limited} answered 429, "
        f"{run['cpu'] / run['requests'] * 1000:.2f} ms CPU a request, peak {run['peak']:.0f} MB",
        flush=True,
    )
    return share


def main() -> int:
    """Measure all cases, and return 1 if 50 accounts do not reach their limit."""
    is_good = True
    for transport in get_args(TransportName):
        for faulty in (False, True):
            is_good &= measured(50, 20, 60, faulty=faulty, transport=transport) >= ENOUGH
        for number in STEPS:
            if measured(number, 100, 30, transport=transport) < FEW:
                break
    return int(not is_good)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        send(
            sys.argv[1],
            json.loads(sys.argv[2]),
            int(sys.argv[3]),
            float(sys.argv[4]),
            cast("TransportName", sys.argv[5]),
        )
    else:
        sys.exit(main())
