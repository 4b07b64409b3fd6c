"""The same words to both clients: each is called with what waits replaced by a scripted service and a fake time."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers.clients import AsyncTimelineClient, TimelineClient
from tests.helpers.fake_time import FakeTime
from tests.helpers.scripted_http import Script

Words = Callable[[Any], Any]
"""What is said to a client, such as `lambda timeline: timeline.templates.list()`."""


def in_threads(script: Script, words: Words, time: FakeTime | None = None, **options: Any) -> Any:
    """Say the words to a TimelineClient of app 7, and return what comes back."""
    time = time or FakeTime()
    said: dict[str, Any] = {"token": "a-token", "app_id": 7, "chance": lambda: 0.5} | options
    with TimelineClient(**said, httpx_args=script.httpx_args, clock=time.clock, sleep=time.sleep) as one:
        return words(one)


def in_a_loop(script: Script, words: Words, time: FakeTime | None = None, **options: Any) -> Any:
    """Say the same words to an AsyncTimelineClient, and await what comes back."""
    time = time or FakeTime()
    said: dict[str, Any] = {"token": "a-token", "app_id": 7, "chance": lambda: 0.5} | options

    async def say() -> Any:
        args: dict[str, Any] = {"httpx_args": script.httpx_args, "clock": time.clock, "sleep": time.async_sleep}
        async with AsyncTimelineClient(**said, **args) as one:
            found = words(one)
            return await found if inspect.isawaitable(found) else found

    return asyncio.run(say())


both = pytest.mark.parametrize("say", [in_threads, in_a_loop])
"""Runs a test with each of them."""
