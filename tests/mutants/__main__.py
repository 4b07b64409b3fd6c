"""`make mutants`: try every mutant and report; exits with 1 for a survivor.

With `--sample` a few of each kind, with any other words only the mutants in whose names one of them is.
"""

import sys

from tests.helpers.document import document
from tests.mutants.catalogue import all_mutants, sample
from tests.mutants.report import report
from tests.mutants.runner import run


def main(arguments: list[str]) -> int:
    """Try the mutants, say what became of them, return the exit code."""
    mutants = all_mutants(document())
    chosen = sample(mutants) if "--sample" in arguments else mutants
    words = [word for word in arguments if word != "--sample"]
    if words:
        chosen = [mutant for mutant in chosen if any(word in mutant.name for word in words)]
    results = []
    for result in run(chosen, document()):
        results.append(result)
        print(f"\r{len(results)} of {len(chosen)} ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    found = report(results, all_names={mutant.name for mutant in mutants})
    print("\n".join(found.lines))
    return 0 if found.is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
