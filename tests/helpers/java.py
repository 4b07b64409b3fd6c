"""A Java runtime for the tests of Spark."""

import os
import shutil

import pytest

_MISSING = "java is missing; install it (Debian: apt-get install openjdk-17-jre-headless) to run this test"


def require_java() -> None:
    """Skip the test where there is none; fail in CI."""
    if shutil.which("java") is None:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(_MISSING)
