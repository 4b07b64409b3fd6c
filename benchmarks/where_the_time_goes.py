"""Where the time of the sending thread goes: `make bench-profile` shows it as a tree.

A sampling profile of `TimelineClient.send`, with events that event() builds, against the echo server.
"""

from compare import echo
from pyinstrument import Profiler  # pyright: ignore[reportMissingImports]
from sample_events import events_file
from senders import sync

EVENTS = 200_000


def main() -> None:
    """Profile one run, of one request in flight so that it is all in view, and print it."""
    with echo(0) as url:
        send = sync(url, str(events_file(EVENTS)), 100, 1)
        profiler = Profiler(interval=0.0005)
        with profiler:
            assert send() == EVENTS
    print(profiler.output_text(unicode=True, color=False, show_all=False))


if __name__ == "__main__":
    main()
