"""The connection of a client: its settings, the generated client opened with them, and the errors of httpx as ours."""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

import httpx
from msgspec import Struct

from hubspot_timeline.auth.sources import TokenSource
from hubspot_timeline.config import is_loopback
from hubspot_timeline.errors import (
    ApiError,
    AuthenticationError,
    CertificateError,
    ConnectionLostError,
    NotConnectedError,
    OptionError,
    TimelineError,
)
from hubspot_timeline.http.headers import rate_limit_of
from hubspot_timeline.http.log_filter import install_filter, redact_logs_of
from hubspot_timeline.http.network_stream import limit_response, may_be_unsolicited, timeout_of
from hubspot_timeline.http.pyqwest_transport import pyqwest_args
from hubspot_timeline.http.redaction import quotes_credentials, redacted_text
from hubspot_timeline.http.responses import error_of
from hubspot_timeline.rate_limit import RateLimiter
from hubspot_timeline_api import AuthenticatedClient

# Errors after which it is certain that no request has left, if a transport of httpx raises them before it sends. Others
# raise ConnectError also for a connection that was reset after the request, and so may a hook of the user's own.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
# What the texts of httpx and of pyqwest contain if a certificate is the reason.
_UNVERIFIED = ("CERTIFICATE_VERIFY_FAILED", "invalid peer certificate")
_TRANSPORTS_OF_HTTPX = (
    type(None),
    httpx.HTTPTransport,
    httpx.AsyncHTTPTransport,
    httpx.MockTransport,
)

# Seconds between a permit and its request that the margin of the rate limit covers.
_LATE = 0.02

# Arguments of httpx that callers must not set: redirects would send the access token elsewhere; no cookie is ever sent.
_RESERVED_ARGS = {"auth", "base_url", "cookies", "follow_redirects", "timeout"}

# Arguments of httpx that may need certificates even for plain http.
_TLS_ARGS = {"cert", "mounts", "proxy", "trust_env", "verify"}

TransportName: TypeAlias = Literal["httpx", "pyqwest"]


class Connection(Struct, frozen=True):
    """Where and how to connect: `timeout` in seconds for each of connect and write, and for a whole response."""

    tokens: TokenSource
    base_url: str
    timeout: float
    max_in_flight: int
    httpx_args: Mapping[str, Any]
    clock: Callable[[], float] = time.monotonic
    transport: TransportName = "httpx"

    def prepare(self, request: httpx.Request, *, is_async: bool) -> None:
        """Let the timeout of a request limit its whole response, and let no log show its credentials."""
        redact_logs_of(request)
        limit_response(request, self.timeout, self.clock, is_async=is_async)

    def open(self, request_hook: Any, response_hook: Any, auth: httpx.Auth, *, is_async: bool) -> AuthenticatedClient:
        """Return the generated client; a hook receives every request, the other every response before generated code.

        `auth` sets the header of each request, since the access token may change between two requests.
        """
        if reserved := _RESERVED_ARGS & self.httpx_args.keys():
            raise OptionError(f"httpx_args contains {min(reserved)}, which the client sets itself; remove it")
        is_local = is_loopback(self.base_url)
        args = {
            "limits": httpx.Limits(max_connections=None, max_keepalive_connections=self.max_in_flight),
            # A proxy of the environment would receive the access token in plain text on its way to this machine.
            "trust_env": not is_local,
            **self.httpx_args,
            "auth": auth,
        }
        if self.transport == "pyqwest":
            trust_env = args["trust_env"]
            args |= pyqwest_args(
                self.httpx_args, self.timeout, self.max_in_flight, trust_env=trust_env, is_async=is_async
            )
        elif self.base_url.startswith("http:"):
            if not self.httpx_args.keys() & _TLS_ARGS:
                args["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to load certificates takes 40 ms
        elif is_local and not self.httpx_args.keys() & {"verify", "trust_env"}:
            args["verify"] = httpx.create_ssl_context()  # SSL_CERT_FILE applies here too
        install_filter()
        headers = httpx.Headers(args.pop("headers", None))
        headers.setdefault("Accept-Encoding", "gzip")
        hooks = dict(args.get("event_hooks", {}))
        args["event_hooks"] = {
            "request": [*hooks.get("request", ()), request_hook],
            "response": [*hooks.get("response", ()), response_hook],
        }
        return AuthenticatedClient(
            base_url=self.base_url,
            token="",
            timeout=httpx.Timeout(self.timeout, pool=None),
            headers=dict(headers),
            verify_ssl=args.pop("verify", True),
            httpx_args=args,
        )

    def error_of(self, response: httpx.Response, content: bytes) -> ApiError:
        """Return the error of a response; after a 401 the token source replaces its access token, if it can."""
        error = error_of(response, content)
        error.may_be_unsolicited = may_be_unsolicited(response)
        header = response.request.headers.get("Authorization")
        if isinstance(error, AuthenticationError) and header:
            error.is_refreshable = self.tokens.invalidate(header)
        return error

    @contextmanager
    def errors(self, request: httpx.Request, advice: str) -> Iterator[None]:
        """Turn errors of httpx into ours; `advice` is what to do where the response is lost.

        An error that quotes a credential of the request, such as a malformed response, is not the cause of ours: a
        traceback would show its text.
        """
        try:
            yield
        except TimelineError:
            raise
        except Exception as error:
            name = type(error).__name__
            description = redacted_text(request, f"{name}: {error}" if str(error) else name)
            cause = None if quotes_credentials(request, error) else error
            if isinstance(error, _NOT_SENT) and not self._may_be_sent(request):
                if any(text in description for text in _UNVERIFIED):
                    raise CertificateError(
                        f"The certificate of {self.base_url} cannot be verified ({description}). Check the URL, or "
                        "name the file of your own CA in SSL_CERT_FILE."
                    ) from cause
                raise NotConnectedError(
                    f"No connection to {self.base_url} ({description}). Check the base URL, the network and the proxy."
                ) from cause
            if isinstance(error, httpx.RequestError | httpx.StreamError):
                broken = f"The connection to {self.base_url} broke before the response was complete"
                raise ConnectionLostError(f"{broken} ({description}). {advice}") from cause
            if cause:
                raise
            raise RuntimeError(description) from None  # of a user's transport or hook

    def _may_be_sent(self, request: httpx.Request) -> bool:
        if getattr(request.extensions["timeout"].get("read"), "is_sent", False):
            return True
        transports = [self.httpx_args.get("transport"), *(self.httpx_args.get("mounts") or {}).values()]
        return any(type(transport) not in _TRANSPORTS_OF_HTTPX for transport in transports)


def remove_stored_headers(http: httpx.Client | httpx.AsyncClient) -> None:
    """Let a client of httpx add no header of its own accord: neither the generated client's token nor cookies."""
    del http.headers["Authorization"]
    http.cookies.extract_cookies = _ignore_cookies  # type: ignore[method-assign] # takes httpx a tenth of a request


def _ignore_cookies(response: httpx.Response) -> None:
    """Store none."""


def update_rate_limiter(limiter: RateLimiter, response: httpx.Response) -> None:
    """Report to a rate limiter what limit a response names, and when its request was sent."""
    if "Authorization" not in response.request.headers:  # a token refresh, which has no permit, and a limit of its own
        return
    if limit := rate_limit_of(response):
        limiter.update(limit)
    timeout = timeout_of(response.request)
    if timeout.sent and timeout.sent - timeout.began > _LATE:
        limiter.move_permit(timeout.began, timeout.sent)
