"""Tools for tests: Hypothesis strategies made from the document. Needs the extra `hubspot-timeline[testing]`."""

from hubspot_timeline.testing.strategies import from_schema, wire_events

__all__ = ["from_schema", "wire_events"]
