"""A test harness for HubSpot timeline events: sandbox, strategies, conformance and contract checks, pytest fixtures."""

# The names are in the subpackages, since each of them needs another extra: strategies need hypothesis, for instance.
