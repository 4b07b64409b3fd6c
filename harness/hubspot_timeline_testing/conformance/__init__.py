"""Checks that a client that openapi-python-client generated conforms to an OpenAPI document."""

from hubspot_timeline_testing.conformance.client_check import check_client, find_breaches
from hubspot_timeline_testing.conformance.mismatches import Breach

__all__ = ["Breach", "check_client", "find_breaches"]
