"""What became of the mutants, for people, and whether it is good enough."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from tests.mutants.equivalents import EQUIVALENTS
from tests.mutants.runner import Result


@frozen
class Report:
    """`lines` is for people; `is_good` if every mutant was noticed but those that are listed as equivalent."""

    lines: Sequence[str]
    is_good: bool


def report(results: Iterable[Result], *, all_names: set[str]) -> Report:
    """Count killed, equivalent and survived; name each that survived, and each name in the list that is stale."""
    results = sorted(results, key=lambda result: (result.mutant.kind, result.mutant.name))
    survived = [each for each in results if _verdict(each) == "survived"]
    stale = sorted(set(EQUIVALENTS) - all_names)
    caught = [each for each in results if each.evidence and each.mutant.name in EQUIVALENTS]
    lines = [
        *_table(results),
        *(
            f"equivalent: {each.mutant.name}: {EQUIVALENTS[each.mutant.name]}"
            for each in results
            if _verdict(each) == "equivalent"
        ),
        *(f"SURVIVED: {each.mutant.name}; let a check notice it, or list it in equivalents.py" for each in survived),
        *(f"STALE: {name} is listed in equivalents.py, but is no mutant" for name in stale),
        *(f"STALE: {each.mutant.name} is listed in equivalents.py, but noticed: {each.evidence}" for each in caught),
    ]
    return Report(lines, not (survived or stale or caught))


def _verdict(result: Result) -> str:
    if result.evidence:
        return "killed"
    return "equivalent" if result.mutant.name in EQUIVALENTS else "survived"


def _table(results: Sequence[Result]) -> Iterator[str]:
    counts = Counter((each.mutant.kind, _verdict(each)) for each in results)
    yield f"{'':<12} {'mutants':>8} {'killed':>8} {'equivalent':>11} {'survived':>9}"
    for kind in sorted({kind for kind, _ in counts}):
        yield _row(kind, [counts[kind, verdict] for verdict in ("killed", "equivalent", "survived")])
    totals = Counter(_verdict(each) for each in results)
    yield _row("all", [totals[verdict] for verdict in ("killed", "equivalent", "survived")])
    judged = totals["killed"] + totals["survived"]
    yield f"score: {totals['killed'] / judged:.1%} of {judged} that are no equivalents" if judged else "score: none"


def _row(kind: str, counts: Sequence[int]) -> str:
    killed, equivalent, survived = counts
    return f"{kind:<12} {sum(counts):>8} {killed:>8} {equivalent:>11} {survived:>9}"
