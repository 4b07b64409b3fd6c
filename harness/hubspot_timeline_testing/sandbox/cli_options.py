"""The settings of a sandbox in the words of its command."""

from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from hubspot_timeline_testing.sandbox.faults.kinds import DRAWN, RequestFault
from hubspot_timeline_testing.sandbox.faults.latency import Latency, read_latency
from hubspot_timeline_testing.sandbox.faults.parsing import read_fault
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.faults.plan_file import read_plan_file, read_plan_text
from hubspot_timeline_testing.sandbox.json_files import read_templates
from hubspot_timeline_testing.sandbox.rate_limit.limits import DailyLimit, RequestLimit
from hubspot_timeline_testing.sandbox.settings import SandboxSettings

_NO_FAULT = "none"
_WHOLE = ("--faults-file", "--faults-json")


@frozen
class PlanOptions:
    """The options that make a plan; None stands for one that is not given.

    `kinds` and `script` name faults with commas between them. `file` or `text` holds a whole plan as JSON and goes
    without the others.
    """

    rate: float | None = None
    kinds: str | None = None
    script: str | None = None
    seed: int | None = None
    latency: str | None = None
    file: Path | None = None
    text: str | None = None

    def given(self) -> list[str]:
        """Return the names of those that are given."""
        options = {"--faults-file": self.file, "--faults-json": self.text, "--fault-rate": self.rate}
        options |= {"--faults": self.kinds, "--fault-script": self.script, "--seed": self.seed}
        options |= {"--latency": self.latency}
        return [option for option, value in options.items() if value is not None]


def read_all(
    config: Path | None,
    modes: Mapping[str, str | None],
    plan: PlanOptions,
    templates: Path | None,
    *,
    max_events: int | None,
) -> SandboxSettings:
    """Return the settings of a file, by default those without one, with what the options say in their place.

    Raises ValueError, which names the option or the file, and what is wrong.
    """
    settings = _settings_in(config)
    changes: dict[str, Any] = {name: mode for name, mode in modes.items() if mode is not None}
    if max_events is not None:
        changes["max_events"] = max_events or None
    if plan.given():
        changes["faults"] = _over(settings.faults, plan)
    if templates is not None:
        changes["templates"] = read_templates(templates)
    return evolve(settings, **changes)


def with_limits(settings: SandboxSettings, limit: RequestLimit | None, daily: int | None) -> SandboxSettings:
    """Return settings with the limits that the options name; the time zone of a day stays."""
    of_day = evolve(settings.daily or DailyLimit(), requests=daily) if daily else settings.daily
    return evolve(settings, limit=limit or settings.limit, daily=of_day)


def read_plan(plan: PlanOptions) -> FaultPlan:
    """Return the plan that the options make. Raises ValueError, which names the option and what it takes."""
    first, *others = plan.given() or [""]
    _require(not others or first not in _WHOLE, f"{first} holds a whole plan; it goes without {', '.join(others)}")
    if plan.file is not None:
        return read_plan_file(plan.file)
    if plan.text is not None:
        return read_plan_text(plan.text, "--faults-json")
    return _plan_of_parts(plan)


def read_limit(rate: int | None, seconds: float, *, retry_after: bool) -> RequestLimit | None:
    """Return the rate window that the options make, if any. Raises ValueError, which names the option."""
    _require(0 < seconds < inf, f"--rate-seconds is {seconds}; it must be more than 0, and finite")
    if rate is not None:
        return RequestLimit(rate, seconds, retry_after)
    _require(not retry_after, "--retry-after goes with --rate")
    _require(seconds == RequestLimit().seconds, "--rate-seconds goes with --rate")
    return None


def _over(plan: FaultPlan, options: PlanOptions) -> FaultPlan:
    """Return a plan with what options say in the place of the same part of it; a whole plan replaces it."""
    read = read_plan(options)
    if options.file is not None or options.text is not None:
        return read
    parts = {"--fault-rate": "rate", "--faults": "kinds", "--fault-script": "script", "--seed": "seed"}
    parts |= {"--latency": "latency"}
    return evolve(plan, **{parts[option]: getattr(read, parts[option]) for option in options.given()})


def _settings_in(config: Path | None) -> SandboxSettings:
    if config is None:
        return SandboxSettings()
    from hubspot_timeline_testing.sandbox.settings_json import read_settings  # noqa: PLC0415 - needs the extra [sandbox]

    try:
        return read_settings(config)
    except OSError as error:
        raise ValueError(f"{config} cannot be read: {error.strerror}") from error


def _plan_of_parts(plan: PlanOptions) -> FaultPlan:
    rate = plan.rate or 0.0
    _require(0 <= rate <= 1, f"--fault-rate is {rate}; it must be from 0 to 1")
    _require(plan.kinds is None or rate > 0, "--faults goes with a --fault-rate above 0")
    chosen = DRAWN if plan.kinds is None else [_fault("--faults", word) for word in _words(plan.kinds)]
    first = [None if word == _NO_FAULT else _fault("--fault-script", word) for word in _words(plan.script)]
    latency = _latency("0" if plan.latency is None else plan.latency)
    return FaultPlan(script=first, rate=rate, kinds=chosen, seed=plan.seed or 0, latency=latency)


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
