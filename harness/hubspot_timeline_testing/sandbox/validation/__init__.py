"""Validation of requests: strict JSON, the document's schemas, and the service's own rules for events."""
