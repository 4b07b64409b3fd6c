"""The fixture `client`: runs a test with TimelineClient and with AsyncTimelineClient, against a scripted service."""

import asyncio
import inspect
from collections.abc import AsyncIterable, Callable, Iterator
from typing import Any, Protocol, TypeAlias

import httpx
import pytest

from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import Script

Call: TypeAlias = Callable[[Any], Any]
"""A call of a client, such as `lambda timeline: timeline.templates.list()`; asynchronous results are awaited."""

Service: TypeAlias = Callable[[httpx.Request], httpx.Response]
"""A scripted service, such as a Script."""

_DEFAULTS: dict[str, Any] = {"token": "a-token", "app_id": 7, "chance": lambda: 0.5}


class ClientRunner(Protocol):
    """Opens a client of app 7, makes the calls one after the other, and returns their results."""

    def run_all(self, service: Service, *calls: Call, time: FakeTime | None = None, **options: Any) -> list[Any]:
        """Return the results of the calls, of an iterator all its elements."""
        ...

    def run(self, service: Service, call: Call, time: FakeTime | None = None, **options: Any) -> Any:
        """Return the result of one call."""
        ...


class SyncRunner:
    """Makes the calls with a TimelineClient."""

    def run_all(self, service: Service, *calls: Call, time: FakeTime | None = None, **options: Any) -> list[Any]:
        """Return the results of the calls, of an iterator all its elements."""
        time = time or FakeTime()
        args = _DEFAULTS | {"httpx_args": {"transport": httpx.MockTransport(service)}} | options
        with TimelineClient(**args, clock=time.clock, sleep=time.sleep) as timeline:
            return [_listed(call(timeline)) for call in calls]

    def run(self, service: Service, call: Call, time: FakeTime | None = None, **options: Any) -> Any:
        """Return the result of one call."""
        return self.run_all(service, call, time=time, **options)[0]


class AsyncRunner:
    """Makes the calls with an AsyncTimelineClient, and awaits them."""

    def run_all(self, service: Service, *calls: Call, time: FakeTime | None = None, **options: Any) -> list[Any]:
        """Return the results of the calls, of an iterator all its elements."""
        time = time or FakeTime()
        args = _DEFAULTS | {"httpx_args": {"transport": httpx.MockTransport(service)}} | options

        async def run() -> list[Any]:
            async with AsyncTimelineClient(**args, clock=time.clock, sleep=time.async_sleep) as timeline:
                return [await _awaited(call(timeline)) for call in calls]

        return asyncio.run(run())

    def run(self, service: Service, call: Call, time: FakeTime | None = None, **options: Any) -> Any:
        """Return the result of one call."""
        return self.run_all(service, call, time=time, **options)[0]


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


# The names that other test folders still use.
Words = Call
in_threads: Callable[..., Any] = SyncRunner().run
in_a_loop: Callable[..., Any] = AsyncRunner().run
both = pytest.mark.parametrize("say", [in_threads, in_a_loop])
