"""How the program ends, and what keeps it from comparing."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes; whatever is 3 or more has compared nothing."""

    SAME = 0
    BREAKING = 1
    COMPATIBLE = 2
    CANNOT = 3
    UNEXPECTED = 4
    INTERRUPTED = 130


class CannotCompareError(Exception):
    """Nothing was compared; the text says why, and what to do."""
