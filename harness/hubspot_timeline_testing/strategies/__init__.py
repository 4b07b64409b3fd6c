"""Hypothesis strategies made from an OpenAPI document. Needs the extra `hubspot-timeline[testing]`."""

import hubspot_timeline_testing

with hubspot_timeline_testing.needs("testing"):
    from hubspot_timeline_testing.strategies.constraint_walk import Constraint
    from hubspot_timeline_testing.strategies.constraints import Invalid, constraints, invalid
    from hubspot_timeline_testing.strategies.payloads import Response, batches, errors, event_payloads, responses
    from hubspot_timeline_testing.strategies.schema_strategies import any_json
    from hubspot_timeline_testing.strategies.valid_values import from_schema

__all__ = [
    "Constraint",
    "Invalid",
    "Response",
    "any_json",
    "batches",
    "constraints",
    "errors",
    "event_payloads",
    "from_schema",
    "invalid",
    "responses",
]
