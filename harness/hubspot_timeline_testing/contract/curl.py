"""A request as a line for a POSIX shell: curl, with the token from the environment."""

from collections.abc import Iterator

from hubspot_timeline_testing.contract.url_guard import host_of, is_loopback
from hubspot_timeline_testing.contract.seen import AUTHORIZATION, SeenRequest

_TOKEN = f'-H "{AUTHORIZATION}: Bearer $HUBSPOT_TIMELINE_TOKEN"'
_LONGEST_ARGUMENT = 100_000
"""Bytes; Linux takes no argument of 128 KiB. What printf, which a shell has built in, prints may be longer."""


def curl_line(request: SeenRequest) -> str:
    """Return the line. A body that is not printable text on one line comes from printf, whatever its bytes."""
    words = " ".join(("curl -sS -i -g --path-as-is", *_words(request)))
    if request.body is None or _is_plain(request.body):
        return words
    return f"printf {_octal(request.body)} | {words}"


def _words(request: SeenRequest) -> Iterator[str]:
    if is_loopback(host_of(request.url)):
        yield "--noproxy '*'"
    yield "--head" if request.method == "HEAD" else f"-X {quoted(request.method)}"
    if request.with_token:
        yield _TOKEN
    for name, value in request.headers.items():
        yield f"-H {_header(name, value)}"
    if request.body is not None:
        yield from _body(request)
    yield quoted(request.url)


def _body(request: SeenRequest) -> Iterator[str]:
    if not any(name.lower() == "content-type" for name in request.headers):
        yield "-H 'Content-Type:'"  # else curl makes a form of it
    body = request.body or b""
    yield f"--data-raw {quoted(body.decode())}" if _is_plain(body) else "--data-binary @-"


def _header(name: str, value: str) -> str:
    if not value:
        return quoted(f"{name};")  # what curl writes a header without a value as
    line = f"{name}: {value}"
    return quoted(line) if line.isascii() and line.isprintable() else f'"$(printf {_octal(line.encode("latin-1"))})"'


def quoted(text: str) -> str:
    """Return text as one word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _is_plain(body: bytes) -> bool:
    try:
        return len(body) < _LONGEST_ARGUMENT and body.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _octal(body: bytes) -> str:
    signs = (chr(byte) if 32 <= byte < 127 and byte not in b"'\\%" else f"\\{byte:03o}" for byte in body)
    return f"'{''.join(signs)}'"
