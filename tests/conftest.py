"""What several test files share and what takes long to start."""

from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from tests.helpers.both_clients import client as client  # noqa: PLC0414 - a fixture
from tests.helpers.examples import IS_REPEATED
from tests.helpers.redis_server import redis_server

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("untimed", deadline=None)
# The same examples each time, of which the first that fails is enough.
settings.register_profile(
    "repeated", deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("repeated" if IS_REPEATED else "untimed")


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a Redis server; each test names a limit of its own on it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as (url, _):
        yield url
