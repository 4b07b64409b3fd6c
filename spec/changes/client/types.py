"""Types that changed; griffe does not compare them yet."""

from collections.abc import Iterator

import griffe

Found = tuple[str, str]


def retyped(old: griffe.Module, new: griffe.Module) -> Iterator[Found]:
    """Yield the path, and the argument or "return", of whatever is there in both and has another type."""
    now = dict(_annotations(new))
    for found, annotation in _annotations(old):
        if now.get(found, annotation) != annotation:
            yield found


def _annotations(parent: griffe.Module | griffe.Class) -> Iterator[tuple[Found, str]]:
    for name, member in parent.members.items():
        if isinstance(member, griffe.Alias) or (name.startswith("_") and name != "__init__"):
            continue
        if isinstance(member, griffe.Function):
            yield from _of_function(member)
        elif isinstance(member, griffe.Attribute):
            yield (member.path, ""), str(member.annotation)
        elif isinstance(member, griffe.Module | griffe.Class):
            yield from _annotations(member)


def _of_function(function: griffe.Function) -> Iterator[tuple[Found, str]]:
    if function.name != "__init__":
        yield (function.path, "return"), str(function.returns)
        for parameter in function.parameters:
            yield (function.path, parameter.name), str(parameter.annotation)
