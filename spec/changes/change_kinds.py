"""Every kind of change: how severe it is for senders and for readers, and what they have to do."""

from collections.abc import Set as AbstractSet
from enum import IntEnum, StrEnum


class Level(IntEnum):
    """How severe a change is for callers."""

    NOTE = 0
    COMPATIBLE = 1
    BREAKING = 2


class Use(StrEnum):
    """Where a part of the document occurs."""

    REQUEST = "request"
    RESPONSE = "response"


BOTH = frozenset(Use)
_N, _C, _B = Level


class Kind(StrEnum):
    """A kind of change: its name in JSON, its level in requests and in responses, and guidance.

    One text of guidance concerns everybody; of two, the first concerns senders and the second readers.
    """

    request: Level
    response: Level
    guidance: tuple[str, ...]

    def __new__(cls, name: str, request: Level, response: Level, *guidance: str) -> "Kind":
        """Return a member whose value is its name in JSON."""
        kind = str.__new__(cls, name)
        kind._value_, kind.request, kind.response, kind.guidance = name, request, response, guidance
        return kind

    # fmt: off
    OPERATION_ADDED = "operation-added", _C, _C
    OPERATION_REMOVED = "operation-removed", _B, _B, "calls of it fail"
    OPERATION_MOVED = "operation-moved", _B, _B, "old clients request the old URL; upgrade the client"
    SECURITY_ADDED = "security-added", _C, _C
    SECURITY_CHANGED = "security-changed", _B, _B, "check how you authenticate"
    PARAMETER_ADDED = "parameter-added", _C, _C
    PARAMETER_REMOVED = "parameter-removed", _B, _B, "stop passing it"
    PARAMETER_REQUIRED = "parameter-required", _B, _B, "calls without it fail; pass it"
    PARAMETER_OPTIONAL = "parameter-optional", _C, _C
    PARAMETER_CHANGED = "parameter-changed", _B, _B, "pass it in its new form"
    MEDIA_TYPE_ADDED = "media-type-added", _C, _C
    MEDIA_TYPE_REMOVED = "media-type-removed", _B, _B, "code that sends or reads it fails"
    STATUS_ADDED = "status-added", _C, _C
    STATUS_OVERRIDES_DEFAULT = "status-overrides-default", _B, _B, "the type of the parsed response changes"
    STATUS_REMOVED = "status-removed", _B, _B, "code that expects it never receives it"
    HEADER_ADDED = "header-added", _C, _C
    HEADER_REMOVED = "header-removed", _B, _B, "code that reads it finds nothing"
    COMPONENT_ADDED = "component-added", _C, _C
    COMPONENT_REMOVED = "component-removed", _B, _B, "code that imports it fails"
    PROPERTY_ADDED = "property-added", _C, _C
    PROPERTY_OVERRIDES_MAP = "property-overrides-map", _B, _B, "send the new type", "read it from its own field"
    PROPERTY_REMOVED = "property-removed", _B, _B, "stop sending and reading it"
    PROPERTY_REQUIRED = "property-required", _B, _C, "requests without it are rejected; pass it", "it is always there"
    PROPERTY_OPTIONAL = "property-optional", _C, _B, "it may be omitted", "it may be UNSET; check before you use it"
    TYPE_WIDENED = "type-widened", _C, _B, "", "handle the new type in responses"
    TYPE_NARROWED = "type-narrowed", _B, _C, "send only the types that are left", ""
    TYPE_CHANGED = "type-changed", _B, _B, "send and read the new type"
    FORMAT_CHANGED = "format-changed", _B, _B, "its Python type may change"
    ENUM_ADDED = "enum-added", _B, _B, "any other value is rejected", "any later value will raise ValueError"
    ENUM_VALUE_ADDED = "enum-value-added", _C, _B, "", "old clients raise ValueError and lose the whole response"
    ENUM_VALUE_REMOVED = "enum-value-removed", _B, _C, "requests with it are rejected", ""
    CONSTRAINT_TIGHTENED = "constraint-tightened", _B, _C, "values that were valid may be rejected", ""
    CONSTRAINT_LOOSENED = "constraint-loosened", _C, _B, "", "responses may have values that were impossible before"
    CONSTRAINT_CHANGED = "constraint-changed", _B, _B, "values may become valid or invalid"
    DEFAULT_CHANGED = "default-changed", _B, _C, "callers who omit it get another value; pass it explicitly", ""
    REFERENCE_CHANGED = "reference-changed", _B, _B, "send and read the new type"
    DEPRECATION = "deprecation", _C, _C
    SERVER_CHANGED = "server-changed", _B, _B, "check your base URL"
    UNCLASSIFIED = "unclassified", _B, _B, "no rule covers this, so it counts as breaking; review it"
    NOTE = "note", _N, _N
    # fmt: on

    def level(self, use: AbstractSet[Use]) -> Level:
        """Return the stricter level if a part has both uses, or no known use."""
        return max(self.request if each is Use.REQUEST else self.response for each in use or BOTH)

    def guidance_for(self, use: AbstractSet[Use]) -> str:
        """Return what those concerned have to do; empty for nothing."""
        if len(self.guidance) < len(BOTH):
            return "".join(self.guidance)
        return "; ".join(text for each, text in zip(Use, self.guidance, strict=True) if text and each in (use or BOTH))
