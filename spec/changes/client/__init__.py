"""What a change breaks in the generated client."""

from changes.client.breakages import Breakage, breakages, changed_inside
from changes.client.causes import caused
from changes.client.told import broken

__all__ = ["Breakage", "breakages", "broken", "caused", "changed_inside"]
