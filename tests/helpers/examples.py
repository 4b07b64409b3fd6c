"""The number of examples of the larger property tests: few in `make test`, many in `make test-long`.

`make mutants-code` runs the tests hundreds of times, with a third of the examples, and the same each time.
"""

import os

IS_LONG = os.environ.get("HUBSPOT_TIMELINE_TEST_LONG") == "1"
IS_REPEATED = os.environ.get("HUBSPOT_TIMELINE_TEST_REPEATED") == "1"


def examples(few: int, many: int) -> int:
    """Return the number of examples of this run."""
    if IS_REPEATED:
        return few // 3
    return many if IS_LONG else few
