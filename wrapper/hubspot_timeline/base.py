"""What the threaded and the asynchronous client have in common: their options, and nothing that waits."""

import logging
import random
import time
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from attrs import define

from hubspot_timeline.auth import (
    BASE_URL,
    base_url_from_environment,
    checked_base_url,
)
from hubspot_timeline.batching import BatchLimits
from hubspot_timeline.credentials import TokenLike, credentials_from_environment, token_source
from hubspot_timeline.delivery import Delivered
from hubspot_timeline.errors import (
    OptionError,
    RateLimitError,
    RateStoreError,
    StoppedError,
    TimelineError,
    TooManyErrorsError,
    require_count,
)
from hubspot_timeline.outcomes import Created
from hubspot_timeline.pacing import RateLimit, open_pace
from hubspot_timeline.policy import ErrorLimit, RetryPolicy, rate_limit_wait
from hubspot_timeline.transport import Connection
from hubspot_timeline_api.models import TimelineEvent

if TYPE_CHECKING:
    from hubspot_timeline.journal import Journal

log = logging.getLogger(__name__)

_DEFAULT_RATE = RateLimit()


class BaseClient:
    """Options of a client.

    `token`: an OAuth access token, an OAuthRefresh that fetches them, or a function that returns one each time it is
    called (see TokenLike); all are kept out of logs, reprs and errors.
    `base_url`: without the operation's path; plain http is taken for this machine only.
    `limits`: how large a batch may become. `retry`: how long to go on after a passing trouble.
    `rate`: how many requests may be sent in which time; None for as many as can be. `rate_store`: who shares it:
    `memory:` this client alone, `sqlite:PATH` every client on this machine that names the same file,
    `redis://host:port/0#name` every client that names the same server and name (needs hubspot-timeline[redis]).
    `errors`: how many events of one call may fail before the rest is left unsent; None for any.
    `in_flight`: how many requests may be under way at once in one call of `send` or `stream`.
    `timeout`: seconds for each of connect, write and read, and for all of an answer once it has begun.
    `httpx_args`: passed on to the httpx client: proxies, certificates, a transport of your own.
    `sleep`, `clock`, `chance`: for tests; what lets seconds pass, what tells them, and what draws a random number from
    0 to 1.

    Raises OptionError for a value that cannot be meant.
    """

    def __init__(
        self,
        token: TokenLike,
        *,
        base_url: str = BASE_URL,
        limits: BatchLimits | None = None,
        retry: RetryPolicy | None = None,
        rate: RateLimit | None = _DEFAULT_RATE,
        rate_store: str = "memory:",
        errors: ErrorLimit | None = None,
        in_flight: int = 4,
        timeout: float = 60.0,
        httpx_args: Mapping[str, Any] | None = None,
        sleep: Callable[[float], Any] | None = None,
        clock: Callable[[], float] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        require_count("in_flight", in_flight)
        if not 0 < timeout < inf:
            raise OptionError(f"timeout is {timeout}; it must be more than 0 seconds, and finite")
        self._connection = Connection(
            tokens=token_source(token, clock),
            base_url=checked_base_url(base_url),
            timeout=timeout,
            in_flight=in_flight,
            httpx_args=dict(httpx_args or {}),
            clock=clock or time.monotonic,
        )
        self._limits = limits or BatchLimits()
        self._retry = retry or RetryPolicy()
        self._errors = errors or ErrorLimit()
        self._pace = open_pace(rate_store, rate, clock)
        self._in_flight = in_flight
        self._sleep = sleep
        self._chance = chance
        self._runs: set[Any] = set()  # of the driver's own kind; each has halt()
        self._closed = False
        try:
            self._open()
        except OptionError:
            raise
        except Exception as error:  # certificates that are missing, a proxy whose library is
            raise OptionError(f"httpx cannot be set up ({type(error).__name__}: {error})") from error

    def _open(self) -> None:
        """Get ready to send."""

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """Return a client with the token in HUBSPOT_TIMELINE_TOKEN, or with what refreshes one.

        That is HUBSPOT_TIMELINE_CLIENT_ID, HUBSPOT_TIMELINE_CLIENT_SECRET and HUBSPOT_TIMELINE_REFRESH_TOKEN.
        HUBSPOT_TIMELINE_BASE_URL, if set, is where it sends to. Raises OptionError if there is neither.
        """
        return cls(credentials_from_environment(), **{"base_url": base_url_from_environment(), **options})

    def stop(self, reason: str = "stop() was called") -> None:
        """Let the calls of send and stream end: what is under way is finished, the rest of their events is Unsent.

        Returns at once; a TimelineClient takes it from any thread or signal handler, an AsyncTimelineClient from
        its event loop.
        """
        for run in list(self._runs):
            run.halt(StoppedError(reason))

    def _open_journal(self, path: str | Path | None) -> "Journal | None":
        if path is None:
            return None
        # Only where it is needed, since what it needs takes long to load.
        from hubspot_timeline.journal import Journal  # noqa: PLC0415

        return Journal(path, self._connection.base_url)

    def _halt(self, run: Any, error: TimelineError) -> None:
        """Stop a run for a reason that somebody has to look at."""
        if not run.stopped:
            log.warning("Stopping: %s", error)
        run.halt(error)

    def _hold_if_limited(self, error: TimelineError) -> None:
        """Let everybody who shares the limit wait after a 429, not only the one who was told."""
        try:
            if isinstance(error, RateLimitError):
                self._pace.hold(rate_limit_wait(error))
        except RateStoreError as unheard:  # the next who asks hears of it, and stops
            log.warning("The others cannot be told of a rate limit that was reached (%s): %s", error, unheard)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._connection.base_url!r})"


def refuse_what_is_no_iterable_of_events(events: object) -> None:
    """Raise OptionError for what can be iterated over, or not, but holds no events."""
    if isinstance(events, str | bytes | Mapping | TimelineEvent) or not isinstance(events, Iterable | AsyncIterable):
        raise OptionError(f"events is a {type(events).__name__}; give an iterable of events, such as a list")


@define
class ErrorCount:
    """Counts the outcomes of a run against what it is allowed."""

    limit: ErrorLimit
    failed: int = 0
    ended: int = 0

    def passed(self, delivered: Delivered) -> TooManyErrorsError | None:
        """Count a delivery, and return the error of the run once the limit is passed.

        What an earlier run saw fail is its own affair: else a run that stopped so could never be resumed.
        """
        if delivered.is_recalled:
            return None
        self.ended += len(delivered.outcomes)
        self.failed += sum(not isinstance(outcome, Created) for outcome in delivered.outcomes)
        if not self.limit.is_passed(self.failed, self.ended):
            return None
        return TooManyErrorsError(f"{self.failed} of {self.ended} events failed, more than were allowed")


def stopped(error: BaseException) -> StoppedError:
    """Return the error of the events that a stopped run did not send."""
    reason = StoppedError(f"Not sent, because the run had stopped: {error}")
    reason.__cause__ = error
    return reason
