"""Tools for tests: Hypothesis strategies made from the document. Needs the extra `hubspot-timeline[testing]`."""

from hubspot_timeline_testing.strategies.bodies import Answer, answers, batches, errors, wire_events
from hubspot_timeline_testing.strategies.constraints import Invalid, constraints, invalid
from hubspot_timeline_testing.strategies.strategies import from_schema
from hubspot_timeline_testing.strategies.walk import Constraint

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
