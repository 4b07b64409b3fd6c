"""A queue that is not closed is sent at the end of its program; a forked child begins with an empty one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer

BEGIN = """
import logging, os, sys
from hubspot_timeline import OAuthRefresh, TimelineClient, event
def put(queue, name): queue.put(event(1, id=name, email="ada@example.com"))
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Python 3.12 warns of every fork in a program with threads.
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", BEGIN + code, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def event_ids(server: SandboxServer) -> list[str]:
    return sorted(json.loads(row.result)["id"] for row in server.store.page(0, 100))


def test_the_end_of_the_program_sends_what_waits() -> None:
    """It needs no close and does not wait for the flush interval; nothing is printed."""
    with SandboxServer() as server:
        done = run(
            "timeline = TimelineClient('t', base_url=sys.argv[1])\n"
            "queue = timeline.queue(flush_interval=3600)\n"
            "for number in range(250): put(queue, f'e{number}')\n",
            server.url,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert server.store.count() == 250


def test_what_is_put_at_the_end_of_the_program_is_sent_too() -> None:
    """No thread can be started any more, so the exit handler does the work itself."""
    with SandboxServer() as server:
        done = run(
            "import atexit\n"
            "timeline = TimelineClient('t', base_url=sys.argv[1])\n"
            "queue = timeline.queue()\n"
            "atexit.register(put, queue, 'last')\n",
            server.url,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert event_ids(server) == ["last"]


def test_the_end_of_the_program_waits_no_longer_than_exit_timeout() -> None:
    """What is left is counted in a warning."""
    done = run(
        "import socket\n"
        "logging.basicConfig()\n"
        "silent = socket.create_server(('127.0.0.1', 0))\n"
        "timeline = TimelineClient('t', base_url=f'http://127.0.0.1:{silent.getsockname()[1]}')\n"
        "queue = timeline.queue(exit_timeout=0)\n"
        "put(queue, 'a')\nput(queue, 'b')\n"
    )

    assert done.returncode == 0
    assert "The program ended with 2 events in a queue that was not closed" in done.stderr


@pytest.mark.parametrize("store", ["memory:", "sqlite:{folder}/rate.db"])
def test_a_forked_child_begins_with_an_empty_queue(store: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The parent sends what was put before the fork, the child what it puts itself, each on connections of its own."""
    with SandboxServer() as server:
        done = run(
            "timeline = TimelineClient('t', base_url=sys.argv[1], rate_limit_store=sys.argv[2], max_in_flight=2)\n"
            "queue = timeline.queue(flush_interval=3600)\n"
            "put(queue, 'warm')\n"
            "queue.flush()\n"
            "put(queue, 'parent-1')\n"
            "child = os.fork()\n"
            "name = 'parent-2' if child else 'child'\n"
            "assert queue.pending == (1 if child else 0)\n"
            "put(queue, name)\n"
            "if child: assert os.waitpid(child, 0)[1] == 0\n",
            server.url,
            store.format(folder=tmp_path_factory.mktemp("rate")),
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert event_ids(server) == ["child", "parent-1", "parent-2", "warm"]
        assert server.store.counts().requests == 3


def test_a_fork_while_threads_hold_every_lock_does_not_block_the_child() -> None:
    """Threads put all the time; a child that is forked meanwhile puts and closes on locks of its own."""
    with SandboxServer() as server:
        done = run(
            "import threading\n"
            "timeline = TimelineClient('t', base_url=sys.argv[1], rate_limit=None)\n"
            "queue = timeline.queue(flush_interval=0.001)\n"
            "def busy(name):\n"
            "    for number in range(300): put(queue, f'e{number}-{name}')\n"
            "threads = [threading.Thread(target=busy, args=(name,)) for name in 'abc']\n"
            "for thread in threads: thread.start()\n"
            "for number in range(20):\n"
            "    child = os.fork()\n"
            "    if not child:\n"
            "        put(queue, f'child-{number}')\n"
            "        queue.close()\n"
            "        os._exit(0)\n"
            "    assert os.waitpid(child, 0)[1] == 0\n"
            "for thread in threads: thread.join()\n"
            "queue.close()\n"
            "assert queue.report.created == 900\n",
            server.url,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert server.store.count() == 920


def test_a_child_that_cannot_share_the_rate_limit_sends_nothing(tmp_path: Path) -> None:
    """If the store is gone since the fork, its events are Unsent with the reason; the parent goes on."""
    (tmp_path / "gone").mkdir()
    with SandboxServer() as server:
        done = run(
            "import shutil\n"
            "store = f'sqlite:{sys.argv[2]}/rate.db'\n"
            "timeline = TimelineClient('t', base_url=sys.argv[1], rate_limit_store=store)\n"
            "timeline.send([event(1, id='parent-1', email='ada@example.com')])\n"
            "shutil.rmtree(sys.argv[2])\n"
            "child = os.fork()\n"
            "if not child:\n"
            "    report = timeline.send([event(1, id='child', email='ada@example.com')])\n"
            "    print(report.unsent, report.failures[0].error.__cause__, flush=True)\n"
            "    os._exit(0)\n"
            "assert os.waitpid(child, 0)[1] == 0\n",
            server.url,
            str(tmp_path / "gone"),
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(
            "1 The rate limit cannot be shared after the fork: rate_limit_store cannot be opened: "
        )
        assert f"{tmp_path}/gone/rate.db" in done.stdout
        assert event_ids(server) == ["parent-1"]


def test_an_object_that_cannot_be_renewed_does_not_keep_others_from_it() -> None:
    """Its error is logged, and all others are renewed."""
    done = run(
        "from hubspot_timeline.execution.forks import renew_after_fork\n"
        "logging.basicConfig()\n"
        "class Thing: pass\n"
        "bad, good = Thing(), Thing()\n"
        "def fail(thing): raise OSError('no')\n"
        "renew_after_fork(bad, fail)\n"
        "renew_after_fork(good, lambda thing: print('renewed', flush=True))\n"
        "child = os.fork()\n"
        "if not child: os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    assert (done.returncode, done.stdout) == (0, "renewed\n")
    assert "cannot begin anew after a fork" in done.stderr
