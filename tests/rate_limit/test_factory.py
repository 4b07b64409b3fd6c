"""A store of the rate limit that cannot be opened is refused at once; the stores load their libraries when opened."""

import subprocess
import sys

import pytest

from hubspot_timeline import OptionError
from tests.helpers.clients import TimelineClient


@pytest.mark.parametrize(
    "store",
    [
        "",
        "memory",
        "sqlite:",
        "redis2://x",
        "sqlite:/none/such/rate.db",
        "redis://:pass-word@127.0.0.1:9/0",
        "redis://:pass-word@127.0.0.1:x/0",
        "rediss://u:pass-word@127.0.0.1:9",
        "redsi://u:pass-word/@x@127.0.0.1",
        "redis:u:\npass-word@127.0.0.1",
        "redis//:pass-word@127.0.0.1",
        "pass-word@127.0.0.1",
        "rdis://127.0.0.1?password=pass-word&db=1",
        *[f"redis://:pass-word@127.0.0.1:9/0?{option}" for option in ("ssl=true", "encoding=utf-99", "retry=3")],
    ],
)
def test_a_store_that_cannot_be_opened_is_refused(store: str) -> None:
    """The error names the option and shows no password."""
    with pytest.raises(OptionError, match="rate_limit_store") as caught:
        TimelineClient("t", rate_limit_store=store)
    assert "pass-word" not in str(caught.value)


def test_a_typing_error_is_shown() -> None:
    """Only the user and the password are masked."""
    with pytest.raises(OptionError, match=r"is 'redsi://\*\*\*@example.com/0'; use memory:"):
        TimelineClient("t", rate_limit_store="redsi://user:pass-word@example.com/0")


def run_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_a_missing_redis_library_is_named() -> None:
    """The error says what to install, and shows no password."""
    output = run_python(
        "import sys\n"
        "sys.modules['redis'] = None\n"
        "from hubspot_timeline import OptionError, TimelineClient\n"
        "try: TimelineClient('t', rate_limit_store='redis://:hidden@127.0.0.1/0')\n"
        "except OptionError as error: print(error)\n"
    )
    assert "pip install 'hubspot-timeline[redis]'" in output
    assert "hidden" not in output


def test_importing_the_package_loads_no_store() -> None:
    """SQLite, Redis, pyrate-limiter and filelock are loaded when a store or a journal is opened."""
    output = run_python(
        "import sys\n"
        "before = set(sys.modules)\n"
        "import hubspot_timeline.rate_limit, hubspot_timeline.journal.store\n"
        "print({'sqlite3', 'redis', 'pyrate_limiter', 'filelock'} & (sys.modules.keys() - before))\n"
    )
    assert output == "set()\n"
