"""The comparison of two documents."""

from changes.comparing.document import compare

__all__ = ["compare"]
