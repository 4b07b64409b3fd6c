"""What the generated client breaks for its callers, by griffe and without running it."""

import ast
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any

import griffe

from changes.change_kinds import Use
from changes.document import CannotCompareError
from changes.formatting import code
from changes.references import component_usage
from changes.report import Finding

_KIND = griffe.ParameterKind.positional_or_keyword


def find_breakages(old: Path, new: Path, base: str, documents: Sequence[Any], *, with_types: bool) -> list[Finding]:
    """Return what breaks between two states of a package; `with_types`: and the types that changed."""
    for folder, name in ((old, base), (new, "the work tree")):
        _require_python(folder, name)
    if not changed_files(old, new):
        return []
    from openapi_python_client.strings import ClassName  # noqa: PLC0415 - slow to import

    components = component_usage(*documents).items()
    read_only = {ClassName(key[-1], "") for key, uses in components if {use for use, _ in uses} == {Use.RESPONSE}}
    before, after = _load(old, read_only), _load(new, read_only)
    breakages = set()
    for breakage in griffe.find_breaking_changes(before, after):
        parameter = breakage.new_value if breakage.old_value is None else breakage.old_value
        member = parameter.name if isinstance(parameter, griffe.Parameter) else ""
        kind = breakage.kind.name.lower().replace("_", "-")
        breakages.add((_usage(breakage.obj.canonical_path, member), breakage.kind.value.lower(), kind))
    if with_types:  # griffe does not compare them yet
        annotations = dict(_annotations(after))
        changed = [place for place, each in _annotations(before) if annotations.get(place, each) != each]
        breakages |= {(_usage(*place), "type was changed", "type-changed") for place in changed}
    return [Finding("breaking", f"client-{kind}", f"{usage}: {text}") for usage, text, kind in sorted(breakages)]


def _annotations(parent: griffe.Module | griffe.Class) -> Iterator[tuple[tuple[str, str], str]]:
    for name, member in parent.members.items():
        if isinstance(member, griffe.Module | griffe.Class):
            yield from _annotations(member)
        elif isinstance(member, griffe.Attribute) and not name.startswith("_"):
            yield (member.path, ""), str(member.annotation)
        elif isinstance(member, griffe.Function) and not name.startswith("_"):
            yield (member.path, "return"), str(member.returns)
            yield from (((member.path, each.name), str(each.annotation)) for each in member.parameters)


def _usage(path: str, member: str) -> str:
    """Return how callers write an object or its argument, without the name of the package."""
    name = path.partition(".")[2].removesuffix(".__init__")
    return code(name + {"": "", "return": "()"}.get(member, f"({member}=…)"))


def _require_python(folder: Path, name: str) -> None:
    """Raise CannotCompareError for a package that is missing or not valid Python."""
    if not (folder / "__init__.py").is_file():
        raise CannotCompareError(f"{name} has no client in {folder.name}: run `make client`")
    for path in sorted(folder.rglob("*.py")):  # griffe skips files that it cannot parse
        try:
            ast.parse(path.read_bytes())
        except (SyntaxError, ValueError) as error:
            raise CannotCompareError(f"{name}: {path.relative_to(folder)}: {error}: run `make client`") from error


def _load(folder: Path, read_only: Container[str]) -> griffe.Module:
    """Return a package."""
    extensions = griffe.load_extensions(_AttrsConstructors(read_only))
    loader = griffe.GriffeLoader(search_paths=[folder.parent], allow_inspection=False, extensions=extensions)
    loader.load(folder.name)
    package: griffe.Module = loader.modules_collection[folder.name]
    return package


class _AttrsConstructors(griffe.Extension):
    """Adds the constructors that attrs generates; griffe does so for dataclasses only.

    Classes that occur in responses only get none, because just tests construct them.
    """

    def __init__(self, excluded: Container[str]) -> None:
        self.excluded = excluded

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """Add the constructor to a class."""
        is_attrs = any(each.callable_path in {"attrs.define", "attrs.frozen"} for each in cls.decorators)
        if is_attrs and cls.name not in self.excluded:
            arguments = [griffe.Parameter("self", kind=_KIND), *filter(None, map(_argument, cls.members.values()))]
            cls.set_member("__init__", griffe.Function("__init__", parameters=griffe.Parameters(*arguments)))


def _argument(member: griffe.Object | griffe.Alias) -> griffe.Parameter | None:
    """Return the argument that attrs makes of a member; griffe counts properties as attributes."""
    if not isinstance(member, griffe.Attribute) or member.annotation is None or "property" in member.labels:
        return None
    default = None if member.value is None else str(member.value)
    return None if "init=False" in str(default) else griffe.Parameter(member.name, kind=_KIND, default=default)


def changed_files(old: Path, new: Path) -> list[str]:
    """Return the Python files that differ between two folders."""
    before, after = ({path.relative_to(each): path.read_bytes() for path in each.rglob("*.py")} for each in (old, new))
    return sorted(path.as_posix() for path in before.keys() | after.keys() if before.get(path) != after.get(path))
