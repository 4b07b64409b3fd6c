"""Whichever place of the document changes, the checks of the unchanged one notice it; `make mutants` tries them all."""

import subprocess
import sys

import pytest

from tests.helpers.document import ROOT, document
from tests.mutants import report as reports
from tests.mutants.catalogue import all_mutants, sample
from tests.mutants.locations import Mutant
from tests.mutants.report import report
from tests.mutants.runner import Result

MUTANTS = all_mutants(document())


def test_each_change_of_a_sample_is_noticed() -> None:
    """Two of each kind, each with a client that is generated from it."""
    command = [sys.executable, "-m", "tests.mutants", "--sample"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "score: 100.0% of " in done.stdout


def test_each_mutant_is_another_document() -> None:
    """It differs from the document, which itself stays as it is, and has a name of its own."""
    before = document()
    for mutant in MUTANTS:
        assert mutant.of(before) != before, mutant.name
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize(
    "name",
    [
        "#/components/schemas/TimelineEvent/properties/email: renamed",
        "#/components/schemas/TimelineEvent/properties/email: removed",
        "#/components/schemas/TimelineEvent: email is required",
        "#/components/schemas/TimelineEvent: id is optional",
        "#/components/schemas/TimelineEvent/properties/timestamp: no format date-time",
        "#/components/schemas/TimelineIFrame/properties/width: type string instead of integer",
        "#/components/schemas/BatchStatus: no word PENDING",
        "#/components/schemas/TokenType: one more word",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create: batch-renamed",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post: put",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post/responses/207: removed",
        "#/paths/~1integrators~1timeline~1v3~1events~1batch~1create/post/security: none",
        "#/components/securitySchemes/developerKey: name key",
    ],
)
def test_each_kind_of_place_is_changed(name: str) -> None:
    """Properties, what is required, types, formats, words, paths, methods, status codes, security."""
    assert name in {mutant.name for mutant in MUTANTS}


def test_a_sample_has_some_of_each_kind() -> None:
    """And the same ones every time."""
    chosen = sample(MUTANTS)

    assert {mutant.kind for mutant in chosen} == {mutant.kind for mutant in MUTANTS}
    assert chosen == sample(MUTANTS)
    assert len(chosen) < 60


def mutant(name: str) -> Mutant:
    return Mutant(name, "kind", (), lambda node: None)


def test_a_mutant_that_nobody_notices_fails_the_run() -> None:
    """It is named, and lowers the score."""
    found = report([Result(mutant("a"), "seen"), Result(mutant("b"), "")], all_names={"a", "b"})

    assert not found.is_good
    assert any(line.startswith("SURVIVED: b;") for line in found.lines)
    assert "score: 50.0% of 2 that are no equivalents" in found.lines


def test_equivalents_are_listed_with_their_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """They do not lower the score; what is listed in vain fails the run."""
    monkeypatch.setattr(reports, "EQUIVALENTS", {"b": "it is the same"})
    fine = report([Result(mutant("a"), "seen"), Result(mutant("b"), "")], all_names={"a", "b"})
    noticed = report([Result(mutant("b"), "seen")], all_names={"b"})
    gone = report([Result(mutant("a"), "seen")], all_names={"a"})

    assert fine.is_good
    assert "equivalent: b: it is the same" in fine.lines
    assert not noticed.is_good
    assert not gone.is_good
    assert any(line.startswith("STALE: b is listed") and "seen" in line for line in noticed.lines)
    assert "STALE: b is listed in equivalents.py, but is no mutant" in gone.lines
