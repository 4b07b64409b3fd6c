"""docs/testing.md tells all words of hubspot_timeline_testing.strategies, and its examples run."""

import re

import pytest

from hubspot_timeline_testing import strategies as testing
from hubspot_timeline_testing.strategies.formats import INTEGERS, NUMBERS, STRINGS
from hubspot_timeline_testing.strategies.schemas import ASSERTIONS
from tests.helpers.document import ROOT, document
from tests.mutants.catalogue import all_mutants

TEXT = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_examples_are_tests_that_pass(pytester: pytest.Pytester) -> None:
    """As a reader would put them into a file."""
    pytester.makepyfile(EXAMPLE)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=4 + 13)


def test_every_word_is_told() -> None:
    """In the table, or as what a word of the table gives."""
    for word in testing.__all__:
        assert re.search(rf"`{word}\b", TEXT), word


def test_every_keyword_and_format_is_told() -> None:
    """Those of lengths, bounds and numbers of items in other words."""
    in_words = {"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"}
    for word in (ASSERTIONS - in_words) | set(STRINGS) | set(INTEGERS) | NUMBERS:
        assert f"`{word}`" in TEXT, word


def test_the_number_of_mutants_is_told() -> None:
    """As it is today."""
    assert f"{len(all_mutants(document())):,}\nmutants in all" in TEXT
