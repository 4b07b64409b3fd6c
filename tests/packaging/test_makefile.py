"""Each target of the Makefile has a rule; make does not report a name in .PHONY that has none."""

import re

from tests.helpers.document import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_each_phony_target_has_a_rule() -> None:
    """With a recipe or with prerequisites."""
    [targets] = re.findall(r"^\.PHONY: ((?:.*\\\n)*.*)$", MAKEFILE, re.MULTILINE)
    rules = re.findall(r"^([a-z-]+):(?=.*(?:\n\t|\S))", MAKEFILE, re.MULTILINE)
    assert sorted(targets.replace("\\", "").split()) == sorted(rules)
