"""The command line of `python -m changes`."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from changes.document import CannotCompareError
from changes.formatting import printable
from changes.renderers import FORMATS, render_failure
from changes.report import Exit
from changes.revisions import make_report
from changes.upstream import make_upstream_report


class _Parser(argparse.ArgumentParser):
    """Raises instead of ending with 2, which means compatible."""

    def error(self, message: str) -> NoReturn:
        raise CannotCompareError(f"{message}: see --help")


_ROOT = Path(__file__).parents[2]


def main(arguments: list[str], root: Path = _ROOT) -> Exit:
    """Print the report and return the exit code, which is also the last line of standard error."""
    options = argparse.Namespace(format="text")  # if the arguments are invalid
    try:
        _parser().parse_args(arguments, options)
        if options.upstream is None:
            report = make_report(root, options.base, options.document)
        else:
            report = make_upstream_report(root, options.upstream, options.document)
        sys.stdout.write(FORMATS[options.format](report))
        sys.stdout.flush()
    except CannotCompareError as error:
        sys.stdout.write(render_failure(options.format, Exit.FAILED, str(error)))
        sys.stderr.write(f"{printable(str(error))}\nexit {int(Exit.FAILED)}: nothing was compared\n")
        return Exit.FAILED
    sys.stderr.write(f"{report.result}\n")
    return report.exit


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m changes",
        description="Report what the changes of OpenAPI documents mean for callers of their clients.",
        epilog="exit codes: 0 same; 1 breaking; 2 compatible; 3 nothing was compared; 4 internal error",
        allow_abbrev=False,
    )
    parser.add_argument("base", nargs="?", default="HEAD", help="git revision to compare with (HEAD)")
    parser.add_argument("--format", choices=list(FORMATS), default="text", help="output format (text)")
    parser.add_argument("--document", action="append", default=[], help="name of a document, such as app-events (all)")
    parser.add_argument("--upstream", metavar="FILE|URL", help="compare with this document of the vendor, not with git")
    return parser
