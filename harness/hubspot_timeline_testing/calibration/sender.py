"""Sends the requests of a calibration: counted, paced at half the rate limit, and again after passing faults."""

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from threading import Timer
from typing import Any

import httpx
from attrs import define, field

from hubspot_timeline_testing.calibration.messages import Exchange, Request

MAX_REQUESTS = 120
"""The most requests of one run, whatever it is about."""

INTERVAL = 2 * 10 / 110
"""The seconds between requests at half of what OAuth apps may send."""

LIMIT, LIMIT_INTERVAL = "x-hubspot-ratelimit-max", "x-hubspot-ratelimit-interval-milliseconds"
_MAX_DIGITS = 12
_ATTEMPTS = 4
_BUSY = frozenset({423, 429, 477})  # refused for now, and certainly not executed
_MAX_WAIT = 60.0
_MAX_INTERVAL = 10.0
_MAX_BODY = 10_000_000


class UndecidedError(Exception):
    """An experiment cannot decide its facts; the text says why."""


class RefusedError(UndecidedError):
    """Nothing more can be found out through this API."""


@define
class Sender:
    """Sends within what was announced: `max_requests`, and `max_events`, by the ids that requests may create.

    `mask`: takes the secrets out of a body. `timeout`: the seconds for a whole response. `max_wait`: those of all
    pauses together. `interval`: the seconds between requests, which the rate limit of a response changes. `exchanges`:
    since the last experiment began. `is_cleaning_up`: whether requests are sent however low the limit is.
    `limit_headers` and `error_fields`: what responses had so far.
    """

    client: httpx.Client
    token: str = field(repr=False)
    mask: Callable[[Any], Any]
    max_requests: int
    max_events: int
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    timeout: float = 30.0
    max_wait: float = 600.0
    interval: float = INTERVAL
    is_cleaning_up: bool = False
    requests: int = 0
    events: set[str] = field(factory=set)
    exchanges: list[Exchange] = field(factory=list)
    limit_headers: dict[str, str] = field(factory=dict)
    error_fields: set[str] = field(factory=set)
    _next: float = 0.0
    _socket: socket.socket | None = None

    def send(self, build: Callable[[], Request]) -> Exchange:
        """Return the response to a request, which is built anew for each attempt. Raises UndecidedError without one."""
        problem, was_lost = "", False
        for attempt in range(_ATTEMPTS):
            request = build()
            self._keep_pace()
            self._count(request)
            response = self._response(request)
            if isinstance(response, httpx.Response) and not _is_passing(response.status_code):
                return self._accepted(Exchange.of(request, response, self.mask, was_lost=was_lost))
            if isinstance(response, httpx.Response) and response.status_code == 429 and b"DAILY" in response.content:
                raise RefusedError("the daily limit is used up")
            problem = str(response) if isinstance(response, str) else f"answered {response.status_code}"
            was_lost |= isinstance(response, str) or response.status_code not in _BUSY
            self.pause(_wait(response, attempt))
        raise UndecidedError(f"{_ATTEMPTS} requests in a row failed; the last: the server {problem}")

    def send_fast(self, request: Request) -> Exchange | None:
        """Send a request at once and without a repetition; return the response if it is a 429."""
        self._count(request)
        response = self._once(request)
        if isinstance(response, str) or response.status_code != 429:
            return None
        return self._accepted(Exchange.of(request, response, self.mask, was_lost=False))

    @property
    def remaining(self) -> int:
        """How many requests may still be sent."""
        return self.max_requests - self.requests

    def _count(self, request: Request) -> None:
        if self.remaining < 1:
            raise UndecidedError(f"the {self.max_requests} requests that were announced are used up")
        if len(self.events.union(request.creates)) > self.max_events:
            raise UndecidedError(f"more than the {self.max_events} events that were announced could be created")
        self.requests += 1
        self.events.update(request.creates)

    def pause(self, seconds: float) -> None:
        """Wait. Raises RefusedError if the waits of the run are used up."""
        if seconds > self.max_wait:
            raise RefusedError("the time for waits is used up")
        self.max_wait -= seconds
        self.sleep(seconds)

    def check_limit(self) -> None:
        """Raise RefusedError if the server states a limit that is too low for a run."""
        if self.interval > _MAX_INTERVAL:
            raise RefusedError("the limit that the server states is too low")

    def _keep_pace(self) -> None:
        if not self.is_cleaning_up:
            self.check_limit()
        self.pause(min(max(0.0, self._next - self.clock()), _MAX_INTERVAL))

    def _response(self, request: Request) -> httpx.Response | str:
        response = self._once(request)
        if isinstance(response, httpx.Response):
            self.interval = _interval(response.headers) or self.interval
        self._next = self.clock() + self.interval
        return response

    def _once(self, request: Request) -> httpx.Response | str:
        authorization = f"Bearer {self.token}" if request.authorization is None else request.authorization
        headers = {"accept": request.accept} | ({"authorization": authorization} if authorization else {})
        self.client.cookies.clear()  # a server's cookie may be one that no request can carry
        content, end = bytearray(), self.clock() + self.timeout
        timer = Timer(self.timeout, self._hang_up)
        timer.daemon = True
        extensions = {"trace": partial(self._trace, timer)}
        try:
            with self.client.stream(
                request.method, request.path, json=request.body, headers=headers, extensions=extensions
            ) as response:
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > _MAX_BODY:
                        return f"sent more than {_MAX_BODY:,} bytes"
                    if self.clock() > end:
                        break
            if self.clock() > end:  # httpx's timeout is that of each read
                return f"did not respond within {self.timeout:g} s"
            response.headers.pop("content-encoding", None)  # what it says is done
            return httpx.Response(response.status_code, headers=response.headers, content=bytes(content))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"did not respond ({type(error).__name__})"
        finally:
            timer.cancel()

    def _trace(self, timer: Timer, event: str, info: Mapping[str, Any]) -> None:
        if timer.ident is None:
            timer.start()  # here, since a transport without a network needs no thread
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")

    def _hang_up(self) -> None:
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)  # ends the read of the other thread

    def _accepted(self, exchange: Exchange) -> Exchange:
        self.exchanges.append(exchange)
        self.limit_headers |= {name: text for name, text in exchange.headers.items() if "ratelimit" in name}
        if not exchange.is_success and isinstance(exchange.body, dict):
            self.error_fields |= exchange.body.keys()
        if exchange.status in (401, 403) and not exchange.request.is_about_access:
            raise RefusedError(f"the server refuses the access token: {exchange}")
        return exchange


def unforeseen(error: Exception) -> str:
    """Return the reason why a defect of our own leaves something undecided."""
    return f"unforeseen {type(error).__name__}: {error}"


def number_in(headers: Mapping[str, str], name: str) -> int | None:
    """Return the positive number in a header, None without one, or with one that is too long to be meant."""
    text = headers.get(name, "")
    return int(text) or None if text.isdecimal() and len(text) <= _MAX_DIGITS else None


def _is_passing(status: int) -> bool:
    return status >= 500 or status in _BUSY


def _interval(headers: httpx.Headers) -> float | None:
    """Return the seconds between requests that use half of the limit in the headers of a response."""
    limit, milliseconds = number_in(headers, LIMIT), number_in(headers, LIMIT_INTERVAL)
    return 2 * milliseconds / 1000 / limit if limit and milliseconds else None


def _wait(response: httpx.Response | str, attempt: int) -> float:
    """Return the seconds until the next attempt. Raises RefusedError if the server asks for too many."""
    seconds = 10.0 if isinstance(response, httpx.Response) and response.status_code == 429 else 2.0**attempt
    text = response.headers.get("retry-after", "") if isinstance(response, httpx.Response) else ""
    seconds = float(text) if text.isdecimal() else seconds
    if seconds > _MAX_WAIT:
        raise RefusedError(f"the server asks for a wait of more than {_MAX_WAIT:g} s")
    return seconds
