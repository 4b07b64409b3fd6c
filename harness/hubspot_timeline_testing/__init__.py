"""A test harness for HubSpot timeline events: sandbox, strategies, conformance and contract checks, pytest fixtures.

The names are in the subpackages, since each of them needs another extra: strategies need hypothesis, for instance.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Raise ImportError with what to install for a module that the imports of the block do not find."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        raise ImportError(missing(package, extra), name=package) from error


def missing(package: str, extra: str) -> str:
    """Return what to install where a package of an extra is missing."""
    return f"{package} is missing: pip install 'hubspot-timeline[{extra}]' (in a clone: pip install -e '.[{extra}]')"
