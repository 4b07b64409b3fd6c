"""The results of a calibration: facts, how sure each is, and the file that holds them."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from attrs import asdict, define, field, frozen

from hubspot_timeline_testing.calibration.fact_kinds import is_of_its_kind
from hubspot_timeline_testing.calibration.response_body import plain
from hubspot_timeline_testing.sandbox.json_files import read_json_file
from hubspot_timeline_testing.sandbox.settings_json import settings_from_json, structured

_DATE, _KEY = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"[0-9a-z-]+ [0-9a-z-]+")
_MAX_LEVELS = 100
FORMAT = 1
"""The version of the file's format."""

Sure: TypeAlias = Literal["once", "repeated", "contradictory", "not decided"]
"""How often a value was seen: in one run of its experiment, in two, or two different ones."""


@frozen
class Fact:
    """One fact; without a value, `reason` says why."""

    value: Any = None
    sure: Sure = "once"
    reason: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether it has a value."""
        return self.sure in ("once", "repeated")

    def merged(self, other: "Fact") -> "Fact":
        """Return the fact of two runs of an experiment; what was contradictory once stays so."""
        if contradictory := [fact for fact in (self, other) if fact.sure == "contradictory"]:
            return contradictory[0]
        if not (self.is_decided and other.is_decided):
            return other if other.is_decided else self
        if self.value == other.value:
            return Fact(self.value, "repeated")
        return Fact(None, "contradictory", f"first {json.dumps(self.value)}, then {json.dumps(other.value)}")


@frozen
class Step:
    """What one experiment with one API has found; `problem` if it could not decide anything."""

    facts: Mapping[str, Fact] = field(factory=dict)
    evidence: tuple[Mapping[str, Any], ...] = ()
    problem: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether it has found a fact, or that it is contradictory, which another run would not change."""
        return any(fact.sure != "not decided" for fact in self.facts.values())

    def merged(self, other: "Step") -> "Step":
        """Return what two runs have found."""
        names = {**self.facts, **other.facts}
        facts = {name: self.facts.get(name, _NONE).merged(other.facts.get(name, _NONE)) for name in names}
        return Step(facts, (*self.evidence, *other.evidence), "" if facts else self.problem or other.problem)


_NONE = Fact(None, "not decided")


@define
class Calibration:
    """Everything that was found out about a server. `steps`: by API and experiment, such as `v3 duplicates`.

    `is_production`: whether it is the vendor's. `settings`: those of a sandbox that behaves so. `leftover`: what could
    not be deleted at the end. `server`: a digest of its base URL, so that a file of another one is not gone on with.
    """

    date: str
    is_production: bool
    steps: dict[str, Step] = field(factory=dict)
    settings: dict[str, Any] = field(factory=dict)
    requests: int = 0
    events: int = 0
    is_interrupted: bool = False
    leftover: str = ""
    server: str = ""

    @property
    def facts(self) -> dict[str, Fact]:
        """The facts by API and name, such as `v3.duplicates`."""
        return {
            f"{key.partition(' ')[0]}.{name}": fact
            for key, step in self.steps.items()
            for name, fact in step.facts.items()
        }

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield each step or fact that is not decided, and why."""
        for key, step in self.steps.items():
            if step.problem:
                yield key, step.problem
            yield from ((f"{key}: {name}", fact.reason) for name, fact in step.facts.items() if not fact.is_decided)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, value: Any) -> "Calibration":
        """Return the calibration in parsed JSON. Raises ValueError if it is none."""
        if not isinstance(value, dict):
            raise ValueError("is not a calibration: it must be an object")  # noqa: TRY004 - an error in a file
        if value.get("format") != FORMAT:
            raise ValueError(f"is not a calibration of the format {FORMAT}, which this version reads")
        fields = {name: each for name, each in plain(value, _MAX_LEVELS).items() if name != "format"}
        try:
            calibration = structured(fields, cls, "calibration")
            settings_from_json(calibration.settings, "calibration.settings")
        except ValueError as error:
            raise ValueError(f"is not a calibration: {error}") from error
        _check(calibration)
        return calibration

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        partial = path.with_name(f"{path.name}.partial")
        text = json.dumps(self.to_json(), indent=1).replace("\x7f", "\\u007f")  # the one that JSON does not escape
        partial.write_text(f"{text}\n", encoding="utf-8")
        partial.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Calibration":
        """Return the calibration in a file. Raises ValueError, which names the file."""
        value = read_json_file(path)
        try:
            return cls.from_json(value)
        except ValueError as error:
            raise ValueError(f"{path} {error}; use a file as calibrate writes it") from error


def _check(calibration: Calibration) -> None:
    """Raise ValueError for names and values that no run writes."""
    if not _DATE.fullmatch(calibration.date):
        raise ValueError("is not a calibration: calibration.date must be a date")
    for key, step in calibration.steps.items():
        if not _KEY.fullmatch(key):
            raise ValueError("is not a calibration: a name in calibration.steps is not an API and an experiment")
        for name, fact in step.facts.items():
            if fact.is_decided and not is_of_its_kind(name, fact.value):
                raise ValueError(f"is not a calibration: calibration.steps['{key}'].facts[{name!a:.60}] is wrong")
