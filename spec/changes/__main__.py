"""Run the program so that no failure ends with the exit code of a result."""

import os
import sys
import traceback

try:
    from changes.cli import main  # a missing library must not end with 1, which means breaking

    code = int(main(sys.argv[1:]))
except KeyboardInterrupt:
    code = 130
except SystemExit:  # --help
    code = 0
except BaseException:  # noqa: BLE001 - Python would end with 1, which means breaking
    traceback.print_exc()
    sys.stderr.write("exit 4: internal error, nothing was compared\n")
    code = 4
sys.stderr.flush()
os._exit(code)  # flushing a closed pipe at exit would end the interpreter with a code of its own
