"""The experiment on the largest batch: a bounded search that creates events only to confirm its result."""

from collections.abc import Iterable, Iterator

from hubspot_timeline_testing.calibration.api_session import ApiSession
from hubspot_timeline_testing.calibration.assumptions import api_kind, assumptions
from hubspot_timeline_testing.calibration.control_experiments import Facts, refusal
from hubspot_timeline_testing.calibration.event_experiments import NO_INVALID
from hubspot_timeline_testing.calibration.messages import Exchange
from hubspot_timeline_testing.calibration.sender import UndecidedError

GUESSES = (100, 101, 500, 501)
"""Limits that other versions have or that users report, each with the number above it."""

PROBES = 18
"""The most requests of a search up to 1,000, with the confirmation."""


def largest_batch(session: ApiSession, hints: Iterable[int | None] = ()) -> Facts:
    """Search with batches whose events are all invalid, and confirm with valid ones.

    Each probe is refused and creates nothing; one that is too large is refused differently. The value is null if a
    batch of the largest size that is tried is taken, and larger than is assumed. `hints`: what other APIs allow, tried
    first.
    """
    if not session.has_invalid:
        raise UndecidedError(NO_INVALID)
    one, low, high, refused = _probe(session, 1), 1, session.settings.largest_batch + 1, None
    for guess in _sizes(session, hints):
        size = guess if low < guess < high else (low + high) // 2
        probe = _probe(session, size)
        if probe.shape == one.shape:
            low = size
        else:
            high, refused = size, probe
        if high - low == 1:
            break
    return _confirmed(session, low, refused)


def _sizes(session: ApiSession, hints: Iterable[int | None]) -> Iterator[int]:
    yield session.settings.largest_batch
    for hint in filter(None, hints):
        yield from (hint, hint + 1)
    yield from GUESSES
    while True:
        yield 0


def _probe(session: ApiSession, size: int) -> Exchange:
    return session.batch(lambda: [session.anonymous() for _ in range(size)], creates=False)


def _confirmed(session: ApiSession, size: int, refused: Exchange | None) -> Facts:
    """Send valid events: one more than the limit, which creates nothing, and as many as it allows.

    Their ids are constant, so that a repetition after a lost response creates no more of them.
    """
    facts: Facts = {"largest_batch_tried": session.settings.largest_batch}
    events = [session.event() for _ in range(size + 1)]
    if refused:
        larger = session.batch(lambda: events)
        if larger.shape != refused.shape:
            raise UndecidedError(
                f"batches of {size + 1} invalid events and of as many valid ones are treated differently"
            )
        facts["too_many_response"] = refusal(larger)
    exchange = session.batch(lambda: events[:size])
    if not exchange.is_success and not (exchange.was_lost and exchange.shape == session.duplicate_shape):
        raise UndecidedError(f"{size} invalid events are not too many, but as many valid ones are refused: {exchange}")
    session.max_events = size if refused else None
    assumed = assumptions()[api_kind(f"{session.api}.largest_batch")]["largest_batch"]
    if not refused and size <= assumed:
        reason = f"a batch of {size}, the largest that was tried, is accepted, which says nothing about {assumed + 1}"
        return facts | {"largest_batch": UndecidedError(reason)}
    return facts | {"largest_batch": session.max_events}
