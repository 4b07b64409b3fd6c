"""What a change breaks in the generated client."""

from changes.client.breakages import Breakage, breakages, changed_inside
from changes.client.causes import caused

__all__ = ["Breakage", "breakages", "caused", "changed_inside"]
