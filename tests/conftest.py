"""What several test files share and what takes long to start."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from redis_server import redis_server

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a Redis server; each test names a limit of its own on it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as (url, _):
        yield url
