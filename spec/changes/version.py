"""The version that a change asks for."""

from attrs import frozen

from changes.change_kinds import Level
from changes.errors import CannotCompareError


@frozen
class Versions:
    """The versions of both states; `unreleased` is what CHANGELOG.md says of the newest."""

    old: str
    new: str
    unreleased: bool = False

    def suggested(self, level: Level) -> str:
        """Return the next version by Semantic Versioning; before 1.0 the parts stand one place further right."""
        major, minor, patch = _parts(self.old)
        step = _step(level, before_one=major == 0)
        return {
            "major": f"{major + 1}.0.0",
            "minor": f"{major}.{minor + 1}.0",
            "patch": f"{major}.{minor}.{patch + 1}",
        }[step]

    def says_enough(self, level: Level) -> bool:
        """Say whether the work tree has the suggested version, or a later one, already."""
        return _parts(self.new) >= _parts(self.suggested(level))

    def rule(self, level: Level) -> str:
        """Return why."""
        before_one = _parts(self.old)[0] == 0
        step = _step(level, before_one=before_one)
        return f"{'before 1.0 ' if before_one else ''}a {_NAMES[level]} change is a {step} version"


_NAMES = {
    Level.BREAKING: "breaking",
    Level.COMPATIBLE: "compatible",
    Level.DOCUMENTATION: "documentation-only",
    Level.NOTE: "notes-only",
}


def _step(level: Level, *, before_one: bool) -> str:
    if level is Level.BREAKING:
        return "minor" if before_one else "major"
    return "minor" if level is Level.COMPATIBLE and not before_one else "patch"


def _parts(version: str) -> tuple[int, int, int]:
    try:
        major, minor, patch = (int(part) for part in version.split("."))
    except ValueError as error:
        raise CannotCompareError(f"the version {version!r} is not of the form 1.2.3: see pyproject.toml") from error
    return major, minor, patch
