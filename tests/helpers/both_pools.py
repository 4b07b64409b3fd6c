"""The fixture `pool`: runs a test with AccountPool and with AsyncAccountPool, against a scripted service."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Callable, Iterator
from typing import Any

import httpx
import pytest

import hubspot_timeline
from tests.helpers.both_clients import Call
from tests.helpers.clients import WithRuntime
from tests.helpers.fake_time import FakeTime


class AccountPool(WithRuntime, hubspot_timeline.AccountPool):
    """The synchronous pool; `sleep` returns an awaitable."""


class AsyncAccountPool(WithRuntime, hubspot_timeline.AsyncAccountPool):
    """The asynchronous pool."""


class PoolRunner(ABC):
    """Makes calls with a pool, whose waits pass at once."""

    def run(self, service: Callable[[httpx.Request], Any], call: Call, tokens: Any, **options: Any) -> Any:
        """Return the result of one call."""
        return self.run_all(service, call, tokens=tokens, **options)[0]

    @abstractmethod
    def run_all(self, service: Callable[[httpx.Request], Any], *calls: Call, tokens: Any, **options: Any) -> list[Any]:
        """Return the results of calls that one pool makes one after the other; of an iterator all its elements."""


class SyncPoolRunner(PoolRunner):
    """Makes the calls with an AccountPool."""

    def run_all(self, service: Callable[[httpx.Request], Any], *calls: Call, tokens: Any, **options: Any) -> list[Any]:
        """Return the results of the calls."""
        with AccountPool(tokens, **_options(service, options)) as pool:
            return [list(result) if isinstance(result := call(pool), Iterator) else result for call in calls]


class AsyncPoolRunner(PoolRunner):
    """Makes the calls with an AsyncAccountPool, and awaits them."""

    def run_all(self, service: Callable[[httpx.Request], Any], *calls: Call, tokens: Any, **options: Any) -> list[Any]:
        """Return the results of the calls."""

        async def run() -> list[Any]:
            async with AsyncAccountPool(tokens, **_options(service, options)) as pool:
                return [await _awaited(call(pool)) for call in calls]

        return asyncio.run(run())


def _options(service: Callable[[httpx.Request], Any], options: dict[str, Any]) -> dict[str, Any]:
    time = options.pop("time", None) or FakeTime()
    defaults = {"clock": time.clock, "sleep": time.async_sleep, "chance": lambda: 0.5}
    return defaults | {"httpx_args": {"transport": httpx.MockTransport(service)}} | options


async def _awaited(result: Any) -> Any:
    if isinstance(result, AsyncIterable):
        return [element async for element in result]
    return await result


@pytest.fixture(params=[SyncPoolRunner(), AsyncPoolRunner()], ids=["sync", "async"])
def pool(request: pytest.FixtureRequest) -> PoolRunner:
    """Return each of the two pools."""
    runner: PoolRunner = request.param
    return runner
