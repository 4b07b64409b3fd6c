"""Runs the program; no way out of here has a code by which an error could be taken for a verdict."""

import os
import sys


def _run() -> int:
    try:
        from changes.cli import main  # noqa: PLC0415 - whatever is not installed must not end as `breaking`

        return main(sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    except BaseException as error:  # noqa: BLE001 - Python would end with 1, which means breaking
        if isinstance(error, SystemExit) and error.code in {None, 0}:
            return 0  # --help
        import traceback  # noqa: PLC0415

        traceback.print_exc()
        sys.stderr.write("exit 4: an error of this program's own, nothing was compared\n")
        return 4


if __name__ == "__main__":
    code = _run()
    sys.stderr.flush()
    os._exit(code)  # a pipe that nobody reads any more would end the interpreter with a code of its own
