"""The exit codes of the commands."""

from enum import IntEnum


class Exit(IntEnum):
    """An exit code; `validate` counts valid events where `send` counts created ones."""

    ALL = 0
    SOME = 1
    USAGE = 2
    NONE = 3
    INTERRUPTED = 130

    @classmethod
    def of(cls, *, total: int, succeeded: int, file_errors: int) -> "Exit":
        """Return the code of a run; `file_errors` is how many files could not be read, or not to their end."""
        if not total and file_errors:
            return cls.USAGE
        if not succeeded:
            return cls.NONE
        return cls.SOME if succeeded < total or file_errors else cls.ALL
