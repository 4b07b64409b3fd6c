"""Functions of the application's, called where nothing may be lost to what they raise."""

import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


def call_guarded(function: Callable[[T], object] | None, value: T) -> None:
    """Call a function, if there is one; what it raises is logged with its traceback."""
    try:
        if function:
            function(value)
    except (Exception, SystemExit):  # a thread that were ended so would take its events along
        log.exception("A function of the application failed; what it was called for goes on")
