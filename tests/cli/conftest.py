"""The sandbox that the command sends to."""

from collections.abc import Iterator

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    """Return a new one for each test."""
    with SandboxServer() as server:
        yield server
