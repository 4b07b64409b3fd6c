"""Sends the requests of httpx through pyqwest, whose HTTP is compiled (reqwest and hyper, in Rust).

Its defaults follow redirects, use the proxies of the environment and trace; none of it is wanted here. Nothing tells on
which connection a request is sent. So each response may be unsolicited, except those of a second pool, which keeps no
connection.
"""

import logging
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from hubspot_timeline.errors import OptionError
from hubspot_timeline.http.network_stream import ResponseTimeout, timeout_of

_log = logging.getLogger(__name__)

# Of other versions it is not known after which errors the request was not sent.
_VERSION = "0.12."

# Arguments of httpx that would have no effect.
_UNSUPPORTED_ARGS = {"cert", "http1", "http2", "limits", "transport"}

_KEEPALIVE = 5.0  # seconds, as in httpx

_used_by: int | None = None  # the process that has the threads of pyqwest


def pyqwest_args(
    given: Mapping[str, Any], timeout: float, max_idle: int, *, trust_env: bool, is_async: bool
) -> dict[str, Any]:
    """Return the arguments of httpx that replace the given ones: the transport, and what the transport applies itself.

    `timeout` in seconds limits connecting; that of each request limits the rest. None are replaced in a child forked
    from a process that has used pyqwest, since its threads are missing there, and no request would end.
    Raises OptionError for arguments that pyqwest does not support, and if it is not installed.
    """
    _require_pyqwest()
    if unsupported := _UNSUPPORTED_ARGS & given.keys():
        raise OptionError(f"httpx_args contains {min(unsupported)}, which transport='pyqwest' does not support")
    if _used_by not in (None, os.getpid()):
        _log.warning("This process was forked after pyqwest was used, so that httpx sends its requests instead")
        return {}
    from pyqwest import HTTPVersion  # noqa: PLC0415 - of an extra

    options = {
        **_certificates(given.get("verify", True)),
        "proxy": _proxy(given.get("proxy"), trust_env=trust_env),
        "http_version": HTTPVersion.HTTP1,
        "connect_timeout": timeout,
        "pool_idle_timeout": _KEEPALIVE,
        "use_system_dns": True,
        "follow_redirects": False,
        "enable_otel": False,
        "enable_gzip": False,  # read_body decodes, and limits the size
        "enable_brotli": False,
        "enable_zstd": False,
    }
    transport = _AsyncTransport(options, max_idle) if is_async else _Transport(options, max_idle)
    return {"transport": transport, "proxy": None, "verify": True}


class _Transport(httpx.BaseTransport):
    """A pool of connections that are reused, and one of connections that are not."""

    def __init__(self, options: Mapping[str, Any], max_idle: int) -> None:
        from pyqwest import SyncHTTPTransport  # noqa: PLC0415 - of an extra
        from pyqwest.httpx import PyqwestTransport  # noqa: PLC0415

        self._pools = [SyncHTTPTransport(**options, pool_max_idle_per_host=size) for size in (max_idle, 0)]
        self._reused, self._new = map(PyqwestTransport, self._pools)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        timeout = _begin(request)
        adapter = self._new if timeout.needs_new_connection else self._reused
        return _checked(adapter.handle_request(request), timeout)

    def close(self) -> None:
        for pool in self._pools:
            pool.close()


class _AsyncTransport(httpx.AsyncBaseTransport):
    """The same for an AsyncClient."""

    def __init__(self, options: Mapping[str, Any], max_idle: int) -> None:
        from pyqwest import HTTPTransport  # noqa: PLC0415 - of an extra
        from pyqwest.httpx import AsyncPyqwestTransport  # noqa: PLC0415

        self._pools = [HTTPTransport(**options, pool_max_idle_per_host=size) for size in (max_idle, 0)]
        self._reused, self._new = map(AsyncPyqwestTransport, self._pools)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        timeout = _begin(request)
        adapter = self._new if timeout.needs_new_connection else self._reused
        return _checked(await adapter.handle_async_request(request), timeout)

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()


def _begin(request: httpx.Request) -> ResponseTimeout:
    """Return the timeout of a request, and let its response be unsolicited if its connection may be reused."""
    global _used_by  # noqa: PLW0603 - as the threads of pyqwest, which the first request starts
    _used_by = os.getpid()
    timeout = timeout_of(request)
    timeout.is_on_reused_connection = not timeout.needs_new_connection
    return timeout


def _checked(response: httpx.Response, timeout: ResponseTimeout) -> httpx.Response:
    timeout.is_sent = True
    if response.status_code == 101:
        raise httpx.RemoteProtocolError("the response switches to another protocol, which was not asked for")
    return response


def _require_pyqwest() -> None:
    try:
        import pyqwest.httpx  # noqa: F401, PLC0415 - of an extra

        problem = f"pyqwest {version('pyqwest')} is installed"
    except ImportError as error:
        problem = f"{str(error.name).partition('.')[0]} is missing"
    if not problem.startswith(f"pyqwest {_VERSION}"):
        raise OptionError(
            f"transport='pyqwest' needs pyqwest {_VERSION}*: pip install 'hubspot-timeline[speed]' (in a clone: pip "
            f"install -e '.[speed]'; {problem})"
        )


def _certificates(verify: object) -> dict[str, Any]:
    if verify is True:
        return {"tls_include_system_certs": True}
    if not isinstance(verify, str):
        raise OptionError("verify in httpx_args is neither True nor the path of a file; transport='pyqwest' needs one")
    return {"tls_ca_cert": Path(verify).read_bytes()}


def _proxy(proxy: Any, *, trust_env: bool) -> Any:
    """Return the proxy for pyqwest; None lets it use those of the environment."""
    from pyqwest import Proxy  # noqa: PLC0415 - of an extra

    if proxy is not None:
        given = proxy if isinstance(proxy, httpx.Proxy) else httpx.Proxy(proxy)
        return Proxy(str(given.url), auth=given.auth, headers=given.headers.multi_items())
    return None if trust_env else Proxy("http://127.0.0.1:9", no_proxy="*,0.0.0.0/0,::/0")  # for no host at all
