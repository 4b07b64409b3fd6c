"""Exit codes, and the error that prevents a comparison."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes; from 3 on, nothing was compared."""

    SAME = 0
    BREAKING = 1
    COMPATIBLE = 2
    FAILED = 3
    INTERNAL_ERROR = 4
    INTERRUPTED = 130


class CannotCompareError(Exception):
    """Nothing was compared; the message gives the reason and the remedy."""
