"""The command `hubspot-timeline`: thin over the library."""

import signal
import sys

from hubspot_timeline.cli.streams import guard_outputs


def main() -> None:
    """Run the command; where one of its libraries is missing, print what to install."""
    guard_outputs()
    try:
        from hubspot_timeline.cli.app import app  # noqa: PLC0415 - only the extra [cli] installs what it imports

        app(prog_name="hubspot-timeline")
    except KeyboardInterrupt:  # as its libraries are imported
        sys.exit(130)
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        install = "pip install 'hubspot-timeline[cli,sandbox]' (in a clone: pip install -e '.[cli,sandbox]')"
        print(f"Error: {package} is missing; {install}", file=sys.stderr)
        sys.exit(2)  # as for bad usage
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the result is out, and the exit code has to be that of it
