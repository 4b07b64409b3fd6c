"""A test harness for HubSpot timeline events: sandbox, strategies, conformance and contract checks, pytest fixtures.

The names are in the subpackages, since each of them needs another extra: strategies need hypothesis, for instance.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

__version__: str

if not TYPE_CHECKING:  # to a type checker it would be any name

    def __getattr__(name: str) -> str:
        """Return the version of the installed distribution."""
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version  # noqa: PLC0415 - slow to import

        return version("hubspot-timeline")


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
