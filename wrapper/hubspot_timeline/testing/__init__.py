"""Tools for tests: Hypothesis strategies made from the document. Needs the extra `hubspot-timeline[testing]`."""

from hubspot_timeline.testing.bodies import Answer, answers, batches, errors, wire_events
from hubspot_timeline.testing.constraints import Constraint, Invalid, constraints, invalid
from hubspot_timeline.testing.strategies import from_schema

__all__ = [
    "Answer",
    "Constraint",
    "Invalid",
    "answers",
    "batches",
    "constraints",
    "errors",
    "from_schema",
    "invalid",
    "wire_events",
]
