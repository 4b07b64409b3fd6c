"""What both clients have in common: their options, and nothing that waits."""

import inspect
import logging
import random
import time
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, ClassVar, Self, TypedDict, Unpack, get_args
from urllib.parse import urlsplit

from attrs import frozen

from hubspot_timeline.apis import V3_VERSION, open_apis
from hubspot_timeline.auth.credentials import AccessTokenLike, credentials_from_environment, token_source
from hubspot_timeline.auth.oauth import OnRenewal
from hubspot_timeline.auth.secret import hidden
from hubspot_timeline.config import (
    BASE_URL,
    api_from_environment,
    app_id_from_environment,
    base_url_from_environment,
    rate_limit_store_from_environment,
    validated_app_id,
    validated_base_url,
)
from hubspot_timeline.delivery.batches import BatchLimits
from hubspot_timeline.delivery.engine import DeliveryOptions
from hubspot_timeline.delivery.observation import Notifier
from hubspot_timeline.delivery.outcomes import Duplicates
from hubspot_timeline.delivery.retry import ErrorLimit, RetryPolicy
from hubspot_timeline.errors import AuthenticationError, OptionError, StoppedError, require_count, type_of
from hubspot_timeline.execution.forks import leave_to_the_parent, renew_after_fork
from hubspot_timeline.http.connection import Connection, TransportName
from hubspot_timeline.journal.store import Journal
from hubspot_timeline.observability.observer import Observer, default_observer
from hubspot_timeline.rate_limit import RateLimit, Unavailable, open_rate_limiter
from hubspot_timeline_api.models import TimelineEvent

_log = logging.getLogger(__name__)

_DEFAULT_RATE_LIMIT = RateLimit()

# Arguments that may hold secrets: a URL may have a password.
_SECRET_OPTIONS = {"token", "rate_limit_store", "httpx_args"}


@frozen
class Runtime:
    """Time and chance, which tests replace: a clock in seconds, a sleep, a random number from 0 to 1."""

    clock: Callable[[], float] | None = None
    sleep: Callable[[float], Any] | None = None
    chance: Callable[[], float] = random.random


class ClientOptions(TypedDict, total=False):
    """The options of a client besides its access token, as keyword arguments."""

    base_url: str
    api: str
    fallback_api: str | None
    event_types: Mapping[str, str] | str | Path | None
    app_id: int | None
    batch: BatchLimits | None
    retry: RetryPolicy | None
    duplicates: Duplicates
    rate_limit: RateLimit | None
    rate_limit_store: str
    error_limit: ErrorLimit | None
    max_in_flight: int
    timeout: float
    httpx_args: Mapping[str, Any] | None
    transport: TransportName
    observer: Observer | None


class BaseClient:
    """Options of a client.

    `token`: an OAuth access token, an OAuthRefresh that fetches access tokens, or a function that returns one each time
    it is called (see AccessTokenLike). Logs, reprs and errors never show any of them.
    `base_url`: scheme, host and path prefix; plain http is allowed for this machine only.
    `api`: "v3", or the version of app events, such as "2026-09". `fallback_api`: such a version, which takes the place
    of v3 for good once v3 refuses every access token, as it does after an app has migrated. `event_types`: the
    eventTypeName for each eventTemplateId, or the file `event-types.json` with them, by which events of v3 are
    converted to app events.
    `app_id`: the app whose templates `timeline.templates` manages; sending events needs none.
    `batch`: how many events and bytes a request may hold. `retry`: how often and how long to retry.
    `duplicates`: what `send`, `stream` and queues make of an event whose id existed before this run: "reject" makes it
    Rejected, since the event with this id may be another one, which would then hide a loss; "ok" makes it Created with
    `existed=True`, for ids that name their event, such as those of a job that may run twice.
    `rate_limit`: requests per time window; None for no limit. `rate_limit_store`: which clients share it: `memory:`
    this client alone, `sqlite:PATH` all clients on this machine with the same file, `redis://host:port/0#name` all
    clients with the same server and name (needs hubspot-timeline[redis]).
    `error_limit`: how many events of one call may fail before the rest is left unsent; None for any number.
    `max_in_flight`: how many requests of one call of `send` or `stream` may be under way at once.
    `timeout`: seconds for each of connect and write, and for the whole response once the request is sent.
    `httpx_args`: passed to the httpx client: proxies, certificates, a transport.
    `transport`: "httpx", or "pyqwest", whose HTTP is compiled and takes less CPU (needs hubspot-timeline[speed]). A
    request may take twice its `timeout`, and Ctrl-C waits for the response.
    `observer`: is called with what the client does (see Observer), such as an OpenTelemetryObserver.

    Raises OptionError for a value that is not allowed.
    """

    _runtime: ClassVar[Runtime] = Runtime()

    def __init__(
        self,
        token: AccessTokenLike,
        *,
        base_url: str = BASE_URL,
        api: str = V3_VERSION,
        fallback_api: str | None = None,
        event_types: Mapping[str, str] | str | Path | None = None,
        app_id: int | None = None,
        batch: BatchLimits | None = None,
        retry: RetryPolicy | None = None,
        duplicates: Duplicates = "reject",
        rate_limit: RateLimit | None = _DEFAULT_RATE_LIMIT,
        rate_limit_store: str = "memory:",
        error_limit: ErrorLimit | None = None,
        max_in_flight: int = 4,
        timeout: float = 60.0,
        httpx_args: Mapping[str, Any] | None = None,
        transport: TransportName = "httpx",
        observer: Observer | None = None,
    ) -> None:
        # First of all, since a traceback may show the values of arguments.
        token, rate_limit_store, httpx_args = hidden(token), hidden(rate_limit_store), hidden(dict(httpx_args or {}))
        _require_type("batch", batch, BatchLimits)
        _require_type("retry", retry, RetryPolicy)
        _require_type("rate_limit", rate_limit, RateLimit)
        _require_type("error_limit", error_limit, ErrorLimit)
        _require_type("observer", observer, Observer)
        if duplicates not in get_args(Duplicates):
            raise OptionError(f"duplicates is {duplicates!r}; it must be one of {', '.join(get_args(Duplicates))}")
        if transport not in get_args(TransportName):
            raise OptionError(f"transport is {transport!r}; it must be one of {', '.join(get_args(TransportName))}")
        require_count("max_in_flight", max_in_flight)
        _require_timeout(timeout)
        if rate_limit is None and rate_limit_store != "memory:":
            raise OptionError("rate_limit_store is set, but rate_limit is None; set it too, or omit rate_limit_store")
        clock = self._runtime.clock
        base_url = validated_base_url(base_url)
        self._notifier = _notifier(observer or default_observer(), base_url, clock)
        self._apis = open_apis(api, fallback_api, event_types_of(event_types))
        self._connection = Connection(
            tokens=token_source(token, clock, self._on_renewal),
            base_url=base_url,
            timeout=timeout,
            max_in_flight=max_in_flight,
            httpx_args=httpx_args or {},
            clock=clock or time.monotonic,
            transport=transport,
        )
        self._app_id = validated_app_id(app_id)
        self._batch_limits = batch or BatchLimits()
        self._delivery_options = DeliveryOptions(self._apis, retry or RetryPolicy(), self._runtime.chance, duplicates)
        self._error_limit = error_limit or ErrorLimit()
        self._max_in_flight = max_in_flight
        self._open_rate_limiter = partial(open_rate_limiter, rate_limit_store, rate_limit, clock)
        self._rate_limiter = self._open_rate_limiter()
        self._runs: set[Any] = set()  # of the driver's own type; each has abort()
        self._closed = False
        self._last_stop: StoppedError | None = None
        renew_after_fork(self, BaseClient._reopen_after_fork)
        try:
            self._open()
        except OptionError:
            self._rate_limiter.close()
            raise
        except Exception as error:  # missing certificates, a proxy whose library is not installed
            self._rate_limiter.close()
            error.__traceback__ = None  # the frames of httpx have the password of a proxy
            raise OptionError(f"httpx cannot be set up ({type(error).__name__}: {error})") from error

    @classmethod
    def from_env(cls, **options: Unpack[ClientOptions]) -> Self:
        """Return a client configured by environment variables; `options` take precedence.

        HUBSPOT_TIMELINE_TOKEN holds an access token; without it HUBSPOT_TIMELINE_CLIENT_ID,
        HUBSPOT_TIMELINE_CLIENT_SECRET and HUBSPOT_TIMELINE_REFRESH_TOKEN are used to fetch one.
        Optional: HUBSPOT_TIMELINE_BASE_URL, HUBSPOT_TIMELINE_API, HUBSPOT_TIMELINE_RATE_LIMIT_STORE and
        HUBSPOT_TIMELINE_APP_ID.
        A pool reads its accounts from the file or folder HUBSPOT_TIMELINE_ACCOUNTS instead (see `read_accounts`).
        Raises OptionError if the credentials are missing.
        """
        if "base_url" not in options:
            options["base_url"] = base_url_from_environment()
        options.setdefault("api", api_from_environment())
        options.setdefault("rate_limit_store", rate_limit_store_from_environment())
        if "app_id" not in options:
            options["app_id"] = app_id_from_environment()
        values: Any = options
        for name in _SECRET_OPTIONS.intersection(options):  # as in the constructor
            values[name] = hidden(values[name])
        return cls(cls._credentials_from_environment(), **options)

    @staticmethod
    def _credentials_from_environment() -> Any:
        return credentials_from_environment()

    @property
    def _on_renewal(self) -> OnRenewal | None:
        return self._notifier.token_renewed if self._notifier else None

    def stop(self, reason: str = "stop() was called") -> None:
        """Let the calls of send and stream end: requests under way are finished, the other events are Unsent.

        Returns at once. A TimelineClient may be stopped from any thread or signal handler, an AsyncTimelineClient from
        its event loop.
        """
        self._last_stop = StoppedError(reason)
        for run in list(self._runs):
            run.abort(self._last_stop)

    def _register(self, run: Any, last_stop: StoppedError | None) -> None:
        """Let `stop` and `close` abort a run, also if they were called since its call began.

        `last_stop`: that of the client when the call began, which may first have opened a journal or listed templates.
        """
        self._runs.add(run)
        if self._closed:
            run.abort(StoppedError("the client is closed"))
        elif self._last_stop is not None and self._last_stop is not last_stop:
            run.abort(self._last_stop)

    def _require_v3(self) -> None:
        """Raise OptionError unless single events can be created and read, as those of v3."""
        if (version := self._apis.primary.version) != V3_VERSION:
            raise OptionError(
                f"timeline.events is for v3, and api is {version}; send() creates app events, none can be read"
            )

    def _go_on_without_templates(self, error: AuthenticationError) -> None:
        """Log that events are not validated, since v3 has ended. Raises the error unless another API may take them."""
        if self._apis.primary.version == V3_VERSION and not self._apis.fallback:
            raise error
        _log.warning("Events are not validated against their templates, which v3 refuses to list: %s", error)

    @property
    def _app_events_version(self) -> str:
        for api in (self._apis.primary, self._apis.fallback):
            if api and api.version != V3_VERSION:
                return api.version
        raise OptionError("api is v3, which has templates instead of event types; use api='2026-09'")

    def _open(self) -> None:
        """Open the connections."""

    def _reopen_after_fork(self) -> None:
        """Start afresh in a forked child, which must not use the connections of its parent."""
        leave_to_the_parent(dict(vars(self)))
        self._connection.tokens.reset_locks()
        try:
            self._rate_limiter = self._open_rate_limiter()
        except OptionError as error:
            self._rate_limiter = Unavailable(error)
        self._open()

    def _open_journal(self, path: str | Path | None) -> Journal | None:
        return None if path is None else Journal(path, self._connection.base_url, self._apis.primary.version)

    def __repr__(self) -> str:
        connection = getattr(self, "_connection", None)  # a debugger shows a client whose constructor failed as well
        return f"{type(self).__name__}(base_url={connection and connection.base_url!r})"


def event_types_of(event_types: Mapping[str, str] | str | Path | None) -> Mapping[str, str] | None:
    """Return the event type for each template, from a file if a path is given. Raises FileError, and OptionError."""
    if isinstance(event_types, str | Path):
        from hubspot_timeline.files.event_types import read_event_types  # noqa: PLC0415 - few clients need it

        return read_event_types(str(event_types))
    _require_type("event_types", event_types, Mapping)
    return None if event_types is None else {str(template): name for template, name in event_types.items()}


def refuse_coroutine_functions(**callbacks: object) -> None:
    """Raise OptionError for callbacks that would never be awaited."""
    for name, callback in callbacks.items():
        if inspect.iscoroutinefunction(callback):
            raise OptionError(f"{name} is a coroutine function; pass a plain function that does not block")


def require_iterable_of_events(events: object, *, is_async: bool) -> None:
    """Raise OptionError for an object that is not an iterable of events."""
    if isinstance(events, AsyncIterable) and not isinstance(events, Iterable) and not is_async:
        raise OptionError(f"events is {type_of(events)}, which only AsyncTimelineClient can iterate over")
    if isinstance(events, str | bytes | Mapping | TimelineEvent) or not isinstance(events, Iterable | AsyncIterable):
        raise OptionError(f"events is {type_of(events)}; give an iterable of events, such as a list")


def _notifier(observer: Observer | None, base_url: str, clock: Callable[[], float] | None) -> Notifier | None:
    if observer is None:
        return None
    url = urlsplit(base_url)
    port = url.port or (443 if url.scheme == "https" else 80)
    return Notifier(observer, clock or time.monotonic, url.hostname or "", port)


def _require_type(name: str, value: object, expected: type) -> None:
    if value is not None and not isinstance(value, expected):
        example = f"{expected.__name__}({value!r})" if isinstance(value, int) else f"a {expected.__name__}"
        raise OptionError(f"{name} is {value!r}; give {example}")


def _require_timeout(timeout: object) -> None:
    if not isinstance(timeout, int | float) or not 0 < timeout < inf:
        raise OptionError(f"timeout is {timeout!r}; it must be more than 0 seconds, and finite")
