"""Streams of outcomes that end early."""

from collections.abc import Iterator
from contextlib import aclosing, closing
from itertools import islice
from typing import Any

from hubspot_timeline import Outcome


def take(stream: Any, count: int) -> Any:
    """Return the first outcomes of a stream, and close it; for an asynchronous stream the result is a coroutine."""
    if not isinstance(stream, Iterator):
        return _take_async(stream, count)
    with closing(stream):  # type: ignore[type-var] # a generator
        return list(islice(stream, count))


async def _take_async(stream: Any, count: int) -> list[Outcome]:
    outcomes: list[Outcome] = []
    async with aclosing(stream):
        async for outcome in stream:
            outcomes.append(outcome)
            if len(outcomes) >= count:
                break
    return outcomes
