"""What the threaded and the asynchronous client have in common: their options, and nothing that waits."""

import inspect
import os
import random
import time
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from hubspot_timeline.auth.credentials import TokenLike, credentials_from_environment, token_source
from hubspot_timeline.auth.secret import (
    BASE_URL,
    Secret,
    base_url_from_environment,
    checked_base_url,
)
from hubspot_timeline.config import app_id_from_environment, checked_app_id
from hubspot_timeline.delivery.batches import BatchLimits
from hubspot_timeline.delivery.retry import ErrorLimit, RetryPolicy
from hubspot_timeline.errors import (
    OptionError,
    StoppedError,
    require_count,
)
from hubspot_timeline.execution.forks import leave_to_the_parent, renew_after_fork
from hubspot_timeline.http.transport import Connection
from hubspot_timeline.rate_limit import RateLimit, Unavailable, open_pace
from hubspot_timeline_api.models import TimelineEvent

if TYPE_CHECKING:
    from hubspot_timeline.journal.store import Journal

RATE_STORE_VARIABLE = "HUBSPOT_TIMELINE_RATE_STORE"

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
    `app_id`: the app whose templates `timeline.templates` is about; events need none.
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
        app_id: int | None = None,
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
        seconds: object = timeout  # whatever a caller without a type checker gives
        if not isinstance(seconds, int | float) or not 0 < seconds < inf:
            raise OptionError(f"timeout is {timeout!r}; it must be more than 0 seconds, and finite")
        kinds = {"limits": BatchLimits, "retry": RetryPolicy, "rate": RateLimit, "errors": ErrorLimit}
        for name, given in (("limits", limits), ("retry", retry), ("rate", rate), ("errors", errors)):
            if given is not None and not isinstance(given, kinds[name]):
                raise OptionError(f"{name} is {given!r}; give a {kinds[name].__name__}")
        if rate is None and rate_store != "memory:":
            raise OptionError("rate_store is given, but rate is None, so that there is nothing to share")
        self._connection = Connection(
            tokens=token_source(token, clock),
            base_url=checked_base_url(base_url),
            timeout=timeout,
            in_flight=in_flight,
            httpx_args=dict(httpx_args or {}),
            clock=clock or time.monotonic,
        )
        self._app_id = checked_app_id(app_id)
        self._limits = limits or BatchLimits()
        self._retry = retry or RetryPolicy()
        self._errors = errors or ErrorLimit()
        self._open_pace = partial(open_pace, Secret(rate_store), rate, clock)  # a URL may hold a password
        self._pace = self._open_pace()
        self._in_flight = in_flight
        self._sleep = sleep
        self._chance = chance
        self._runs: set[Any] = set()  # of the driver's own kind; each has halt()
        self._closed = False
        renew_after_fork(self, BaseClient._leave_connections_to_the_parent)
        try:
            self._open()
        except OptionError:
            raise
        except Exception as error:  # certificates that are missing, a proxy whose library is
            raise OptionError(f"httpx cannot be set up ({type(error).__name__}: {error})") from error

    def _open(self) -> None:
        """Get ready to send."""

    def _leave_connections_to_the_parent(self) -> None:
        """Begin anew in a forked child, which must not speak on connections of its parent."""
        leave_to_the_parent(dict(vars(self)))
        self._connection.tokens.renew_locks()
        try:
            self._pace = self._open_pace()
        except OptionError as error:
            self._pace = Unavailable(error)
        self._open()

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """Return a client with the token in HUBSPOT_TIMELINE_TOKEN, or with what refreshes one.

        That is HUBSPOT_TIMELINE_CLIENT_ID, HUBSPOT_TIMELINE_CLIENT_SECRET and HUBSPOT_TIMELINE_REFRESH_TOKEN.
        HUBSPOT_TIMELINE_BASE_URL, if set, is where it sends to, HUBSPOT_TIMELINE_RATE_STORE its rate_store,
        HUBSPOT_TIMELINE_APP_ID its app_id. Raises OptionError if there is neither token.
        """
        store = os.environ.get(RATE_STORE_VARIABLE, "").strip() or "memory:"
        found = {"base_url": base_url_from_environment(), "rate_store": store}
        if "app_id" not in options:
            options["app_id"] = app_id_from_environment()
        return cls(credentials_from_environment(), **{**found, **options})

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
        from hubspot_timeline.journal.store import Journal  # noqa: PLC0415

        return Journal(path, self._connection.base_url)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._connection.base_url!r})"


def refuse_coroutine_functions(**callbacks: object) -> None:
    """Raise OptionError for callbacks that nobody would await."""
    for name, given in callbacks.items():
        if inspect.iscoroutinefunction(given):
            raise OptionError(f"{name} is a coroutine function; give a plain one, which is called and must not block")


def refuse_what_is_no_iterable_of_events(events: object, *, is_async: bool) -> None:
    """Raise OptionError for what can be iterated over, or not, but holds no events."""
    if isinstance(events, AsyncIterable) and not isinstance(events, Iterable) and not is_async:
        raise OptionError(f"events is a {type(events).__name__}, which only AsyncTimelineClient can iterate over")
    if isinstance(events, str | bytes | Mapping | TimelineEvent) or not isinstance(events, Iterable | AsyncIterable):
        raise OptionError(f"events is a {type(events).__name__}; give an iterable of events, such as a list")
