"""`make mutants`: tries every mutant and prints a report; exits with 1 if a mutant survives.

With `--sample` only two of each kind; with other arguments only the mutants whose names contain one of them.
"""

import sys

from hubspot_timeline_testing.openapi import document
from tests.mutants.catalogue import EQUIVALENTS, all_mutants, sample
from tests.mutants.report import report
from tests.mutants.runner import run


def main(arguments: list[str]) -> int:
    """Run the trials, print the report, return the exit code."""
    mutants = all_mutants(document())
    chosen = sample(mutants) if "--sample" in arguments else mutants
    if parts := [argument for argument in arguments if argument != "--sample"]:
        chosen = [mutant for mutant in chosen if any(part in mutant.name for part in parts)]
    results = []
    for result in run(chosen, document()):
        results.append(result)
        print(f"\r{len(results)} of {len(chosen)} ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    summary = report(results, EQUIVALENTS, all_names={mutant.name for mutant in mutants})
    print("\n".join(summary.lines))
    return 0 if summary.has_passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
