"""The sandbox that the command sends to."""

from collections.abc import Iterator

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[SandboxServer]:
    """Return the one of all tests of the folder."""
    with SandboxServer() as server:
        yield server


@pytest.fixture
def sandbox(running_sandbox: SandboxServer) -> SandboxServer:
    """Return it without the events of earlier tests."""
    running_sandbox.control.reset()
    return running_sandbox
