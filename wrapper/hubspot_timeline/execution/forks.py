"""Objects that begin anew in a forked child: locks, threads and connections are the parent's."""

import codecs
import logging
import os
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

_log = logging.getLogger(__name__)

T = TypeVar("T")

# The first connection of a process loads this, under a lock that a child forked meanwhile would wait for in vain.
codecs.lookup("idna")

_RENEWALS: WeakKeyDictionary[Any, Callable[[Any], object]] = WeakKeyDictionary()

# What a child must never close, since closing would speak to the other side in the parent's name.
_INHERITED: list[object] = []


def renew_after_fork(thing: T, renew: Callable[[T], object]) -> None:
    """Let `renew(thing)` be called in a forked child, for as long as the thing lives; the oldest thing first."""
    _RENEWALS[thing] = renew


def leave_to_the_parent(*things: object) -> None:
    """Keep what a child has inherited from being closed in it."""
    _INHERITED.extend(things)


def _renew_all() -> None:
    for thing, renew in list(_RENEWALS.items()):
        try:
            renew(thing)
        except Exception:  # noqa: BLE001 - logged; the others must not stay on their parent's connections
            _log.exception("%r cannot begin anew after a fork", thing)


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_renew_all)
