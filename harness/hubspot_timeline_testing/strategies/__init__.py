"""Tools for tests: Hypothesis strategies made from the document. Needs the extra `hubspot-timeline[testing]`."""

from hubspot_timeline_testing.strategies.constraint_walk import Constraint
from hubspot_timeline_testing.strategies.constraints import Invalid, constraints, invalid
from hubspot_timeline_testing.strategies.payloads import Answer, answers, batches, errors, wire_events
from hubspot_timeline_testing.strategies.valid_values import from_schema

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
