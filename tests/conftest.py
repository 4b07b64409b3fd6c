"""Fixtures of several test files, the profiles of Hypothesis, and which tests are slow."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from tests.helpers.both_clients import client as client  # noqa: PLC0414 - a fixture
from tests.helpers.both_pools import pool as pool  # noqa: PLC0414 - a fixture
from tests.helpers.examples import IS_LONG, IS_REPEATED
from tests.helpers.redis_server import redis_server

# The processes that tests start would compute the tables of Unicode again, which takes two seconds.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).parents[1] / ".hypothesis"))

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("untimed", deadline=None, max_examples=100 if IS_LONG else 50)
# The same examples each time, of which the first that fails is enough.
settings.register_profile(
    "repeated", deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("repeated" if IS_REPEATED else "untimed")

# Garbage collection took a tenth of the tests' time, most of it for modules that stay.
gc.set_threshold(20_000, 20, 20)


# Folders and files whose tests need servers, browsers or other processes, or take seconds for their examples.
SLOW = {
    *(
        "calibration",
        "cli",
        "conformance",
        "contract",
        "docs",
        "packaging",
        "pytest_plugin",
        "sandbox",
        "spec",
        "strategies",
    ),
    *("journal/test_sigkill.py", "journal/test_file.py", "queue/test_forks.py", "rate_limit/test_redis.py"),
    *("resources/test_sandbox.py", "dlt/test_destination.py"),
    *(f"spark/test_{name}.py" for name in ("session", "cluster", "spark_doc", "writer")),
    *("properties/test_delivery_under_faults.py", "properties/test_accounts_under_faults.py"),
    "properties/test_misbehaving_server.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow tests."""
    for item in items:
        path = item.nodeid.partition("::")[0].removeprefix("tests/")
        if path in SLOW or path.partition("/")[0] in SLOW:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Leave all that is imported out of garbage collection."""
    gc.freeze()


@pytest.fixture
def frequent_collection() -> Iterator[None]:
    """Let garbage be collected as often as Python 3.11 does by itself; later versions do it less often."""
    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*thresholds)


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a Redis server; each test names a limit of its own on it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as (url, _):
        yield url
