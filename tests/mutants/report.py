"""The report of a run: a table by kind, the mutants that survived, and the mutation score."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from attrs import frozen

from tests.mutants.runner import Result

_COLUMNS = ("killed", "equivalent", "survived")


@frozen
class Report:
    """`has_passed` is true if every mutant was detected, apart from the listed equivalents."""

    lines: Sequence[str]
    has_passed: bool


def report(results: Iterable[Result], equivalents: Mapping[str, str], *, all_names: Set[str]) -> Report:
    """Return the counts, each mutant that survived, and each stale entry of the equivalents."""
    results = sorted(results, key=lambda result: (result.mutant.kind, result.mutant.name))
    explained = [f"equivalent: {each}: {equivalents[each]}" for each in _names(results, equivalents, "equivalent")]
    failures = [
        *(
            f"SURVIVED: {name}; add a check that detects it, or list it as equivalent with the reason"
            for name in _names(results, equivalents, "survived")
        ),
        *(
            f"STALE: {name} is listed as equivalent, but not a mutant"
            for name in sorted(equivalents.keys() - all_names)
        ),
        *(
            f"STALE: {each.mutant.name} is listed as equivalent, but detected: {each.problem}"
            for each in results
            if each.problem and each.mutant.name in equivalents
        ),
    ]
    return Report([*_table(results, equivalents), *explained, *failures], not failures)


def _status(result: Result, equivalents: Mapping[str, str]) -> str:
    if result.problem:
        return "killed"
    return "equivalent" if result.mutant.name in equivalents else "survived"


def _names(results: Sequence[Result], equivalents: Mapping[str, str], status: str) -> Iterator[str]:
    return (each.mutant.name for each in results if _status(each, equivalents) == status)


def _table(results: Sequence[Result], equivalents: Mapping[str, str]) -> Iterator[str]:
    counts = Counter((each.mutant.kind, _status(each, equivalents)) for each in results)
    totals = Counter(_status(each, equivalents) for each in results)
    yield f"{'':<12} {'mutants':>8} {'killed':>8} {'equivalent':>11} {'survived':>9}"
    rows = [(kind, [counts[kind, column] for column in _COLUMNS]) for kind in sorted({kind for kind, _ in counts})]
    for kind, (killed, equivalent, survived) in [*rows, ("all", [totals[column] for column in _COLUMNS])]:
        yield f"{kind:<12} {killed + equivalent + survived:>8} {killed:>8} {equivalent:>11} {survived:>9}"
    counted = totals["killed"] + totals["survived"]
    yield f"score: {totals['killed'] / counted:.1%} of {counted} without equivalents" if counted else "score: none"
