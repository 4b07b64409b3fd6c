"""How many examples the larger property tests look at: some in `make test`, many in `make test-long`."""

import os

IS_LONG = os.environ.get("HUBSPOT_TIMELINE_TEST_LONG") == "1"


def examples(some: int, many: int) -> int:
    """Return how many examples to look at in this run."""
    return many if IS_LONG else some
