"""A comparison as text."""

from collections.abc import Callable

from changes.rendering.github import github, github_failure
from changes.rendering.markdown import markdown
from changes.rendering.objects import as_json, json_failure
from changes.rendering.words import words
from changes.report import Comparison

FORMATS: dict[str, Callable[[Comparison], str]] = {
    "words": words,
    "json": as_json,
    "markdown": markdown,
    "github": github,
}
# What is written to standard output where nothing was compared, for those who read only that.
FAILURES: dict[str, Callable[[int, str], str]] = {"json": json_failure, "github": github_failure}

__all__ = ["FAILURES", "FORMATS"]
