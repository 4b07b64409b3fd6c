"""What the Makefile calls a verb does something; make says nothing of a word in .PHONY that has no rule."""

import re

from tests.helpers.document import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_no_verb_succeeds_by_doing_nothing() -> None:
    """Each has its rule, with a recipe or with what it needs."""
    [verbs] = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    rules = re.findall(r"^([a-z-]+):(?=.*(?:\n\t|\S))", MAKEFILE, re.MULTILINE)
    assert sorted(verbs.split()) == sorted(rules)
