"""The README is short, and says first what a newcomer asks first."""

from tests.helpers.document import ROOT

LINES = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()


def test_the_readme_is_short_and_its_example_ends_by_line_25() -> None:
    """What it is, its status, an example: in this order, without scrolling."""
    assert "report = timeline.send(events)" in "\n".join(LINES[:25])
    assert LINES[:25].count("```") == 1
    assert len(LINES) <= 100
