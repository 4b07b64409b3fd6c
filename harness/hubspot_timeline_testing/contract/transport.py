"""How requests leave: to one server only, through no proxy that loopback does not need, and not too fast."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import define, field
from requests import PreparedRequest, Request, RequestException, Session
from requests.exceptions import ChunkedEncodingError, ConnectionError, ContentDecodingError, Timeout  # noqa: A004
from requests.utils import get_environ_proxies
from schemathesis.core.rate_limit import parse_retry_after
from schemathesis.transport.requests import REQUESTS_TRANSPORT, RequestsTransport

from hubspot_timeline_testing.contract.deadline import Deadline, TooMuchError
from hubspot_timeline_testing.contract.url_guard import host_of, is_loopback
from hubspot_timeline_testing.contract.report import NOT_NOW

if TYPE_CHECKING:
    from schemathesis.core.transport import Response
    from schemathesis.generation.case import Case

_PATIENCE = 10
"""The run ends after so many requests in a row without an answer, or at first without one that tells something.

Or after so many in all whose answers took too long.
"""

_LATER_PATIENCE = 100
"""The same for answers that tell nothing, after some that did."""

_ATTEMPTS = 4
"""How often a request is sent once more because an answer with 429 asks for it, be it without any wait."""

_IN_THE_MIDDLE = (ChunkedEncodingError, ContentDecodingError)


@define
class Line:
    """What is known of the connection: why requests got no answer, and whether it is worth going on.

    `heard`: whether there was an answer at all, be it half of one. `broken`: what became of a request without an
    answer, by the id of its case. `waited`: seconds, because answers asked for it. `skipped`: the cases that were not
    sent any more.
    """

    max_wait: float
    sleep: Callable[[float], None] = time.sleep
    rate: int | None = None
    broken: dict[str, str] = field(factory=dict)
    waited: float = 0.0
    heard: bool = False
    skipped: set[str] = field(factory=set)
    _told: bool = False
    _in_vain: int = 0
    _unheard: int = 0
    _late: int = 0
    _next: float = 0.0

    def answer(self, status: int) -> None:
        """Take the status of an answer."""
        self.heard = True
        self._unheard = 0
        self._in_vain += 1
        if status not in NOT_NOW:
            self._told = True
            self._in_vain = 0

    def broke(self, case: str, error: RequestException) -> None:
        """Take the error of a request that got no answer."""
        self.broken[case] = _words(error)
        self.heard = self.heard or isinstance(error, _IN_THE_MIDDLE)
        self._in_vain += 1
        self._unheard += 1
        self._late += isinstance(error, Timeout)  # whose thread may stay for as long as the server does

    @property
    def is_hopeless(self) -> bool:
        """Whether enough was asked in a row that was not answered, or with nothing that told anything."""
        most = _LATER_PATIENCE if self._told else _PATIENCE
        return max(self._unheard, self._late) >= _PATIENCE or self._in_vain >= most

    def pace(self) -> None:
        """Wait until the next request may leave, so that there are no more than `rate` in a second."""
        if self.rate is None:
            return
        now = time.monotonic()
        self.sleep(max(self._next - now, 0))
        self._next = max(self._next, now) + 1 / self.rate

    def may_wait(self, seconds: float) -> bool:
        """Wait if that keeps within the bound of the run; tell whether it did."""
        if self.waited + seconds > self.max_wait:
            return False
        self.waited += seconds
        self.sleep(seconds)
        return True


def _words(error: RequestException) -> str:
    text = str(error)
    if isinstance(error, TooMuchError):
        return text
    if isinstance(error, _IN_THE_MIDDLE):
        return "broke the connection in the middle of its answer"
    if isinstance(error, Timeout):
        return "did not answer in time"
    if "refused" in text:
        return "could not be connected to: the connection was refused"
    if "reset" in text or "closed" in text or "aborted" in text:
        return "closed the connection without an answer"
    return f"could not be asked: {type(error).__name__}"


class Courier(RequestsTransport):
    """Schemathesis' transport, with what a run needs beside it: no redirects, no foreign proxy, a bounded patience."""

    def __init__(self, url: str, line: Line, timeout: float) -> None:
        super().__init__()
        self._copy_serializers_from(REQUESTS_TRANSPORT)
        self._line = line
        self._timeout = timeout
        self._options = way(url)

    def send(self, case: "Case[Any]", *, session: Session | None = None, **kwargs: Any) -> "Response":
        """Send a case; an answer with 429 and Retry-After is waited out as long as the bound of the run allows."""
        if session is not None:
            session.trust_env = False  # neither proxies nor .netrc: what is to be used of it is in the options
        for _ in range(_ATTEMPTS):
            response = self._once(case, session, kwargs)
            delay = parse_retry_after(response.headers.get("retry-after", [""])[0])
            if response.status_code != 429 or delay is None or not self._line.may_wait(delay):
                return response
        return self._once(case, session, kwargs)

    def _once(self, case: "Case[Any]", session: Session | None, kwargs: dict[str, Any]) -> "Response":
        self._line.pace()
        if self._line.is_hopeless:
            self._line.skipped.add(case.id)
            raise ConnectionError("given up")
        deadline = Deadline(self._timeout)
        options = kwargs | self._options | {"hooks": {"response": deadline.read}}
        try:
            response = deadline.keep(lambda: super(Courier, self).send(case, session=session, **options))
        except RequestException as error:
            if error.request is None:  # as of an answer that breaks off; it would not be recorded then
                error.request = self._prepared(case, kwargs)
            self._line.broke(case.id, error)
            raise
        self._line.answer(response.status_code)
        return response

    def _prepared(self, case: "Case[Any]", kwargs: dict[str, Any]) -> PreparedRequest:
        options = self.serialize_case(case, **kwargs)
        names = ("method", "url", "headers", "params", "data", "json", "files", "cookies", "auth")
        return Request(**{name: options[name] for name in names if name in options}).prepare()


def way(url: str) -> dict[str, Any]:
    """Return how requests takes a request there: no redirects, no foreign proxy, the certificates that are named."""
    bundle = next((os.environ[name] for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE") if os.environ.get(name)), True)
    proxies = {} if is_loopback(host_of(url)) else get_environ_proxies(url, no_proxy=None)
    return {"allow_redirects": False, "proxies": proxies, "verify": bundle}
