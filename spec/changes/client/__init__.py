"""What a change breaks in the generated client."""

from changes.attribution import caused
from changes.client.told import broken
from changes.client_breakages import Breakage, breakages, changed_inside

__all__ = ["Breakage", "breakages", "broken", "caused", "changed_inside"]
