"""docs/testing.md is complete, and its examples run."""

import re

import pytest

from hubspot_timeline_testing import conformance, strategies
from hubspot_timeline_testing.openapi.validators import INTEGER_RANGES
from hubspot_timeline_testing.strategies.formats import NUMBER_FORMATS, STRING_FORMATS
from hubspot_timeline_testing.strategies.schemas import KEYWORDS
from tests.helpers.document import DOCUMENTS, ROOT, document
from tests.helpers.examples import examples
from tests.mutants.catalogue import all_mutants

TEXT = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_examples_are_tests_that_pass(pytester: pytest.Pytester) -> None:
    """The example works as a test file of a reader."""
    profile = f"settings.register_profile('few', max_examples={examples(20, 100)})\nsettings.load_profile('few')\n"
    pytester.makeconftest(f"from hypothesis import settings\n{profile}")
    pytester.makepyfile(EXAMPLE)
    pytester.runpytest_subprocess("-p", "no:schemathesis").assert_outcomes(passed=4 + 13)


@pytest.mark.parametrize("name", [*strategies.__all__, *conformance.__all__])
def test_every_public_name_is_documented(name: str) -> None:
    """The strategies, the conformance check, and the classes of their values."""
    assert re.search(rf"`(hubspot_timeline_testing\.conformance\.)?{name}\b", TEXT), name


def test_every_supported_keyword_and_format_is_documented() -> None:
    """The table lists what the strategies support."""
    for name in {*KEYWORDS, *STRING_FORMATS, *INTEGER_RANGES, *NUMBER_FORMATS}:
        assert f"`{name}`" in TEXT, name


def test_the_number_of_mutants_is_current() -> None:
    """The documents and the description change together."""
    assert f"{sum(len(all_mutants(document(name))) for name in DOCUMENTS):,}\nmutants in all" in TEXT
