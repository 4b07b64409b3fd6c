"""Standard output and standard error that may be closed or on a full disk, or lose their reader: no run ends by it."""

import io
import os
import sys
from typing import Any, TextIO, cast

OUTPUT_FAILED = 4
"""The exit code in place of 0 if standard output could not be written."""


class OutputStream:
    """A text stream that can always be written; what it cannot take goes to another one, or is discarded.

    Nothing goes elsewhere once its reader has gone, as with `… | head`.
    """

    def __init__(self, stream: TextIO, other: "OutputStream | None" = None) -> None:
        self.error: OSError | None = None
        self._stream = stream
        self._other = other
        self._unflushed = ""

    def write(self, text: str) -> int:
        """Write text, here or to the other stream."""
        if self.error and self._other:
            return self._other.write(text)
        self._unflushed += text
        try:
            self._stream.write(text)
        except OSError as error:
            self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Write what is buffered, here or to the other stream."""
        try:
            self._stream.flush()
        except OSError as error:
            self._fail(error)
        self._unflushed = ""

    def _fail(self, error: OSError) -> None:
        # What is still buffered is discarded, so that the interpreter's last flush does not fail.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())
        os.close(null)
        if isinstance(error, BrokenPipeError):
            return
        self.error = error
        if self._other:
            self._other.write(self._unflushed)
            self._other.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def guard_outputs() -> None:
    """Replace `sys.stdout` and `sys.stderr`: what the first cannot take goes to the second."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed: the next file that is opened would take its number, and its output
            os.open(os.devnull, os.O_RDONLY)  # gets the lowest free number, and cannot be written either
            os.set_inheritable(number, True)
    errors = OutputStream(_text_stream(sys.stderr, 2))
    outputs = OutputStream(_text_stream(sys.stdout, 1), errors)
    sys.stdout, sys.stderr = cast("TextIO", outputs), cast("TextIO", errors)


def exit_code(code: int) -> int:
    """Return the exit code of a command that ends with this one."""
    sys.stdout.flush()
    if code or not (error := getattr(sys.stdout, "error", None)):
        return code
    print(f"Error: standard output could not be written ({error.strerror}); its text is here", file=sys.stderr)
    return OUTPUT_FAILED


def _text_stream(stream: TextIO | None, number: int) -> TextIO:
    text = stream or os.fdopen(number, "w", encoding="utf-8", closefd=False)
    if isinstance(text, io.TextIOWrapper):
        text.reconfigure(errors="backslashreplace")  # as with LC_ALL=C, where a title in Japanese has no bytes
    return text
