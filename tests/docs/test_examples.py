"""The Python examples of the pages run as they stand, against a sandbox."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_timeline_testing.sandbox import SandboxServer
from tests.helpers.pages import examples, run_examples

# For each page the number of events that its examples create, and how the lines begin that they print.
PAGES = {
    "README.md": (250, ["250 of 250 created"]),
    "docs/backfill.md": (500, []),
    "docs/library.md": (
        250 + 1_000 + 100 + 1 + 1,
        [
            "250 0 0 0",
            "tokens.plan: 'prp' is not an option; did you mean 'pro'?",
            "Registered for <strong>Launch</strong>",
        ],
    ),
    "docs/migration.md": (1 + 1, []),
    "docs/rate-limits.md": (0, []),
    "docs/rows.md": (2 + 1, ["(2, None, 7) ", "1 tokens.seats: "]),
    "docs/scale.md": (2, ["2 1", "62515 1 0", "77001 1 0", "90210 0 1"]),
    "docs/web-application.md": (1 + 1, ["Created(position=0"]),
}


async def sign_up(app: Any) -> int:
    """Start the web application of an example, send a request, and end it."""
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app)) as browser:
        return (await browser.post("http://127.0.0.1/sign-up?email=ada@example.com")).status_code


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_run(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One after the other, as a reader would type them into one session."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "event-types.json").write_text('{"1000123": "webinar_registration"}', encoding="utf-8")
    created, output = PAGES[page]
    with SandboxServer() as server:
        monkeypatch.setenv("HUBSPOT_TIMELINE_BASE_URL", server.url)
        monkeypatch.setenv("HUBSPOT_TIMELINE_TOKEN", "any-token")
        names = run_examples(page, examples(page))
        if app := names.get("app"):
            assert asyncio.run(sign_up(app)) == 202
        assert server.store.count() == created

    lines = capsys.readouterr().out.splitlines()
    assert [line[: len(start)] for line, start in zip(lines, output, strict=True)] == output


def test_the_examples_of_fixtures_pass(pytester: pytest.Pytester) -> None:
    """As a file of tests; what stands outside of them runs when it is imported."""
    tests = examples("docs/fixtures.md")
    pytester.makepyfile("\n\n".join(tests))
    pytester.runpytest_inprocess("-p", "no:schemathesis").assert_outcomes(passed="\n".join(tests).count("def test_"))
