"""How many examples the larger property tests look at: some in `make test`, many in `make test-long`.

`make mutants-code` runs the tests hundreds of times, with a third of the examples, and the same each time.
"""

import os

IS_LONG = os.environ.get("HUBSPOT_TIMELINE_TEST_LONG") == "1"
IS_REPEATED = os.environ.get("HUBSPOT_TIMELINE_TEST_REPEATED") == "1"


def examples(some: int, many: int) -> int:
    """Return how many examples to look at in this run."""
    if IS_REPEATED:
        return some // 3
    return many if IS_LONG else some
