"""`make mutants`: tries every mutant of the document; arguments are those of pytest, such as `-k BatchError`."""

import os
import sys

import pytest

sys.exit(pytest.main(["-q", "-n", str(os.cpu_count()), "-m", "long", "tests/mutants", *sys.argv[1:]]))
