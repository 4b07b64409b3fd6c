"""The Python examples of the README run as they stand, against a sandbox, and the first stands early."""

import re
from pathlib import Path

import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.document import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_examples_that_are_tests_pass(pytester: pytest.Pytester) -> None:
    """With the imports of the first example, as in a file of a reader's own."""
    imports = EXAMPLES[0].partition("\n\n")[0]
    tests = [example for example in EXAMPLES if example.startswith("def test_")]
    pytester.makepyfile("\n\n".join([imports, *tests]))
    pytester.runpytest_subprocess("-p", "no:schemathesis").assert_outcomes(passed=len(tests))
    assert tests


def test_the_examples_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One after the other, as a reader would type them into one session."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    with SandboxServer() as server:
        monkeypatch.setenv("HUBSPOT_TIMELINE_BASE_URL", server.url)
        monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", "any-token")
        for example in EXAMPLES:
            exec(compile(example, "README.md", "exec"), names)  # noqa: S102 - the project's own text
        assert server.store.count() == 250 + 1_000 + 100 + 500 + 1 + 1 + 1

    first, told, misfit, rendered = capsys.readouterr().out.splitlines()
    assert first == "250 of 250 created"
    assert told.startswith("Created(position=0")
    assert misfit.startswith("tokens.plan: 'prp' is not an option; did you mean 'pro'?")
    assert rendered == "Registered for <strong>Launch</strong>"


def test_the_first_example_works_by_line_25() -> None:
    """Problem, promise, example: in this order, without scrolling."""
    head = README.splitlines()[:25]

    assert "```" in head
    assert "report = timeline.send(events)" in "\n".join(head)


def test_every_link_leads_somewhere() -> None:
    """Relative links name files of the repository."""
    for text in (README, (ROOT / "spec/README.md").read_text(encoding="utf-8")):
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (ROOT / link).exists(), link
