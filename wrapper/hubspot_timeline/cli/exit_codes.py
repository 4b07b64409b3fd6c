"""The exit codes of the commands."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command ends with; `validate` counts valid events where `send` counts created ones."""

    ALL = 0
    SOME = 1
    USAGE = 2
    NONE = 3
    INTERRUPTED = 130

    @classmethod
    def of(cls, *, read: int, good: int, problems: int) -> "Exit":
        """Return the code of a run; `problems` is how many files could not be read, or not to their end."""
        if not read and problems:
            return cls.USAGE
        if not good:
            return cls.NONE
        return cls.SOME if good < read or problems else cls.ALL
