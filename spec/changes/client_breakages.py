"""What calls worked with the old client and fail with the new one."""

import json
from collections.abc import Iterator
from pathlib import Path

import griffe
from attrs import evolve, frozen

from changes.client.loading import load
from changes.client.types import retyped
from changes.formatting import code

_SAYS = {
    griffe.BreakageKind.PARAMETER_MOVED: "moved among the arguments (pass by name)",
    griffe.BreakageKind.PARAMETER_REMOVED: "is no argument any more",
    griffe.BreakageKind.PARAMETER_CHANGED_KIND: "is passed in another way (by name, by position)",
    griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT: "has another default",
    griffe.BreakageKind.PARAMETER_CHANGED_REQUIRED: "must be given now",
    griffe.BreakageKind.PARAMETER_ADDED_REQUIRED: "is new and must be given",
    griffe.BreakageKind.OBJECT_REMOVED: "is gone",
    griffe.BreakageKind.OBJECT_CHANGED_KIND: "is something else now",
    griffe.BreakageKind.CLASS_REMOVED_BASE: "has a base class less",
}


@frozen(order=True)
class Breakage:
    """One way in that a caller's code fails; `path` is what griffe calls the object, `member` what is it in it."""

    path: str
    member: str
    kind: str
    sentence: str
    breaking: bool = True

    def where_only_read(self, modules: set[str]) -> "Breakage":
        """Return the same, no longer breaking where it is the constructor of what callers only read."""
        owner, _, name = self.path.rpartition(".")
        if name != "__init__" or owner.rpartition(".")[0] not in modules:
            return self
        return evolve(self, breaking=False, sentence=f"{self.sentence}; that concerns only who builds answers in tests")


def breakages(old: Path, new: Path, base: str) -> list[Breakage]:
    """Return what griffe finds between the packages in two folders, and what changed its type, each once."""
    before, now = load(old, base), load(new, "the work tree")
    found = {_breakage(each) for each in griffe.find_breaking_changes(before, now)}
    return sorted(found | {_retyped(path, name) for path, name in retyped(before, now)})


def _breakage(found: griffe.Breakage) -> Breakage:
    parameter = found.old_value if found.old_value is not None else found.new_value
    member = parameter.name if isinstance(parameter, griffe.Parameter) else ""
    said = _SAYS.get(found.kind, f"changed: {str(found.kind.value).lower()}")
    path = found.obj.canonical_path
    return Breakage(path, member, found.kind.name.lower().replace("_", "-"), f"{_shown(path, member)} {said}")


def _retyped(path: str, name: str) -> Breakage:
    said = f"{_shown(path, '')} returns" if name == "return" else f"{_shown(path, name)} has"
    return Breakage(path, name, "type-changed", f"{said} another type")


def _shown(path: str, member: str) -> str:
    """Return what a caller writes: the class, or the module of the operation, without the package before it."""
    parts = path.removesuffix(".__init__").split(".")
    named = next((number for number, part in enumerate(parts) if part[:1].isupper()), max(len(parts) - 2, 0))
    short = ".".join(parts[named:])
    return code(f"{short}({member}=…)" if member else short)


def changed_inside(old: Path, new: Path) -> list[str]:
    """Return the files that differ between two folders; in JSON, the order of keys is nothing."""
    before, now = _files(old), _files(new)
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))


def _files(folder: Path) -> dict[str, bytes]:
    return dict(_contents(folder))


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            content = path.read_bytes()
            yield path.relative_to(folder).as_posix(), _sorted(content) if path.suffix == ".json" else content


def _sorted(content: bytes) -> bytes:
    try:
        return json.dumps(json.loads(content), sort_keys=True).encode()
    except ValueError:
        return content
