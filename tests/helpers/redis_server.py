"""A Redis server for the tests, on a free port of this machine."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_MISSING = "redis-server is missing; install it (Debian: apt-get install redis-server) to run this test"


@contextmanager
def redis_server(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a server without persistence and return its URL and its process.

    Where it is not installed the test is skipped, and fails in CI.
    """
    program = shutil.which("redis-server")
    if program is None:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(_MISSING)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen([program, *options], cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert any("Ready to accept connections" in line for line in server.stdout), "redis-server did not start"
        try:
            yield f"redis://127.0.0.1:{port}/0", server
        finally:
            server.terminate()
