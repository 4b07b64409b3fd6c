"""The program: what it is asked, what it prints, what it ends with."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from changes.errors import CannotCompareError, Exit
from changes.formatting import visible
from changes.rendering import FAILURES, FORMATS
from changes.rendering.parts import ending
from changes.report import comparison

_ROOT = Path(__file__).parents[2]
_ENDS = """exit codes: 0 the same · 1 breaking · 2 changed, but compatible · 3 nothing could be compared, the message
says why · 4 an error of this program's own. Under make every one of 1 to 4 becomes make's 2."""


class _Parser(argparse.ArgumentParser):
    """Leaves alone the exit code 2, which means something here."""

    def error(self, message: str) -> NoReturn:
        raise CannotCompareError(f"{message}: see --help")


def main(words: list[str]) -> Exit:
    """Compare, print, and return the exit code; the last line of standard error says it in words."""
    shown = _asked_format(words)
    try:
        asked = _parser().parse_args(words)
        found = comparison(asked.root, asked.base)
        sys.stdout.write(FORMATS[asked.format](found))
        sys.stdout.flush()
    except CannotCompareError as error:
        sys.stdout.write(FAILURES[shown](Exit.CANNOT, str(error)) if shown in FAILURES else "")
        sys.stderr.write(f"{visible(str(error))}\nexit {int(Exit.CANNOT)}: nothing was compared\n")
        return Exit.CANNOT
    sys.stderr.write(f"{ending(found)}\n")
    return found.exit


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m changes",
        description="Say what the document's change means to callers.",
        epilog=_ENDS,
        allow_abbrev=False,  # a format that is asked for in short would be no format where nothing was compared
    )
    parser.add_argument("base", nargs="?", default="HEAD", help="any revision of git (HEAD)")
    parser.add_argument("--format", choices=list(FORMATS), default="words", help="how to say it (words)")
    parser.add_argument("--root", type=Path, default=_ROOT, help="the repository (the one that this program is in)")
    return parser


def _asked_format(words: list[str]) -> str:
    """Return the format that was asked for, also where the rest makes no sense."""
    joined = " ".join(words).replace("--format=", "--format ").split()
    return joined[joined.index("--format") + 1] if "--format" in joined[:-1] else ""
