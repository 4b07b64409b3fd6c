"""Numbered events for tests that count them."""

from collections.abc import Iterator

from hubspot_timeline import TimelineEvent, event


def numbered(count: int, pulled: list[int] | None = None) -> Iterator[TimelineEvent]:
    """Yield events with the ids e0, e1 …; the number of each is appended to `pulled` when it is read."""
    for number in range(count):
        if pulled is not None:
            pulled.append(number)
        yield event(1, {"n": number}, email="ada@example.com", id=f"e{number}")
