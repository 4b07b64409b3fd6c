"""The command `hubspot-timeline`: thin over the library."""

import sys


def main() -> None:
    """Run the command; say what to install where its libraries are missing."""
    try:
        from hubspot_timeline.cli.app import app  # noqa: PLC0415 - only the extra [cli] brings what it imports
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing; pip install 'hubspot-timeline[cli,sandbox]'", file=sys.stderr)
        sys.exit(2)  # as for bad usage
    app(prog_name="hubspot-timeline")
