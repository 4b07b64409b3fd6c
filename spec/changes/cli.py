"""The command line of `python -m changes`."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from changes.errors import CannotCompareError, Exit
from changes.formatting import printable
from changes.renderers import FORMATS, render_failure
from changes.report import make_report


class _Parser(argparse.ArgumentParser):
    """Raises instead of ending with 2, which means compatible."""

    def error(self, message: str) -> NoReturn:
        raise CannotCompareError(f"{message}: see --help")


def main(arguments: list[str]) -> Exit:
    """Print the report and return the exit code, which is also the last line of standard error."""
    try:
        options = _parser().parse_args(arguments)
        report = make_report(Path(__file__).parents[2], options.base, options.document, options.client)
        sys.stdout.write(FORMATS[options.format](report))
        sys.stdout.flush()
    except CannotCompareError as error:
        sys.stdout.write(render_failure(_requested_format(arguments), Exit.FAILED, str(error)))
        sys.stderr.write(f"{printable(str(error))}\nexit {int(Exit.FAILED)}: nothing was compared\n")
        return Exit.FAILED
    sys.stderr.write(f"{report.result}\n")
    return report.exit


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m changes",
        description="Report what the changes of an OpenAPI document mean for callers of its client.",
        epilog="exit codes: 0 same; 1 breaking; 2 compatible; 3 nothing was compared; 4 internal error",
        allow_abbrev=False,  # or _requested_format would miss a shortened --format
    )
    parser.add_argument("base", nargs="?", default="HEAD", help="git revision to compare with (HEAD)")
    parser.add_argument("--format", choices=list(FORMATS), default="text", help="output format (text)")
    parser.add_argument("--document", default="spec/timeline-v3.yaml", help="OpenAPI document (spec/timeline-v3.yaml)")
    parser.add_argument("--client", default="generated/hubspot_timeline_api", help="package generated from it")
    return parser


def _requested_format(arguments: list[str]) -> str:
    """Return the format even if the other arguments are invalid."""
    options = " ".join(arguments).replace("--format=", "--format ").split()
    return options[options.index("--format") + 1] if "--format" in options[:-1] else ""
