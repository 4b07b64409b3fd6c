"""The Python examples of the README and of the page on the library run as they stand, against a sandbox."""

import re
from pathlib import Path

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.document import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "spec/README.md"]
README, LIBRARY, SCALE = PAGES[0], ROOT / "docs/library.md", ROOT / "docs/scale.md"


def examples(page: Path) -> list[str]:
    """Return the Python examples of a page."""
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_examples_that_are_tests_pass(pytester: pytest.Pytester) -> None:
    """With the imports of the first example, as in a file of a reader's own."""
    first, *others = examples(LIBRARY)
    tests = [example for example in others if example.startswith("def test_")]
    pytester.makepyfile("\n\n".join([first.partition("\n\n")[0], *tests]))
    pytester.runpytest_subprocess("-p", "no:schemathesis").assert_outcomes(passed=len(tests))
    assert tests


@pytest.mark.parametrize(
    ("page", "created", "output"),
    [
        (README, 250, ["250 of 250 created"]),
        (
            LIBRARY,
            250 + 1_000 + 100 + 500 + 1 + 1 + 1,
            [
                "250 0 0 0",
                "Created(position=0",
                "tokens.plan: 'prp' is not an option; did you mean 'pro'?",
                "Registered for <strong>Launch</strong>",
            ],
        ),
        (SCALE, 2, ["2 1", "62515 1 0", "77001 1 0", "90210 0 1"]),
    ],
    ids=["README", "library", "scale"],
)
def test_the_examples_run(
    page: Path,
    created: int,
    output: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """One after the other, as a reader would type them into one session."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    with SandboxServer() as server:
        monkeypatch.setenv("HUBSPOT_TIMELINE_BASE_URL", server.url)
        monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", "any-token")
        for example in examples(page):
            exec(compile(example, page.name, "exec"), names)  # noqa: S102 - the project's own text
        assert server.store.count() == created

    lines = capsys.readouterr().out.splitlines()
    assert [line[: len(start)] for line, start in zip(lines, output, strict=True)] == output


def test_the_readme_is_short_and_its_example_ends_by_line_25() -> None:
    """What it is, its status, an example: in this order, without scrolling."""
    lines = README.read_text(encoding="utf-8").splitlines()

    assert "report = timeline.send(events)" in "\n".join(lines[:25])
    assert lines[:25].count("```") == 1
    assert len(lines) <= 100


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """Relative links name files of the repository, from the folder of the page."""
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link
