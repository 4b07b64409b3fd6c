"""A comparison as annotations of GitHub Actions, which read a line that begins with `::` as a command."""

from collections.abc import Iterator

from changes.advice import sentence
from changes.change_kinds import Level
from changes.client import broken
from changes.rendering.parts import STALE, ending, place, version
from changes.report import DOCUMENT, Comparison, Finding


def github(found: Comparison) -> str:
    """Return a line for each change, and one for the whole."""
    return "".join(f"{line}\n" for line in _lines(found))


def github_failure(exit_code: int, text: str) -> str:
    """Return the line of a program that has compared nothing."""
    return _command("error", {"title": f"make diff: exit {exit_code}, nothing was compared"}, text) + "\n"


def _lines(found: Comparison) -> Iterator[str]:
    if found.stale:
        yield _command("warning", {"file": DOCUMENT, "title": "The client is not current"}, STALE)
    for finding in found.findings:
        yield _finding(found, finding)
    for line in broken([each for each in found.client if each.breaking]):
        yield _command("error", {"title": "The client breaks its callers"}, line)
    for line in broken([each for each in found.client if not each.breaking]):
        yield _command("notice", {"title": "The client changed"}, line)
    if found.inside:
        yield _command("notice", {"title": "The code of the client changed"}, ", ".join(found.inside))
    said = version(found)
    yield _command("notice", {"title": ending(found)}, f"version {said}" if said else "nothing that matters changed")


def _finding(found: Comparison, finding: Finding) -> str:
    """Return the annotation; what is gone has no line any more, so that it is told where it stood."""
    where = {"file": DOCUMENT, "line": str(finding.near)}
    lines = [sentence(finding), *broken(finding.breaks)]
    lines += [f"It stood at {place(found, finding)}"] if finding.change.removed else []
    severity = "error" if finding.level is Level.BREAKING else "notice"
    return _command(severity, {**where, "title": finding.change.kind}, "\n".join(lines))


def _command(name: str, properties: dict[str, str], text: str) -> str:
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {shown}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
