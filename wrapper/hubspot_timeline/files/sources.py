"""Opens the bytes of a file or of standard input, compressed with gzip or not."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hubspot_timeline.errors import TimelineError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STANDARD_INPUT = "-"
_GZIP = b"\x1f\x8b"
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
# Each read lets the threads that send take over, so that a small buffer makes reading wait for them.
_BUFFER_BYTES = 1 << 18


class FileError(TimelineError):
    """A file cannot be read, or not to its end; the message names it."""


def display_name(name: str) -> str:
    """Return the name of a file for messages."""
    return "standard input" if name == STANDARD_INPUT else name


@contextmanager
def open_bytes(name: str) -> Iterator[io.BufferedReader]:
    """Open a path, or standard input for `-`, for reading bytes: decompressed, and without a byte order mark.

    Raises FileError, also while reading, if there is no such file, or its gzip data is damaged.
    """
    try:
        with _raw(name) as raw:
            stream = _decompressed(raw)
            _skip_byte_order_mark(stream, name)
            yield stream
    except IsADirectoryError as error:
        raise FileError(f"{name} is a directory; name the files in it") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileError(f"{name} is damaged gzip data ({error}); the rows before the damage were read") from error
    except OSError as error:
        raise FileError(f"{name} cannot be read: {error.strerror or error}") from error


@contextmanager
def _raw(name: str) -> Iterator[io.BufferedReader]:
    if name != STANDARD_INPUT:
        with Path(name).open("rb", buffering=_BUFFER_BYTES) as file:
            yield cast("io.BufferedReader", file)
    elif sys.stdin is None:
        raise FileError("standard input is closed")
    else:
        yield cast("io.BufferedReader", sys.stdin.buffer)


def _decompressed(raw: io.BufferedReader) -> io.BufferedReader:
    if raw.peek(2)[:2] == _GZIP:
        return cast("io.BufferedReader", io.BufferedReader(_GzipContent(raw)))
    return raw


class _GzipContent(io.RawIOBase):
    """The content of gzip data, piece by piece, so that all before a damage can be read."""

    def __init__(self, compressed: io.BufferedReader) -> None:
        self._gzip = gzip.GzipFile(fileobj=compressed)

    def readable(self) -> bool:
        return True

    def readinto(self, target: "WriteableBuffer") -> int:
        view = memoryview(target)
        piece = self._gzip.read1(len(view))
        view[: len(piece)] = piece
        return len(piece)


def _skip_byte_order_mark(stream: io.BufferedReader, name: str) -> None:
    start = stream.peek(3)[:3]
    if start[:2] in _UTF16_BOMS:
        raise FileError(f"{name} is UTF-16; save it as UTF-8")
    if start == _UTF8_BOM:
        stream.read(3)
