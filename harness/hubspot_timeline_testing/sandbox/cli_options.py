"""The settings of a sandbox from the options of its command."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from hubspot_timeline_testing import needs
from hubspot_timeline_testing.sandbox.faults.parsing import at
from hubspot_timeline_testing.sandbox.faults.plan import FaultPlan
from hubspot_timeline_testing.sandbox.json_files import read_event_types, read_json_file, read_templates
from hubspot_timeline_testing.sandbox.rate_limit.limits import DailyLimit, RequestLimit
from hubspot_timeline_testing.sandbox.settings import SandboxSettings


@frozen
class FaultOptions:
    """The options for the plan of faults; None for one that is not used.

    `kinds` and `script` are faults separated by commas. `file` is a whole plan as JSON and excludes the others.
    """

    rate: float | None = None
    kinds: str | None = None
    script: str | None = None
    seed: int | None = None
    latency: str | None = None
    file: Path | None = None

    def apply(self, plan: FaultPlan) -> FaultPlan:
        """Return a plan with these options in it. Raises ValueError, which names the option and what it accepts."""
        used = [option for option, key in _KEYS.items() if getattr(self, key) is not None]
        if self.file is not None and used:
            raise ValueError(f"--faults-file is a whole plan; remove {', '.join(used)}")
        if self.file is not None:
            return at(str(self.file), FaultPlan.from_json, read_json_file(self.file))
        if "--faults" in used and not (plan.rate if self.rate is None else self.rate):
            raise ValueError("--faults requires a --fault-rate above 0")
        return evolve(plan, **{_KEYS[option]: self._parsed(option) for option in used})

    def _parsed(self, option: str) -> Any:
        """Return the field of the plan for an option."""
        key = _KEYS[option]
        value = getattr(self, key)
        if key in ("kinds", "script"):
            words = [word.strip() for word in value.split(",")]
            value = [None if key == "script" and word == _NO_FAULT else word for word in words]
        try:
            return getattr(FaultPlan.from_json({key: value}), key)
        except ValueError as error:
            raise ValueError(f"{option}: {str(error).removeprefix(f'{key}: ')}") from error


_NO_FAULT = "none"
_KEYS = {
    "--fault-rate": "rate",
    "--faults": "kinds",
    "--fault-script": "script",
    "--seed": "seed",
    "--latency": "latency",
}


def settings_from_options(
    config: Path | None,
    faults: FaultOptions,
    limit: RequestLimit | None,
    *,
    daily: int | None = None,
    templates: Path | None = None,
    event_types: Sequence[Path] = (),
    migrated_after: float | None = None,
    max_events: int | None = None,
    calibration: dict[str, Any] | None = None,
    modes: Mapping[str, str | None],
) -> SandboxSettings:
    """Return the settings in a file, by default those without one, with the options in their place.

    `event_types`: files or folders. `calibration`: settings in place of those in the file. `max_events`: 0 for any
    number. `modes`: settings by their names, None for one that is not used. Raises ValueError, which names the option
    or the file, and what is wrong.
    """
    settings = _settings_in(config, calibration)
    changes: dict[str, Any] = {name: mode for name, mode in modes.items() if mode is not None}
    if max_events is not None:
        changes["max_events"] = max_events or None
    if templates is not None:
        changes["templates"] = read_templates(templates)
    if event_types:
        changes["app_events"] = evolve(settings.app_events, event_types=read_event_types(event_types))
    if migrated_after is not None:
        changes["migrated_after"] = migrated_after
    if limit is not None:
        changes["limit"] = limit
    if daily is not None:  # in the time zone of the file
        changes["daily"] = evolve(settings.daily or DailyLimit(), requests=daily)
    return evolve(settings, faults=faults.apply(settings.faults), **changes)


def limit_from_options(rate: int | None, seconds: float, *, retry_after: bool) -> RequestLimit | None:
    """Return the rolling window for the options, None without --rate. Raises ValueError, which names the option."""
    if rate is not None:
        try:
            return RequestLimit(rate, seconds, retry_after)
        except ValueError as error:
            raise ValueError(f"--rate-seconds is {seconds}; it must be more than 0, and finite") from error
    if retry_after:
        raise ValueError("--retry-after requires --rate")
    if seconds != RequestLimit().seconds:
        raise ValueError("--rate-seconds requires --rate")
    return None


def _settings_in(config: Path | None, calibration: dict[str, Any] | None) -> SandboxSettings:
    if config is None and calibration is None:
        return SandboxSettings()
    with needs("sandbox"):
        from hubspot_timeline_testing.sandbox import settings_json  # noqa: PLC0415 - optional packages

    settings = settings_json.read_settings(config) if config else SandboxSettings()
    return settings_json.with_changes(settings, calibration) if calibration else settings
