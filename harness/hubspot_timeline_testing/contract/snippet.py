"""A request as lines of Python: httpx, with the token from the environment."""

from collections.abc import Iterator

from hubspot_timeline_testing.contract.url_guard import host_of, is_loopback
from hubspot_timeline_testing.contract.seen import AUTHORIZATION, SeenRequest

_TOKEN = f"    ({AUTHORIZATION!r}, f\"Bearer {{os.environ['HUBSPOT_TIMELINE_TOKEN']}}\"),"


def python_lines(request: SeenRequest) -> str:
    """Return a program that sends the request once more and prints the answer."""
    return "\n".join(_lines(request)) + "\n"


def _lines(request: SeenRequest) -> Iterator[str]:
    yield from ("import os", "") if request.with_token else ()
    yield from ("import httpx", "", "headers = [")
    if request.with_token:
        yield _TOKEN
    for name, value in request.headers.items():
        yield f"    ({name!a}, {_value(value)}),"
    yield "]"
    yield from _call(request)
    yield from ("print(response.status_code)", "print(response.text[:2000])")


def _call(request: SeenRequest) -> Iterator[str]:
    yield "response = httpx.request("
    yield f"    {request.method!a},"
    yield f"    {request.url!a},"
    yield "    headers=headers,"
    if request.body is not None:
        yield f"    content={request.body!r},"
    if is_loopback(host_of(request.url)):
        yield "    trust_env=False,  # no proxy"
    yield "    follow_redirects=False,"
    yield "    timeout=30,"
    yield ")"


def _value(value: str) -> str:
    return repr(value) if value.isascii() else repr(value.encode("latin-1"))
