"""Faults and rate window in the words of the command `sandbox`: as options for it, and read from them."""

import json
from math import inf
from pathlib import Path

from hubspot_timeline.sandbox.faults.kinds import DRAWN, RequestFault
from hubspot_timeline.sandbox.faults.latency import Latency, read_latency
from hubspot_timeline.sandbox.faults.plan import FaultPlan
from hubspot_timeline.sandbox.faults.plan_text import read_plan_file, read_plan_text
from hubspot_timeline.sandbox.faults.words import read_fault
from hubspot_timeline.sandbox.state.limits import RequestLimit

_NO_FAULT = "none"
_WHOLE = ("--faults-file", "--faults-json")


def fault_options(plan: FaultPlan) -> list[str]:
    """Return the options that make the command follow a plan; none for a plan of nothing."""
    return [] if plan == FaultPlan() else [f"--faults-json={json.dumps(plan.to_json())}"]


def limit_options(limit: RequestLimit | None) -> list[str]:
    """Return the options that make the command keep a rate window; none for no window."""
    if limit is None:
        return []
    options = [f"--rate={limit.requests}", f"--rate-seconds={limit.seconds}"]
    return [*options, "--retry-after"] if limit.retry_after else options


def read_plan(
    *,
    rate: float | None = None,
    kinds: str | None = None,
    script: str | None = None,
    seed: int | None = None,
    latency: str | None = None,
    file: Path | None = None,
    text: str | None = None,
) -> FaultPlan:
    """Return the plan that the options make; None stands for one that is not given.

    `kinds` and `script` name faults with commas between them. `file` or `text` holds a whole plan as JSON and goes
    without the others. Raises ValueError, which names the option and what it takes.
    """
    options = {"--faults-file": file, "--faults-json": text, "--fault-rate": rate, "--faults": kinds}
    options |= {"--fault-script": script, "--seed": seed, "--latency": latency}
    given = [option for option, value in options.items() if value is not None]
    first, *others = given or [""]
    _require(not others or first not in _WHOLE, f"{first} holds a whole plan; it goes without {', '.join(others)}")
    if file is not None:
        return read_plan_file(file)
    if text is not None:
        return read_plan_text(text, "--faults-json")
    return _plan_of_parts(rate or 0.0, kinds, script, seed or 0, latency="0" if latency is None else latency)


def read_limit(rate: int | None, seconds: float, *, retry_after: bool) -> RequestLimit | None:
    """Return the rate window that the options make, if any. Raises ValueError, which names the option."""
    _require(0 < seconds < inf, f"--rate-seconds is {seconds}; it must be more than 0, and finite")
    if rate is not None:
        return RequestLimit(rate, seconds, retry_after)
    _require(not retry_after, "--retry-after goes with --rate")
    _require(seconds == RequestLimit().seconds, "--rate-seconds goes with --rate")
    return None


def _plan_of_parts(rate: float, kinds: str | None, script: str | None, seed: int, *, latency: str) -> FaultPlan:
    _require(0 <= rate <= 1, f"--fault-rate is {rate}; it must be from 0 to 1")
    _require(kinds is None or rate > 0, "--faults goes with a --fault-rate above 0")
    chosen = DRAWN if kinds is None else [_fault("--faults", word) for word in _words(kinds)]
    first = [None if word == _NO_FAULT else _fault("--fault-script", word) for word in _words(script)]
    return FaultPlan(script=first, rate=rate, kinds=chosen, seed=seed, latency=_latency(latency))


def _words(text: str | None) -> list[str]:
    return [] if text is None else [word.strip() for word in text.split(",")]


def _fault(option: str, word: str) -> RequestFault:
    try:
        return read_fault(word)
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from error


def _latency(words: str) -> Latency:
    try:
        return read_latency(words)
    except ValueError as error:
        raise ValueError(f"--latency: {error}") from error


def _require(is_met: bool, complaint: str) -> None:
    if not is_met:
        raise ValueError(complaint)
