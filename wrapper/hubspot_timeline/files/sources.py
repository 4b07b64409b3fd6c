"""Opens the bytes of a file or of standard input, compressed with gzip or not."""

import gzip
import io
import shlex
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, TypeAlias, cast

from hubspot_timeline.errors import TimelineError, printable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Waiting: TypeAlias = Callable[[], AbstractContextManager[object]]
"""Returns what is entered while another program is waited for."""

STANDARD_INPUT = "-"
_GZIP = b"\x1f\x8b"
_UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx, which is a zip archive, and .xls
# Each read lets the threads that send take over, so that a small buffer makes reading wait for them.
_BUFFER_BYTES = 1 << 18
_WAIT = 0.5  # seconds


class FileError(TimelineError):
    """A file cannot be read, or not to its end; the message names it."""


def display_name(name: str) -> str:
    """Return the name of a file for messages."""
    return "standard input" if name == STANDARD_INPUT else printable(name)


@contextmanager
def open_bytes(name: str, waiting: Waiting | None = None, *, is_utf8: bool = True) -> Iterator[io.BufferedReader]:
    """Open a path, or standard input for `-`, for reading bytes: decompressed, and without a byte order mark.

    `waiting` is entered while another program is waited for: no data has been taken from it then, so that an
    exception that a signal handler raises loses none. Raises FileError, also while reading, if the file is missing,
    its gzip data is damaged, it is an Excel workbook, or not UTF-8 although `is_utf8`.
    """
    file = display_name(name)
    try:
        with _raw(name, waiting) as raw:
            stream = raw
            if raw.peek(2)[:2] == _GZIP:
                stream = cast("io.BufferedReader", io.BufferedReader(_GzipContent(raw)))
            _skip_byte_order_mark(stream, file)
            if is_utf8:
                require_utf8(stream, file)
            yield stream
    except IsADirectoryError as error:
        raise FileError(f"{name} is a directory; name the files in it") from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        advice = "the rows before the damage were read; get the file again"
        raise FileError(f"{file} is damaged gzip data ({error}); {advice}") from error
    except OSError as error:
        raise FileError(f"{file} cannot be read: {error.strerror or error}") from error


@contextmanager
def _raw(name: str, waiting: Waiting | None) -> Iterator[io.BufferedReader]:
    if name == STANDARD_INPUT and sys.stdin is None:
        raise FileError("standard input is closed; pipe the events in, or name a file")
    with waiting() if waiting else nullcontext():
        file: io.FileIO = io.FileIO(sys.stdin.fileno(), closefd=False) if name == STANDARD_INPUT else io.FileIO(name)
    with file:
        raw = _WaitingInput(file, waiting) if waiting else file
        yield io.BufferedReader(raw, _BUFFER_BYTES)


class _WaitingInput(io.RawIOBase):
    """Reads only what is there already, and waits for it in `waiting`."""

    def __init__(self, file: io.FileIO, waiting: Waiting) -> None:
        self._file = file
        self._waiting = waiting

    def readable(self) -> bool:
        return True

    def readinto(self, target: "WriteableBuffer") -> int | None:
        with self._waiting():
            # A signal that comes just before does not end the system call; its handler runs between two of them.
            while not select([self._file], [], [], _WAIT)[0]:
                pass
        return self._file.readinto(target)


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


def require_utf8(stream: io.BufferedReader, file: str) -> None:
    """Raise FileError if the content begins as UTF-16 or as no text at all."""
    start = stream.peek(4)[:4]
    if start[:2] in UTF16_BOMS:
        raise FileError(f"{file} is UTF-16; {to_utf8(file, 'utf-16')}")
    if b"\0" in start:
        raise FileError(f"{file} is not text, or UTF-16 without a byte order mark; save it as UTF-8")


def to_utf8(file: str, encoding: str) -> str:
    """Return the advice to convert a file of another encoding."""
    command = f"iconv -f {encoding} -t utf-8"
    if file.endswith(".gz") or file == display_name(STANDARD_INPUT):
        return f"convert its text with {command}"
    return f"convert it: {command} {shlex.quote(file)} > utf8{Path(file).suffix}"


def _skip_byte_order_mark(stream: io.BufferedReader, file: str) -> None:
    start = stream.peek(4)[:4]
    if start in _WORKBOOKS:
        raise FileError(f"{file} is an Excel workbook; save it as CSV UTF-8, in Excel by File > Save As")
    if start[:3] == _UTF8_BOM:
        stream.read(3)
