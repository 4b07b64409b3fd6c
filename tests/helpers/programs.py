"""Programs of the machine that tests run."""

import os
import shutil

import pytest


def program(name: str) -> str:
    """Return the path of a program. Skips the test where it is not installed, but fails it in CI."""
    path = shutil.which(name)
    if path is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"{name} is missing; install it (Debian: apt-get install {name}) to run this test")
    return path
