"""The pages of the documentation, and the blocks of code in them."""

import re
from textwrap import dedent

from attrs import frozen

from tests.helpers.document import ROOT

PAGES = {page.relative_to(ROOT).as_posix(): page for page in (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")))}


@frozen
class Block:
    """A block of code: its page, the line that it begins in, its language and its text."""

    page: str
    line: int
    language: str
    text: str


def blocks(page: str, *languages: str) -> list[Block]:
    """Return the blocks of a page, such as `docs/library.md`, in some languages or in all."""
    text = PAGES[page].read_text(encoding="utf-8")
    found = [
        Block(page, text.count("\n", 0, match.start()) + 1, match[2], dedent(match[3]))
        for match in re.finditer(r"^( *)```(\S*)[^\n]*\n(.*?)^\1```$", text, re.MULTILINE | re.DOTALL)
    ]
    return [block for block in found if not languages or block.language in languages]


def examples(page: str) -> list[str]:
    """Return the Python examples of a page."""
    return [block.text for block in blocks(page, "python")]


def run_examples(page: str, texts: list[str], names: dict[str, object] | None = None) -> dict[str, object]:
    """Run the Python examples of a page one after the other, as in one session, and return all names."""
    names = {} if names is None else names
    for text in texts:
        exec(compile(text, page, "exec"), names)  # noqa: S102 - the project's own text
    return names
