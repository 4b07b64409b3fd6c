"""Every kind of change, and how bad it is in what callers send and in what they read."""

from enum import IntEnum, StrEnum

from attrs import frozen


class Level(IntEnum):
    """What a change asks of callers, the more the higher."""

    NOTE = 0
    DOCUMENTATION = 1
    COMPATIBLE = 2
    BREAKING = 3


class Use(StrEnum):
    """Where a part of the document is met."""

    REQUEST = "request"
    ANSWER = "answer"


BOTH = frozenset(Use)


class Kind(StrEnum):
    """What changed; the words are those of the JSON output."""

    OPERATION_ADDED = "operation-added"
    OPERATION_REMOVED = "operation-removed"
    OPERATION_MOVED = "operation-moved"
    OPERATION_RENAMED = "operation-renamed"
    MODULE_CHANGED = "module-changed"
    SECURITY_ADDED = "security-added"
    SECURITY_REMOVED = "security-removed"
    SECURITY_CHANGED = "security-changed"
    PARAMETER_ADDED = "parameter-added"
    PARAMETER_ADDED_REQUIRED = "parameter-added-required"
    PARAMETER_REMOVED = "parameter-removed"
    PARAMETER_REQUIRED = "parameter-required"
    PARAMETER_OPTIONAL = "parameter-optional"
    PARAMETER_CHANGED = "parameter-changed"
    BODY_ADDED = "body-added"
    BODY_ADDED_REQUIRED = "body-added-required"
    BODY_REMOVED = "body-removed"
    BODY_REQUIRED = "body-required"
    BODY_OPTIONAL = "body-optional"
    MEDIA_TYPE_ADDED = "media-type-added"
    MEDIA_TYPE_REMOVED = "media-type-removed"
    STATUS_ADDED = "status-added"
    STATUS_ADDED_COVERED = "status-added-covered"
    STATUS_REMOVED = "status-removed"
    HEADER_ADDED = "header-added"
    HEADER_REMOVED = "header-removed"
    PART_ADDED = "part-added"
    PART_REMOVED = "part-removed"
    PROPERTY_ADDED = "property-added"
    PROPERTY_ADDED_REQUIRED = "property-added-required"
    PROPERTY_ADDED_COVERED = "property-added-covered"
    PROPERTY_REMOVED = "property-removed"
    PROPERTY_REQUIRED = "property-required"
    PROPERTY_OPTIONAL = "property-optional"
    TYPE_WIDENED = "type-widened"
    TYPE_NARROWED = "type-narrowed"
    TYPE_CHANGED = "type-changed"
    FORMAT_CHANGED = "format-changed"
    MEMBER_OVERLAPS = "member-overlaps"
    ENUM_ADDED = "enum-added"
    WORD_ADDED = "word-added"
    WORD_REMOVED = "word-removed"
    LIMIT_TIGHTER = "limit-tighter"
    LIMIT_LOOSER = "limit-looser"
    LIMIT_CHANGED = "limit-changed"
    DEFAULT_CHANGED = "default-changed"
    CLASS_RENAMED = "class-renamed"
    REFERENCE_CHANGED = "reference-changed"
    DEPRECATION = "deprecation"
    SERVER_CHANGED = "server-changed"
    UNJUDGED = "unjudged"
    DOCUMENTATION = "documentation"
    NOTE = "note"


@frozen
class Verdict:
    """How bad a kind of change is in requests and in answers."""

    request: Level
    answer: Level


_ALWAYS = {
    Level.NOTE: (Kind.NOTE,),
    Level.DOCUMENTATION: (Kind.DOCUMENTATION,),
    Level.COMPATIBLE: (
        Kind.OPERATION_ADDED, Kind.SECURITY_ADDED, Kind.PARAMETER_ADDED, Kind.PARAMETER_OPTIONAL, Kind.BODY_ADDED,
        Kind.BODY_OPTIONAL, Kind.MEDIA_TYPE_ADDED, Kind.STATUS_ADDED, Kind.HEADER_ADDED, Kind.PART_ADDED,
        Kind.PROPERTY_ADDED, Kind.DEPRECATION,
    ),
}  # fmt: skip
_BREAKS_SENDERS = (
    Kind.PROPERTY_ADDED_REQUIRED, Kind.PROPERTY_REQUIRED, Kind.TYPE_NARROWED, Kind.WORD_REMOVED, Kind.LIMIT_TIGHTER,
    Kind.DEFAULT_CHANGED,
)  # fmt: skip
_BREAKS_READERS = (Kind.PROPERTY_OPTIONAL, Kind.TYPE_WIDENED, Kind.WORD_ADDED, Kind.LIMIT_LOOSER)

# What stands in none of the lists breaks everybody.
VERDICTS = (
    {kind: Verdict(Level.BREAKING, Level.BREAKING) for kind in Kind}
    | {kind: Verdict(level, level) for level, kinds in _ALWAYS.items() for kind in kinds}
    | {kind: Verdict(Level.BREAKING, Level.COMPATIBLE) for kind in _BREAKS_SENDERS}
    | {kind: Verdict(Level.COMPATIBLE, Level.BREAKING) for kind in _BREAKS_READERS}
)


def level_of(kind: Kind, use: frozenset[Use]) -> Level:
    """Return the stricter verdict of a part that is used both ways; so it is with one that nothing uses."""
    verdict = VERDICTS[kind]
    return max(verdict.request if each is Use.REQUEST else verdict.answer for each in use or BOTH)
