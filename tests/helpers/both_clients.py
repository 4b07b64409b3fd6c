"""The fixture `client`: runs a test with TimelineClient and with AsyncTimelineClient, against a scripted service."""

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Callable, Iterator
from typing import Any, TypeAlias

import httpx
import pytest

from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.fake_time import FakeTime

Call: TypeAlias = Callable[[Any], Any]
"""A call of a client, such as `lambda timeline: timeline.templates.list()`; asynchronous results are awaited."""

Service: TypeAlias = Callable[[httpx.Request], httpx.Response]
"""A scripted service, such as a Script."""


class ClientRunner(ABC):
    """Makes calls with a client of app 7, whose waits pass at once."""

    def run(self, service: Service, call: Call, time: FakeTime | None = None, **options: Any) -> Any:
        """Return the result of one call."""
        return self.run_all(service, call, time=time, **options)[0]

    @abstractmethod
    def run_all(self, service: Service, *calls: Call, time: FakeTime | None = None, **options: Any) -> list[Any]:
        """Return the results of calls that one client makes one after the other; of an iterator all its elements."""


class SyncRunner(ClientRunner):
    """Makes the calls with a TimelineClient."""

    def run_all(self, service: Service, *calls: Call, time: FakeTime | None = None, **options: Any) -> list[Any]:
        """Return the results of the calls."""
        time = time or FakeTime()
        with TimelineClient(**_options(service, options), clock=time.clock, sleep=time.sleep) as timeline:
            return [_listed(call(timeline)) for call in calls]


class AsyncRunner(ClientRunner):
    """Makes the calls with an AsyncTimelineClient, and awaits them."""

    def run_all(self, service: Service, *calls: Call, time: FakeTime | None = None, **options: Any) -> list[Any]:
        """Return the results of the calls."""
        clock = time or FakeTime()

        async def run() -> list[Any]:
            args = _options(service, options)
            async with AsyncTimelineClient(**args, clock=clock.clock, sleep=clock.async_sleep) as timeline:
                return [await _awaited(call(timeline)) for call in calls]

        return asyncio.run(run())


def _options(service: Service, options: dict[str, Any]) -> dict[str, Any]:
    defaults = {"token": "a-token", "app_id": 7, "chance": lambda: 0.5}
    return defaults | {"httpx_args": {"transport": httpx.MockTransport(service)}} | options


@pytest.fixture(params=[SyncRunner(), AsyncRunner()], ids=["sync", "async"])
def client(request: pytest.FixtureRequest) -> ClientRunner:
    """Return each of the two clients."""
    runner: ClientRunner = request.param
    return runner


def _listed(result: Any) -> Any:
    return list(result) if isinstance(result, Iterator) else result


async def _awaited(result: Any) -> Any:
    if isinstance(result, AsyncIterable):
        return [element async for element in result]
    return await result if inspect.isawaitable(result) else result
