"""The checks of the unchanged document detect each change of it; `make mutants` tries all changes."""

import subprocess
import sys

import pytest

from tests.helpers.document import ROOT, document
from tests.mutants.catalogue import all_mutants, sample
from tests.mutants.mutant import Mutant
from tests.mutants.report import Report, report
from tests.mutants.runner import Result

MUTANTS = all_mutants(document())
NAMES = {mutant.name for mutant in MUTANTS}


@pytest.mark.long
def test_the_checks_detect_a_sample_of_mutants() -> None:
    """Two mutants of each kind, each with a client generated from it."""
    command = [sys.executable, "-m", "tests.mutants", "--sample"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert process.returncode == 0, process.stdout + process.stderr
    assert "score: 100.0% of " in process.stdout


def test_each_mutant_is_a_different_document() -> None:
    """Mutants have distinct names, and the original document stays unchanged."""
    original = document()
    for mutant in MUTANTS:
        assert mutant.of(original) != original, mutant.name
    assert len(NAMES) == len(MUTANTS)


@pytest.mark.parametrize(
    "name",
    [
        "#/components/schemas/TimelineEvent/properties/email: renamed",
        "#/components/schemas/TimelineEvent/properties/email: removed",
        "#/components/schemas/TimelineEvent: email is required",
        "#/components/schemas/TimelineEvent: id is optional",
        "#/components/schemas/TimelineEvent/properties/timestamp: no format date-time",
        "#/components/schemas/TimelineIFrame/properties/width: type string instead of integer",
        "#/components/schemas/BatchStatus: no value PENDING",
        "#/components/schemas/TokenType: one more value",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create: batch-renamed",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post: put",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post/responses/207: removed",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post/security: none",
        "#/components/securitySchemes/developerKey: name key",
    ],
)
def test_each_kind_of_part_is_changed(name: str) -> None:
    """Properties, required names, types, formats, enums, paths, methods, status codes, security."""
    assert name in NAMES


def test_the_sample_has_each_kind_of_mutant() -> None:
    """The sample is small and the same every time."""
    chosen = sample(MUTANTS)

    assert {mutant.kind for mutant in chosen} == {mutant.kind for mutant in MUTANTS}
    assert chosen == sample(MUTANTS)
    assert len(chosen) < 60


def report_of(problems: dict[str, str], equivalents: dict[str, str]) -> Report:
    results = [Result(Mutant("kind", (name,), "x", lambda _: None), problem) for name, problem in problems.items()]
    return report(results, equivalents, all_names={"#/a: x", "#/b: x"})


def test_a_mutant_that_survives_fails_the_run() -> None:
    """The report names it, and the score is lower."""
    failed = report_of({"a": "detected", "b": ""}, {})

    assert not failed.has_passed
    assert any(line.startswith("SURVIVED: #/b: x;") for line in failed.lines)
    assert "score: 50.0% of 2 without equivalents" in failed.lines


def test_an_equivalent_mutant_does_not_fail_the_run() -> None:
    """The report gives the reason, and the score is full."""
    passed = report_of({"a": "detected", "b": ""}, {"#/b: x": "it is the same"})

    assert passed.has_passed
    assert "equivalent: #/b: x: it is the same" in passed.lines
    assert "score: 100.0% of 1 without equivalents" in passed.lines


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("#/a: x", "STALE: #/a: x is listed as equivalent, but detected: by a check"),
        ("#/c: x", "STALE: #/c: x is listed as equivalent, but not a mutant"),
    ],
)
def test_a_stale_equivalent_fails_the_run(name: str, line: str) -> None:
    """A listed mutant that is detected or that no longer exists is an error."""
    failed = report_of({"a": "by a check"}, {name: "it is the same"})

    assert not failed.has_passed
    assert line in failed.lines
