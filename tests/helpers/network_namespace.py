"""A network namespace: another machine, as far as the network is concerned, for tests that root runs on Linux."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from attrs import frozen

_HERE, _THERE = "10.213.{0}.1", "10.213.{0}.2"
_MISSING = "a network namespace needs Linux, root and ip (Debian: apt-get install iproute2)"


@frozen
class NetworkNamespace:
    """A namespace that reaches this one by `address`, and nothing else."""

    name: str
    address: str

    def run(self, *command: str, **options: object) -> subprocess.CompletedProcess[str]:
        """Run a command in it, and return its output."""
        return _run("ip", "netns", "exec", self.name, *command, **options)


@contextmanager
def network_namespace(number: int) -> Iterator[NetworkNamespace]:
    """Give a namespace, whose addresses have the number; skips the test where that is not allowed, but fails in CI."""
    name, here, there = f"timeline-{os.getpid()}", _HERE.format(number), _THERE.format(number)
    outside, inside = f"tl{os.getpid()}o", f"tl{os.getpid()}i"
    if shutil.which("ip") is None or os.geteuid() != 0 or _run("ip", "netns", "add", name).returncode:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(_MISSING)
    try:
        for command in _commands(name, outside, inside, here, there):
            assert (done := _run("ip", *command)).returncode == 0, (command, done.stderr)
        yield NetworkNamespace(name, here)
    finally:
        _run("ip", "link", "delete", outside)
        _run("ip", "netns", "delete", name)


def _commands(name: str, outside: str, inside: str, here: str, there: str) -> Iterator[Sequence[str]]:
    yield ("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", name)
    yield ("address", "add", f"{here}/30", "dev", outside)
    yield ("link", "set", outside, "up")
    yield ("-n", name, "address", "add", f"{there}/30", "dev", inside)
    yield ("-n", name, "link", "set", inside, "up")


def _run(*command: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return] # as the caller has them
