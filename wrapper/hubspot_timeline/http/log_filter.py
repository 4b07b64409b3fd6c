"""A filter for the logs of httpx and its libraries, which show what a service quotes of the access token.

httpx logs the reason phrase of each response, and at level DEBUG httpcore all headers of responses and the text of a
malformed one. For HTTP/2, hpack logs the headers of requests.
"""

import logging
from contextvars import ContextVar

import httpx

from hubspot_timeline.http.redaction import credentials_of, without

# A filter of a logger is not applied to the loggers below it.
_LOGGERS = (
    "httpx",
    *(f"httpcore.{name}" for name in ("connection", "http11", "http2", "proxy", "socks")),
    *("hpack.hpack", "hpack.table"),
)

_credentials: ContextVar[tuple[str, ...]] = ContextVar("_credentials", default=())


class _CredentialFilter(logging.Filter):
    """Redacts the credentials of the last request of this thread or task."""

    def filter(self, record: logging.LogRecord) -> bool:
        credentials = _credentials.get()
        if credentials and record.name.startswith("hpack"):  # also compressed, in which they would not be found
            return False
        message = text = record.getMessage()
        for secret in credentials:
            text = without(secret, text)
        if text != message:
            record.msg, record.args = text, ()
        return True


_filter = _CredentialFilter()


def install_filter() -> None:
    """Let the loggers of httpx and its libraries redact the credentials of requests."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_filter)  # once: a logger ignores a filter that it has


def redact_logs_of(request: httpx.Request) -> None:
    """Redact the credentials of a request in what this thread or task logs from now on."""
    _credentials.set(credentials_of(request))
