"""Tells griffe of the constructors that attrs writes; by itself it knows those of dataclasses only."""

from typing import Any

import griffe

_DEFINE = {"attrs.define", "attrs.frozen"}


class Constructors(griffe.Extension):
    """Gives each class of attrs the `__init__` that it has when it is run."""

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """Write the constructor from the annotated attributes, in their order."""
        if any(decorator.callable_path in _DEFINE for decorator in cls.decorators):
            fields = [member for member in cls.members.values() if isinstance(member, griffe.Attribute)]
            own = [_parameter(each) for each in fields if _is_field(each)]
            me = griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)
            cls.set_member("__init__", griffe.Function("__init__", parameters=griffe.Parameters(me, *own)))


def _is_field(attribute: griffe.Attribute) -> bool:
    """Say whether attrs makes an argument of it; griffe takes a property for an attribute, too."""
    given = attribute.annotation is not None and "property" not in attribute.labels
    return given and "init=False" not in str(attribute.value)


def _parameter(attribute: griffe.Attribute) -> griffe.Parameter:
    return griffe.Parameter(
        attribute.name,
        annotation=attribute.annotation,
        kind=griffe.ParameterKind.positional_or_keyword,
        default=None if attribute.value is None else str(attribute.value),
    )
