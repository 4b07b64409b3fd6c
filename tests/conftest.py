"""What several test files share and what takes long to start."""

from collections.abc import Iterator

import pytest

from redis_server import redis_server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a Redis server; each test names a limit of its own on it."""
    with redis_server(tmp_path_factory.mktemp("redis")) as (url, _):
        yield url
