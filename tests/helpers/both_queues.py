"""Runs one test against the queue for threads and the queue for coroutines."""

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import httpx
import pytest

from hubspot_timeline import AsyncTimelineClient, Outcome, TimelineClient
from tests.helpers.scripted_http import created

INVALID: dict[str, Any] = {"eventTemplateId": "1", "id": "without-a-record", "tokens": {}}
"""An event that cannot be sent."""

CLIENTS = {"threads": TimelineClient, "coroutines": AsyncTimelineClient}


def both_queues(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Run an asynchronous test once with each client class, as its argument `client`."""

    @pytest.mark.parametrize("client", CLIENTS.values(), ids=list(CLIENTS))
    @functools.wraps(test)
    def run(**arguments: Any) -> None:
        asyncio.run(test(**arguments))  # type: ignore[arg-type] # a coroutine

    return run  # type: ignore[no-any-return] # pytest's decorator is not typed


async def done(result: Any) -> Any:
    """Return the result of a call that one client blocks for and the other one awaits."""
    return await result if inspect.isawaitable(result) else result


@asynccontextmanager
async def entered(thing: Any) -> AsyncIterator[Any]:
    """Enter a client or a queue of either kind."""
    if hasattr(thing, "__aenter__"):
        async with thing:
            yield thing
    else:
        with thing:
            yield thing


def httpx_args(client: object, answer: Callable[[httpx.Request], httpx.Response]) -> dict[str, Any]:
    """Return the transport that answers with a function, which may block."""

    async def in_a_thread(request: httpx.Request) -> httpx.Response:
        return await asyncio.to_thread(answer, request)

    return {"transport": httpx.MockTransport(in_a_thread if client is AsyncTimelineClient else answer)}


async def is_set(event: Event) -> bool:
    """Wait for an event that a thread or a task sets."""
    return await asyncio.to_thread(event.wait, 30)


def types_by_position(outcomes: Sequence[Outcome]) -> dict[int, type[Outcome]]:
    """Return the type of each outcome by its position, which no two share."""
    assert len({outcome.position for outcome in outcomes}) == len(outcomes)
    return {outcome.position: type(outcome) for outcome in sorted(outcomes, key=lambda outcome: outcome.position)}


class Gate:
    """Answers requests once it is opened; `begun` is set by the first of them."""

    def __init__(self) -> None:
        self.begun = Event()
        self.opened = Event()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.begun.set()
        self.opened.wait(30)  # a test that fails must not hang
        return created(request)
