"""Faults and rate window in the words of the command `sandbox`: as options for it, and read from them."""

from math import inf

from hubspot_timeline.sandbox.access.limits import RequestLimit
from hubspot_timeline.sandbox.faults.kinds import Fault
from hubspot_timeline.sandbox.faults.plan import FaultPlan

KINDS = ", ".join(Fault)
"""All kinds of faults, for people to read."""

_NO_FAULT = "none"


def fault_options(plan: FaultPlan) -> list[str]:
    """Return the options that make the command follow a plan."""
    options = [f"--latency={plan.latency}"]
    if plan.script:
        options.append(f"--fault-script={','.join(fault or _NO_FAULT for fault in plan.script)}")
    if plan.rate:
        options += [f"--fault-rate={plan.rate}", f"--faults={','.join(plan.kinds)}", f"--seed={plan.seed}"]
    return options


def limit_options(limit: RequestLimit | None) -> list[str]:
    """Return the options that make the command keep a rate window; none for no window."""
    if limit is None:
        return []
    options = [f"--rate={limit.requests}", f"--rate-seconds={limit.seconds}"]
    return [*options, "--retry-after"] if limit.retry_after else options


def read_plan(rate: float, kinds: str | None, *, script: str | None, seed: int, latency: float) -> FaultPlan:
    """Return the plan that the options make. Raises ValueError, which names the option, and the known kinds.

    `kinds` and `script` name faults with commas between them; without `kinds` all are drawn from.
    """
    _require(0 <= rate <= 1, f"--fault-rate is {rate}; it must be from 0 to 1")
    _require(0 <= latency < inf, f"--latency is {latency}; it must be 0 or more seconds")
    _require(kinds is None or rate > 0, "--faults goes with a --fault-rate above 0")
    chosen = tuple(Fault) if kinds is None else [_fault("--faults", word) for word in _words(kinds)]
    first = [None if word == _NO_FAULT else _fault("--fault-script", word) for word in _words(script)]
    return FaultPlan(script=first, rate=rate, kinds=chosen, seed=seed, latency=latency)


def read_limit(rate: int | None, seconds: float, *, retry_after: bool) -> RequestLimit | None:
    """Return the rate window that the options make, if any. Raises ValueError, which names the option."""
    _require(0 < seconds < inf, f"--rate-seconds is {seconds}; it must be more than 0, and finite")
    if rate is not None:
        return RequestLimit(rate, seconds, retry_after)
    _require(not retry_after, "--retry-after goes with --rate")
    _require(seconds == RequestLimit().seconds, "--rate-seconds goes with --rate")
    return None


def _words(text: str | None) -> list[str]:
    return [] if text is None else [word.strip() for word in text.split(",")]


def _fault(option: str, word: str) -> Fault:
    _require(word in list(Fault), f"{option} names {word!r}, which is no fault; known are {KINDS}")
    return Fault(word)


def _require(is_met: bool, complaint: str) -> None:
    if not is_met:
        raise ValueError(complaint)
